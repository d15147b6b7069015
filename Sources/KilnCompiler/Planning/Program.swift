import KilnGraph

/// A network that is ready to be printed: its layers' calls, its tables, and where everything lies.
public struct Program: Sendable {
  /// One node of the final graph and the calls that compute it; or several nodes that are computed together, in strips.
  public struct Layer: Sendable {
    /// The node; the last of several.
    public var node: Node
    /// The calls, each worker's in order. Those of strips come behind them.
    public var calls: [KernelCall]
    /// The strips, where several nodes are computed together.
    public var strips: Strips?
    /// The first byte, in the arena, of the memory that its calls work in.
    public var workspaceOffset = 0

    /// Floats of that memory.
    public var workspaceCount: Int { allCalls.reduce(0) { max($0, $1.workspaceCount) } }

    /// The workers that make calls.
    public var workers: Set<Int> { Set(allCalls.map(\.worker)) }

    /// The nodes, in order.
    public var nodes: [Node] { strips?.stages.map(\.node) ?? [node] }

    /// The calls, and those of a strip.
    public var allCalls: [KernelCall] {
      calls + (strips?.stages.flatMap { $0.calls + $0.callsBelow + $0.callsBehind } ?? [])
    }
  }

  /// Nodes that are computed together, some rows of each at a time: `StripGroup` says how.
  public struct Strips: Sendable {
    /// A node.
    public struct Stage: Sendable {
      /// The node.
      public var node: Node
      /// Rows of its result, rows that a strip computes, and rows that the first computes besides.
      public var height: Int
      public var step: Int
      public var ahead: Int
      /// The calls that compute its rows.
      public var calls: [KernelCall]
      /// The calls that make the zeros below its last row.
      public var callsBelow: [KernelCall]
      /// The calls behind all nodes' that keep rows for the next strip.
      public var callsBehind: [KernelCall]
    }

    /// How many strips there are.
    public var count: Int
    /// The nodes, in order.
    public var stages: [Stage]
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

  /// Bytes of the memory that a caller gives for the arena, wherever that begins: the arena itself, and what it takes to
  /// begin it at a multiple of `MemoryPlan.alignment`.
  public var arenaMemoryByteCount: Int { arenaByteCount + MemoryPlan.alignment }

  /// Bytes of all weight tables, as the program carries them.
  public var weightByteCount: Int { tables.reduce(0) { $0 + $1.byteCount } }

  /// Multiply-accumulates of a layer in one inference.
  public func multiplyAccumulates(of layer: Layer) -> Int {
    layer.nodes.reduce(0) { $0 + graph.multiplyAccumulates(of: $1) }
  }

  /// The buffer.
  public func buffer(_ id: Buffer.ID) -> Buffer { buffers[id.index] }
}
