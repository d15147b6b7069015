import KilnGraph
import KilnKernels
import KilnLowering
import KilnMachine
import KilnSelection

/// A network that is ready to be printed: its layers' calls, its tables, and where everything lies.
package struct Program: Sendable {
  /// One node of the final graph and the calls that compute it; or several nodes that are computed together, in strips.
  package struct Layer: Sendable {
    /// The node; the last of several.
    package var node: Node
    /// The calls, each worker's in order.
    ///
    /// Those of strips come after them.
    package var calls: [KernelCall]
    /// The strips, where several nodes are computed together.
    package var strips: Strips?
    /// The first byte, in the arena, of the memory that its calls work in.
    package var workspaceOffset = 0

    /// Floats of that memory.
    package var workspaceCount: Int {
      allCalls.reduce(0) { max($0, $1.workspaceCount) } * (strips?.workers ?? 1)
    }

    /// The workers that make calls.
    package var workers: Set<Int> { Set(calls.map(\.worker)).union(0..<(strips?.workers ?? 0)) }

    /// The nodes, in order.
    package var nodes: [Node] { strips?.members.map(\.node) ?? [node] }

    /// The calls, and those of a strip.
    package var allCalls: [KernelCall] {
      calls + (strips?.allCalls ?? [])
    }
  }

  /// Nodes that are computed together, some rows of each at a time: `StripGroup` says how.
  ///
  /// Each worker makes all calls, for a band of rows of its own.
  package struct Strips: Sendable {
    /// A node.
    package struct Member: Sendable {
      /// The node.
      package var node: Node
      /// Rows of its result, its rows for each of the last node's, and the rows after and before a strip's that the
      /// strip needs too.
      package var height: Int
      package var scale: Int
      package var after: Int
      package var before: Int
      /// The calls that compute its rows.
      package var calls: [KernelCall]
      /// The calls that make the zeros below its last row.
      package var callsBelow: [KernelCall]
      /// The calls after all nodes' that keep rows for the next strip.
      package var callsAfter: [KernelCall]
    }

    /// Rows of the last node's result, and those in a strip.
    package var height: Int
    package var stripRows: Int
    /// Other numbers of rows that a schedule may give them.
    package var otherStripRows: [Int]
    /// Those who compute a band of them each.
    package var workers: Int
    /// The calls before the first strip.
    package var callsBefore: [KernelCall]
    /// The nodes, in order.
    package var members: [Member]

    /// The calls before the first strip, and those of a strip.
    package var allCalls: [KernelCall] {
      callsBefore + members.flatMap { $0.calls + $0.callsBelow + $0.callsAfter }
    }

    /// The most strips that a worker computes.
    package var count: Int { height.dividedRoundingUp(by: workers).dividedRoundingUp(by: stripRows) }
  }

  /// The final graph.
  package var graph: Graph
  /// The machine.
  package var target: Target
  /// The threads that share the work, the caller's among them.
  package var threads: Int
  /// The layers that compute something, in order; nodes that are only views make none.
  package var layers: [Layer]
  /// The convolutions, in the layers' order.
  package var convolutions: [PlannedConvolution]
  /// The tables of constants.
  package var tables: [WeightTable]
  /// Each value's place in its buffer.
  package var views: [ValueID: View]
  /// The runs of memory.
  package var buffers: [Buffer]
  /// The first byte of each of the arena's buffers.
  package var arenaOffsets: [Buffer.ID: Int]
  /// Bytes of the arena.
  package var arenaByteCount: Int
  /// The largest sum of the arena's buffers alive at once.
  package var arenaLowerBound: Int

  /// Bytes of the memory that a caller gives for the arena, wherever that begins: the arena itself, and what it takes to
  /// begin it at a multiple of `MemoryPlan.alignment`.
  package var arenaMemoryByteCount: Int { arenaByteCount + MemoryPlan.alignment }

  /// Bytes of all weight tables, as the program carries them.
  package var weightByteCount: Int { tables.reduce(0) { $0 + $1.byteCount } }

  /// Multiply-accumulates of a layer in one inference.
  package func multiplyAccumulates(of layer: Layer) -> Int {
    layer.nodes.reduce(0) { $0 + graph.multiplyAccumulates(of: $1) }
  }

  /// Multiply-accumulates of one inference.
  package var multiplyAccumulates: Int { layers.reduce(0) { $0 + multiplyAccumulates(of: $1) } }

  /// Where a computed value or a model input lies.
  ///
  /// Precondition: the value isn't constant.
  package func view(_ value: ValueID) -> View {
    guard let view = views[value] else { preconditionFailure("\(graph[value].name) has no storage") }
    return view
  }

  /// The buffer.
  package func buffer(_ id: Buffer.ID) -> Buffer { buffers[id.index] }

  /// The type of an operand's elements.
  package func scalar(of operand: Operand) -> ScalarType {
    switch operand.memory {
    case .value(let value): buffer(view(value).buffer).scalar
    case .table(let table): tables[table.index].scalar
    case .workspace: .float32
    }
  }
}
