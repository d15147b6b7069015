import KilnGraph
import KilnKernels
import KilnLowering
import KilnPlanning

/// The memory of one inference of a program: its tables, its arena, and its inputs and outputs.
final class ProgramMemory: OperandMemory {
  private let program: Program
  private let tables: [ByteStorage]
  private let inputs: [GuardedMemory]
  private let results: [GuardedMemory]
  private let arena: GuardedMemory

  /// The first byte of the current layer's workspace in the arena.
  var workspaceOffset = 0
  /// The worker whose strips are computed.
  var worker = 0
  /// The rows that each member computes in the current strip.
  var rows: [Range<Int>] = []

  init(_ program: Program, tables: [ByteStorage], inputs: [Tensor]) {
    let graph = program.graph
    precondition(inputs.map(\.type) == graph.inputs.map(graph.type(of:)), "inputs of other types than the network's")
    self.program = program
    self.tables = tables
    self.inputs = inputs.map { tensor in
      let memory = GuardedMemory(byteCount: tensor.storage.bytes.count)
      withExtendedLifetime(tensor) { memory.bytes.copyMemory(from: tensor.storage.bytes) }
      return memory
    }
    results = graph.outputs.map { output in
      let type = graph.type(of: output.value)
      return GuardedMemory(byteCount: type.elementCount * type.scalar.byteCount)
    }
    arena = GuardedMemory(byteCount: program.arenaByteCount)
  }

  /// The outputs as they are now.
  var outputs: [Tensor] {
    zip(program.graph.outputs, results).map { output, memory in
      Tensor(
        type: program.graph.type(of: output.value),
        storage: ByteStorage(count: memory.bytes.count) { $0.copyMemory(from: UnsafeRawBufferPointer(memory.bytes)) })
    }
  }

  /// Whether nothing was written around the arena, an input or an output.
  var isGuardIntact: Bool { ([arena] + inputs + results).allSatisfy(\.isGuardIntact) }

  func scalar(of operand: Operand) -> ScalarType { program.scalar(of: operand) }

  func address(of operand: Operand) -> UnsafeMutableRawPointer {
    let first = operand.offset + worker * operand.workerStep
    let moved = operand.moves.reduce(first) { $0 + $1.elements * rows[$1.member].lowerBound }
    let offset = moved * scalar(of: operand).byteCount
    switch operand.memory {
    case .value(let value): return address(of: program.view(value)) + offset
    // Kernels never write to tables.
    case .table(let table): return UnsafeMutableRawPointer(mutating: start(of: tables[table.index])) + offset
    case .workspace: return arena.start + (workspaceOffset + offset)
    }
  }

  func rows(ofMember member: Int) -> Range<Int> { rows[member] }

  private func address(of view: View) -> UnsafeMutableRawPointer {
    let buffer = program.buffer(view.buffer)
    let offset = view.offset * buffer.scalar.byteCount
    switch buffer.owner {
    case .arena: return arena.start + ((program.arenaOffsets[view.buffer] ?? 0) + offset)
    case .input(let index): return inputs[index].start + offset
    case .output(let index): return results[index].start + offset
    }
  }

  private func start(of table: ByteStorage) -> UnsafeRawPointer {
    // An empty table has no address, and nobody reads it.
    table.bytes.baseAddress ?? UnsafeRawPointer(arena.start)
  }
}

/// Bytes that hold NaN at first, and around them some that must stay as they are.
final class GuardedMemory {
  private static let guardByteCount = 256
  private static let guardByte: UInt8 = 0xA5
  private let whole: UnsafeMutableRawBufferPointer

  /// The bytes.
  let bytes: UnsafeMutableRawBufferPointer
  /// The first of them.
  let start: UnsafeMutableRawPointer

  init(byteCount: Int) {
    whole = .allocate(byteCount: byteCount + 2 * Self.guardByteCount, alignment: 64)
    whole.initializeMemory(as: UInt8.self, repeating: Self.guardByte)
    bytes = UnsafeMutableRawBufferPointer(rebasing: whole[Self.guardByteCount..<(Self.guardByteCount + byteCount)])
    guard let first = bytes.baseAddress else { preconditionFailure("memory of at least its guards has an address") }
    start = first
    start.initializeMemory(as: UInt32.self, repeating: Float.nan.bitPattern, count: byteCount / 4)
  }

  deinit { whole.deallocate() }

  /// Whether the bytes around are as they were.
  var isGuardIntact: Bool {
    whole.prefix(Self.guardByteCount).allSatisfy { $0 == Self.guardByte }
      && whole.suffix(Self.guardByteCount).allSatisfy { $0 == Self.guardByte }
  }
}
