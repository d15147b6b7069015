import Foundation
import KilnCompiler
import KilnDeploy
import KilnEmission
import KilnGraph
import KilnMachine
import KilnPasses
import Testing

/// The machine code of kernels on machines with few vector registers and with many: innermost loops keep their vectors
/// in registers, and call nothing.
///
/// Addresses may lie on the stack.
struct VectorSpillTests {
  @Test(.enabled(if: Toolchain.tools != nil, "needs toolchain/setup"))
  func `kernels on aarch64`() throws { try checkKernels(for: Toolchain.board) }

  /// The compiler loads early for a processor in order, and so needs more registers than the kernels name.
  @Test(.enabled(if: Toolchain.tools != nil, "needs toolchain/setup"))
  func `kernels on a processor in order`() throws {
    try checkKernels(for: try #require(Targets.target(named: "raspberry-pi-3")))
  }

  private func checkKernels(for target: Target) throws {
    let loops = try Self.loops(for: target, sdk: try #require(Toolchain.tools).sdk)
    for kernel in ["Depthwise3x3Of", "Depthwise3x3Stride2", "Planar3To5x", "Convolve", "transformTile", "finishTile"] {
      check(loops.filter { $0.function.contains(kernel) }, kernel)
    }
  }

  #if arch(x86_64)
    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/objdump"), "needs binutils"))
    func `kernels on AVX2`() throws {
      let loops = try Self.loops(for: try #require(Targets.target(named: "x86-64-v3")), sdk: nil)
      // Not `finishTile`: the 24 sums of a tile on its way back are more than there are registers.
      for kernel in ["Depthwise3x3Of", "Depthwise3x3Stride2", "Planar3To5x", "Convolve", "transformTile"] {
        check(loops.filter { $0.function.contains(kernel) }, kernel)
      }
    }
  #endif

  @Test func `a spill is told from what is none`() {
    for spill in [
      "ldp q25, q0, [sp, #48]", "str d8, [sp]", "vmovaps %ymm0,0x40(%rsp)", "vaddps 0x20(%rbp),%zmm1,%zmm2",
    ] {
      #expect(MachineCode.spillsVector(spill))
    }
    for other in ["ldp x25, x0, [sp, #48]", "ldr q0, [x1]", "mov 0x40(%rsp),%rax", "vmovaps %ymm0,0x40(%rcx)"] {
      #expect(!MachineCode.spillsVector(other))
    }
  }

  private struct Loop {
    let function: String
    let instructions: [String]
  }

  private func check(_ loops: [Loop], _ kernel: String) {
    // Not the loops that call a kernel for one tile after the other.
    let computing = loops.filter { loop in
      loop.instructions.contains { text in ["fmla", "fma", "fadd", "addps"].contains { text.contains($0) } }
    }
    #expect(!computing.isEmpty, "\(kernel) computes nothing")
    for loop in computing {
      for instruction in loop.instructions {
        #expect(!MachineCode.spillsVector(instruction), "\(loop.function): \(instruction)")
        #expect(!instruction.hasPrefix("call") && !instruction.hasPrefix("bl"), "\(loop.function): \(instruction)")
      }
    }
  }

  /// The innermost loops of a network of these kernels.
  private static func loops(for target: Target, sdk: String?) throws -> [Loop] {
    let program = try Compiler.plan(Passes.run(on: network()), CompileOptions(target: target))
    return try withTemporaryFolder { folder in
      let package = Compiler.emit(program, name: "Net", origin: "a test")
      try package.write(to: folder)
      let binary = try PackageBuilder.build(
        package.benchmarkName, package: folder.path, scratch: folder.appending(path: ".build").path, sdk: sdk)
      let tool = sdk == nil ? "/usr/bin/objdump" : "/usr/bin/aarch64-linux-gnu-objdump"
      return try MachineCode.functions(of: binary, by: tool).flatMap { name, instructions in
        MachineCode.innermostLoops(instructions).map { Loop(function: name, instructions: $0) }
      }
    }
  }

  /// Depthwise convolutions of both strides, one between planes, and both sizes of Winograd's tiles.
  private static func network() throws -> Graph {
    var graph = Graph()
    func add(_ name: String, of size: Int, _ channels: (Int, Int), groups: Int = 1, strides: [Int] = [1]) throws {
      var value = graph.addInput("\(name).x", TensorType(.float32, [1, channels.0, size, size]))
      for (index, stride) in strides.enumerated() {
        let shape = [channels.1, channels.0 / groups, 3, 3]
        let weight = graph.addConstant(
          "\(name).weight\(index)", Tensor(shape: shape, floats: [Float](repeating: 0.5, count: shape.elementCount)))
        let window = Window(kernel: [3, 3], strides: [stride, stride], padBegin: [1, 1], padEnd: [1, 1])
        let convolution = Convolution(window: window, groups: groups)
        value = try graph.insert(convolution, name: "\(name)\(index)", inputs: [value, weight])[0]
        let activation = Unary(.clip(lower: 0, upper: 6))
        value = try graph.insert(activation, name: "\(name).activation\(index)", inputs: [value])[0]
      }
      graph.addOutput("\(name).y", value)
    }
    try add("depthwise", of: 56, (96, 96), groups: 96, strides: [1, 2])
    try add("planar", of: 224, (3, 5))
    try add("winograd", of: 56, (64, 64))
    try add("small", of: 6, (64, 64))
    return graph
  }
}
