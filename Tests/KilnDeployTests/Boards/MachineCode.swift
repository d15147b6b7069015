import Foundation
import KilnDeploy

/// The machine code of an aarch64 or x86-64 program, as the binary utilities print it.
enum MachineCode {
  /// An instruction and its address.
  struct Instruction {
    let address: Int
    let text: String

    /// Where a branch goes.
    var target: Int? {
      guard ["b.", "b ", "cb", "tb", "j"].contains(where: text.hasPrefix) else { return nil }
      return text.split(separator: " ").reversed().lazy.compactMap { Int($0, radix: 16) }.first
    }
  }

  /// The instructions of every function.
  static func functions(
    of program: String, by tool: String = "/usr/bin/aarch64-linux-gnu-objdump"
  ) throws -> [String: [Instruction]] {
    let listing = try Subprocess(tool, ["-d", "--no-show-raw-insn", program]).run()
    var functions: [String: [Instruction]] = [:]
    var name = ""
    for line in listing.output.split(separator: "\n") {
      if line.hasSuffix(">:"), let start = line.firstIndex(of: "<") {
        name = String(line[start...].dropFirst().dropLast(2))
      } else if let colon = line.firstIndex(of: ":"),
        let address = Int(line[..<colon].trimmingPrefix { $0 == " " }, radix: 16)
      {
        let words = line[line.index(after: colon)...].split { $0 == " " || $0 == "\t" }
        functions[name, default: []].append(Instruction(address: address, text: words.joined(separator: " ")))
      }
    }
    return functions
  }

  /// The loops of a function that have no loop inside, without their branches' targets.
  static func innermostLoops(_ instructions: [Instruction]) -> [[String]] {
    var loops: [ClosedRange<Int>] = []
    for (end, instruction) in instructions.enumerated() {
      guard let target = instruction.target else { continue }
      if let start = instructions.firstIndex(where: { $0.address == target }), start <= end {
        loops.append(start...end)
      }
    }
    return loops.filter { loop in
      !loops.contains { $0 != loop && loop.contains($0.lowerBound) && loop.contains($0.upperBound) }
    }
    .map { loop in instructions[loop].map(\.text) }
  }

  /// Whether an instruction moves a vector to or from the stack, or combines it with one there.
  static func spillsVector(_ instruction: String) -> Bool {
    let (stack, vectors) =
      instruction.contains("%")
      ? (["(%rsp", "(%rbp"], ["%xmm", "%ymm", "%zmm"]) : (["[sp", "[x29"], [" q", " v", " d", " s"])
    guard stack.contains(where: instruction.contains) else { return false }
    return vectors.contains { name in
      instruction.split(separator: name).dropFirst().contains { $0.first?.isNumber ?? false }
    }
  }

  /// The cycles that a turn of a loop takes by llvm-mca's model of a processor; `nil` where there is no llvm-mca.
  static func cycles(of loop: [String], on processor: String) throws -> Double? {
    let tool = "/usr/bin/llvm-mca"
    guard FileManager.default.isExecutableFile(atPath: tool) else { return nil }
    let turns = 100
    return try withTemporaryFolder { folder in
      let source = folder.appending(path: "loop.s")
      try Data(loop.filter { !$0.hasPrefix("b") && !$0.hasPrefix("cb") }.joined(separator: "\n").utf8).write(to: source)
      let result = try Subprocess(
        tool,
        [
          "-mtriple=aarch64-linux-gnu", "-mcpu=\(processor)", "-mattr=+dotprod,+fullfp16", "-iterations=\(turns)",
          source.path,
        ]
      ).run()
      guard let line = result.output.split(separator: "\n").first(where: { $0.hasPrefix("Total Cycles:") }),
        let cycles = line.split(separator: " ").last.flatMap({ Int($0) })
      else { return .infinity }
      return Double(cycles) / Double(turns)
    }
  }
}
