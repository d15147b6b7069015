import Foundation
import KilnDeploy
import KilnMachine

@testable import KilnEmission
@testable import KilnGraph
@testable import KilnPlanning

/// Many networks in one package, built once, with a program that runs any of them by name.
///
/// There are several in a module, and several modules, because a module is compiled by one core.
///
/// Each is emitted, compiled and linked as a user's network is; only the manifest and the program around it differ.
struct NetworkBatch {
  private let networks: [String: Program]
  private let program: String
  private let folder: URL

  /// Emits and builds `networks` in `folder`.
  init(_ networks: [String: Program], target: Target, folder: URL) throws {
    self.networks = networks
    self.folder = folder
    let parts = networks.sorted { $0.key < $1.key }.map {
      PackageEmitter.Network(name: $0.key, origin: "a test", program: $0.value)
    }
    var package = EmittedPackage(name: "Batch", benchmarkName: "runner", files: [])
    var modules: [String] = []
    let moduleCount = max(2, parts.count / 90)
    let moduleSize = (parts.count + moduleCount - 1) / moduleCount
    for start in stride(from: 0, to: parts.count, by: moduleSize) {
      let module = "Batch\(modules.count)"
      let members = Array(parts[start..<min(start + moduleSize, parts.count)])
      package.files += PackageEmitter.modules(members, named: module, for: target)
      modules.append(module)
    }
    package.files.append(.init(path: "Package.swift", contents: .text(Self.manifest(modules, target))))
    package.files.append(
      .init(path: "Sources/runner/main.swift", contents: .text(Self.runner(parts, modules))))
    try package.write(to: folder)
    program = try PackageBuilder.build("runner", package: folder.path, scratch: folder.appending(path: ".build").path)
  }

  /// Computes a network's outputs.
  func run(_ name: String, _ inputs: [Tensor]) throws -> [Tensor] {
    guard let graph = networks[name]?.graph else { preconditionFailure("no network \(name)") }
    let files = (0..<(inputs.count + graph.outputs.count)).map { folder.appending(path: "\(name).\($0).bin") }
    defer { for file in files { try? FileManager.default.removeItem(at: file) } }
    for (input, file) in zip(inputs, files) { try Data(input.storage.bytes).write(to: file) }
    let result = try Subprocess(program, [name] + files.map(\.path)).run()
    guard result.status == 0 else { throw BatchError(description: "\(name): exit \(result.status) \(result.errors)") }
    return try zip(graph.outputs, files.dropFirst(inputs.count)).map { output, file in
      let data = try Data(contentsOf: file)
      return Tensor(
        type: graph.type(of: output.value),
        storage: ByteStorage(count: data.count) { memory in data.withUnsafeBytes { memory.copyMemory(from: $0) } })
    }
  }

  struct BatchError: Error, CustomStringConvertible { let description: String }

  private static func manifest(_ modules: [String], _ target: Target) -> String {
    let targets = modules.map { module in
      """
          .target(
            name: "\(module)Weights", exclude: ["\(module)Weights.bin"], cSettings: [.unsafeFlags(machine)]),
          .target(name: "\(module)", dependencies: ["\(module)Weights"], swiftSettings: swift),
      """
    }.joined(separator: "\n")
    let dependencies = modules.map { "\"\($0)\"" }.joined(separator: ", ")
    let flags = target.compilerFlags.map { "\"\($0)\"" }.joined(separator: ", ")
    return """
      // swift-tools-version: 6.2
      import PackageDescription
      let machine = [\(flags)]
      let swift: [SwiftSetting] = [.unsafeFlags(machine.flatMap { ["-Xcc", $0] })]
      let package = Package(
        name: "Batch",
        targets: [
      \(targets)
          .executableTarget(name: "runner", dependencies: [\(dependencies)], swiftSettings: swift),
        ])
      """
  }

  /// A program that reads a network's inputs from files and writes its outputs to files.
  ///
  /// The memory that the network works in holds NaN at first, so that a kernel that reads what nobody wrote shows.
  private static func runner(_ networks: [PackageEmitter.Network], _ modules: [String]) -> String {
    let cases = networks.map { network in
      let name = network.name
      if network.program.threads > 1 { return sharedCase(name) }
      return """
        case "\(name)":
          run(
            \(name).inputCount, \(name).inputByteCount, \(name).outputCount, \(name).outputByteCount,
            \(name).arenaByteCount, \(name).layerCount, \(name).predict(inputs:outputs:arena:),
            \(name).runLayer(_:inputs:outputs:arena:))
        """
    }.joined(separator: "\n")
    return runner(cases: cases, modules)
  }

