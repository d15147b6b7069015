/// A machine to compile for: what its compiler must be told, and what it can do.
package struct Target: Hashable, Sendable {
  /// The name on the command line.
  package var name: String
  /// One line for people.
  package var summary: String
  /// The LLVM triple of the board's programs.
  package var triple: String
  /// What C and Swift's importer of C are told, for instance `-march=x86-64-v4`.
  ///
  /// It decides Swift's instruction set too.
  package var compilerFlags: [String]
  /// What a core can do, and how fast.
  package var model: MachineModel
  /// Cores.
  package var coreCount: Int

  /// Makes a target.
  package init(
    name: String, summary: String, triple: String, compilerFlags: [String], model: MachineModel, coreCount: Int
  ) {
    self.name = name
    self.summary = summary
    self.triple = triple
    self.compilerFlags = compilerFlags
    self.model = model
    self.coreCount = coreCount
  }
}

// What is asked for most.
extension Target {
  /// The instruction set of the vector unit.
  package var instructionSet: InstructionSet { model.instructionSet }

  /// Floats that a vector register holds.
  package var vectorWidth: Int { model.vectorWidth }

  /// Vector registers that a micro-kernel may use.
  package var vectorRegisterCount: Int { model.vectorRegisterCount }

  /// Whether the machine multiplies and adds numbers of float16.
  package var computesHalves: Bool { model.instructionSet == .neon && model.float16.productsPerLane == 2 }

  /// The machine as tiles of float16 see it: registers of eight numbers, which are multiplied by lane.
  ///
  /// Machines without the instructions compute as if they had them, so that they can compare.
  package var ofHalves: Target {
    var target = self
    target.model.instructionSet = .neon
    target.model.vectorWidth = 8
    // With two registers fewer than there are, LLVM neither spills in the innermost loops nor copies sums from turn to turn.
    target.model.vectorRegisterCount = 30
    target.model.directTiles = .neon
    return target
  }

  /// Bytes of each cache that holds data, nearest first.
  package var cacheByteCounts: [Int] {
    get { model.cacheByteCounts }
    set { model.cacheByteCounts = newValue }
  }
}
