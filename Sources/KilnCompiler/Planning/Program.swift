import KilnGraph

/// A network that is ready to be printed: its layers' calls, its tables, and where everything lies.
public struct Program: Sendable {
  /// One node of the final graph and the calls that compute it.
  public struct Layer: Sendable {
    /// The node.
    public var node: Node
    /// The calls, each worker's in order.
    public var calls: [KernelCall]
    /// The first byte, in the arena, of the memory that its calls work in.
    public var workspaceOffset = 0

    /// Floats of that memory.
    public var workspaceCount: Int { calls.reduce(0) { max($0, $1.workspaceCount) } }

    /// The workers that make calls.
    public var workers: Set<Int> { Set(calls.map(\.worker)) }
  }

  /// The final graph.
  public var graph: Graph
  /// The machine.
  public var target: Target
  /// The threads that share the work, the caller's among them.
  public var threads: Int
  /// The layers that compute something, in order; nodes that are only views make none.
  public var layers: [Layer]
  /// The convolutions, in the layers' order.
  public var convolutions: [PlannedConvolution]
  /// The tables of constants.
  public var tables: [WeightTable]
  /// Each value's place in its buffer.
  public var views: [ValueID: View]
  /// The runs of memory.
  public var buffers: [Buffer]
  /// The first byte of each of the arena's buffers.
  public var arenaOffsets: [Buffer.ID: Int]
  /// Bytes of the arena.
  public var arenaByteCount: Int
  /// The largest sum of the arena's buffers alive at once.
  public var arenaLowerBound: Int

  /// Bytes of all weight tables, as the program carries them.
  public var weightByteCount: Int { tables.reduce(0) { $0 + $1.byteCount } }

  /// The buffer.
  public func buffer(_ id: Buffer.ID) -> Buffer { buffers[id.index] }
}
