/// A machine to compile for: what its compiler must be told, and what tiles follow from.
package struct Target: Hashable, Sendable {
  /// The name on the command line.
  package var name: String
  /// One line for people.
  package var summary: String
  /// The LLVM triple of the board's programs.
  package var triple: String
  /// What C and Swift's importer of C are told, for instance `-march=x86-64-v4`. It decides Swift's instruction set too.
  package var compilerFlags: [String]
  /// The instruction set of the vector unit.
  package var instructionSet: InstructionSet
  /// Floats a vector register holds. Precondition: 4, 8 or 16, and at most what the instruction set has.
  package var vectorWidth: Int
  /// Vector registers that a micro-kernel may use: at most what the instruction set has.
  package var vectorRegisterCount: Int
  /// Bytes of each data cache, nearest first.
  package var cacheByteCounts: [Int]
  /// Cores.
  package var coreCount: Int

  /// Makes a target, whose vectors are those of the instruction set unless the arguments say less.
  package init(
    name: String, summary: String, triple: String, compilerFlags: [String], instructionSet: InstructionSet,
    vectorWidth: Int? = nil, vectorRegisterCount: Int? = nil, cacheByteCounts: [Int], coreCount: Int
  ) {
    self.name = name
    self.summary = summary
    self.triple = triple
    self.compilerFlags = compilerFlags
    self.instructionSet = instructionSet
    self.vectorWidth = vectorWidth ?? instructionSet.vectorWidth
    self.vectorRegisterCount = vectorRegisterCount ?? instructionSet.vectorRegisterCount
    self.cacheByteCounts = cacheByteCounts
    self.coreCount = coreCount
  }

  /// The vector units that micro-kernels are written for.
  package enum InstructionSet: String, Hashable, Sendable {
    /// 32 registers of 16 floats, operands broadcast from memory.
    case avx512
    /// 16 registers of 8 floats, fused multiply-add.
    case avx2
    /// 16 registers of 4 floats, no fused multiply-add.
    case sse2
    /// 32 registers of 4 floats, multiplied by lane.
    case neon

    /// Floats a vector register holds.
    package var vectorWidth: Int {
      switch self {
      case .avx512: 16
      case .avx2: 8
      case .sse2, .neon: 4
      }
    }

    /// Vector registers.
    package var vectorRegisterCount: Int {
      switch self {
      case .avx512, .neon: 32
      case .avx2, .sse2: 16
      }
    }
  }
}
