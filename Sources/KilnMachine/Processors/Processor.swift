/// A processor that Kiln knows: what it can do, what clang calls it, and how a machine tells that it has one.
///
/// To add one, add an entry with its sources to the file of its vendor, and a target file that names it.
package struct Processor: Hashable, Sendable {
  /// How clang calls it: after `-mcpu=` for aarch64, after `-march=` for x86-64.
  package var compilerName: String
  /// The processors that are taken for it: itself, and those that are nearest to it.
  package var identities: [Identity]
  /// What it can do.
  package var model: MachineModel

  /// The name in target files.
  package var name: String { model.processor }

  /// What a processor says that it is.
  package enum Identity: Hashable, Sendable {
    /// Arm's part number, from register MIDR_EL1: Linux prints it as `CPU part`.
    case arm(part: Int)
    /// The answer of instruction CPUID: Linux prints it as `vendor_id`, `cpu family` and `model`.
    case x86(vendor: String, family: Int, models: ClosedRange<Int>)
  }
}

extension Processor {
  /// All that Kiln knows.
  package static var all: [Processor] { armCores + amdCores + intelCores + genericCores }

  /// The processor of that name.
  package static func named(_ name: String) -> Processor? { all.first { $0.name == name } }

  /// The processor that stands for any with a vector unit.
  package static func generic(_ instructionSet: InstructionSet) -> Processor {
    switch instructionSet {
    case .neon: genericNEON
    case .sse2: genericSSE2
    case .avx2: genericAVX2
    case .avx512: genericAVX512
    }
  }

  /// The processor with the identity that `isOne` recognizes, whose vector unit is used as `instructionSet`; the
  /// generic one where Kiln knows none.
  package static func processor(_ instructionSet: InstructionSet, where isOne: (Identity) -> Bool) -> Processor {
    all.first { $0.model.instructionSet == instructionSet && $0.identities.contains(where: isOne) }
      ?? generic(instructionSet)
  }
}