  /// The case of a network with several threads: its inferences are repeated, and also made by one thread.
  private static func sharedCase(_ name: String) -> String {
    """
    case "\(name)":
      guard let workers = \(name).Workers(storage: memory(\(name).Workers.byteCount + 1).baseAddress! + 1) else { exit(71) }
      run(
        \(name).inputCount, \(name).inputByteCount, \(name).outputCount, \(name).outputByteCount,
        \(name).arenaByteCount, \(name).layerCount,
        { \(name).predict(inputs: $0, outputs: $1, arena: $2, workers: workers) },
        { \(name).runLayer($0, inputs: $1, outputs: $2, arena: $3, workers: workers) }, repetitions: 30,
        alone: \(name).predict(inputs:outputs:arena:))
      workers.stop()
    """
  }

  private static func runner(cases: String, _ modules: [String]) -> String {
    return """
      \(modules.map { "import \($0)" }.joined(separator: "\n"))
      import Foundation

      func memory(_ count: Int) -> UnsafeMutableRawBufferPointer {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: max(count, 64), alignment: 64)
        for i in stride(from: 0, to: memory.count, by: 4) {
          memory.storeBytes(of: Float.nan.bitPattern, toByteOffset: i, as: UInt32.self)
        }
        return memory
      }

      func run(
        _ inputCount: Int, _ inputByteCount: (Int) -> Int, _ outputCount: Int, _ outputByteCount: (Int) -> Int,
        _ arenaByteCount: Int, _ layerCount: Int,
        _ predict: (UnsafePointer<UnsafeRawPointer>, UnsafePointer<UnsafeMutableRawPointer>, UnsafeMutableRawPointer) -> Void,
        _ runLayer: (Int, UnsafePointer<UnsafeRawPointer>, UnsafePointer<UnsafeMutableRawPointer>, UnsafeMutableRawPointer) -> Void,
        repetitions: Int = 0,
        alone: ((UnsafePointer<UnsafeRawPointer>, UnsafePointer<UnsafeMutableRawPointer>, UnsafeMutableRawPointer) -> Void)? = nil
      ) {
        let files = Array(CommandLine.arguments.dropFirst(2))
        var inputs: [UnsafeRawPointer] = []
        for index in 0..<inputCount {
          guard let data = FileManager.default.contents(atPath: files[index]), data.count == inputByteCount(index) else {
            exit(65)
          }
          let input = memory(data.count)
          data.copyBytes(to: input)
          inputs.append(UnsafeRawPointer(input.baseAddress!))
        }
        let whole = (0..<outputCount).map { memory(outputByteCount($0)) }
        let layered = (0..<outputCount).map { memory(outputByteCount($0)) }
        // Where as little as can be is left of the memory that begins it at a multiple of 64.
        let guarded = memory(arenaByteCount + 128)
        let arena = guarded.baseAddress! + 1
        let rest = guarded[(arenaByteCount + 1)...]
        for offset in rest.indices { guarded[offset] = 0xA5 }
        predict(inputs, whole.map { $0.baseAddress! }, arena)
        for layer in 0..<layerCount { runLayer(layer, inputs, layered.map { $0.baseAddress! }, arena) }
        func compare(_ what: String) {
          for index in 0..<outputCount {
            let count = outputByteCount(index)
            if memcmp(whole[index].baseAddress!, layered[index].baseAddress!, count) != 0 {
              FileHandle.standardError.write(Data("\\(what) gives something else\\n".utf8))
              exit(1)
            }
          }
        }
        compare("the layers one by one")
        for _ in 0..<repetitions {
          predict(inputs, layered.map { $0.baseAddress! }, arena)
          compare("another inference")
        }
        if let alone {
          alone(inputs, layered.map { $0.baseAddress! }, arena)
          compare("one thread alone")
        }
        for (index, file) in files.dropFirst(inputCount).enumerated() {
          let count = outputByteCount(index)
          try! Data(bytes: whole[index].baseAddress!, count: count).write(to: URL(filePath: file))
        }
        if rest.contains(where: { $0 != 0xA5 }) {
          FileHandle.standardError.write(Data("something was written behind the arena\\n".utf8))
          exit(1)
        }
      }

      switch CommandLine.arguments[1] {
      \(cases)
      default: exit(64)
      }
      """
  }
}
