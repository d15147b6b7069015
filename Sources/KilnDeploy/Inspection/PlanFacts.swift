import KilnEmission
import KilnLowering
import KilnPlanning

/// A program's layers and memory as a reader wants to see them.
package struct PlanFacts: Encodable, Sendable {
  /// A layer.
  package struct Layer: Encodable, Sendable {
    /// Its name.
    package let name: String
    /// Its operator; joined by `+` where several are computed together.
    package let operation: String
    /// The type of its result.
    package let output: String
    /// Multiply-accumulates of one inference.
    package let multiplyAccumulates: Int
    /// The kernels that it calls, in order.
    package let kernels: [String]
    /// The strips of rows in which several nodes are computed together; `nil` where one is, as a whole.
    package let strips: Int?
    /// The names of the nodes that it computes, the last of which it is called by.
    package let nodes: [String]
    /// How long it should take by the machine's model.
    package let prediction: LayerPrediction
  }

  /// A run of memory.
  package struct Buffer: Encodable, Sendable {
    /// Whose it is: `arena`, `input 0`, `output 0`; or `workspace`, a part of the arena that one layer works in.
    package let owner: String
    /// The first byte in the arena; `nil` for the caller's memory.
    package let offset: Int?
    /// Its bytes, borders included.
    package let byteCount: Int
    /// The values that lie in it at one time or another, in the order in which they are computed; of a workspace, its layer.
    package let values: [String]
    /// The first and the last layer that touch it, from 0; `nil` for the caller's memory, and for what no layer touches.
    package let firstLayer: Int?
    package let lastLayer: Int?
  }

  /// The machine's name.
  package let target: String
  /// The layers in order.
  package let layers: [Layer]
  /// The buffers, the arena's by offset.
  package let buffers: [Buffer]
  /// Bytes of the arena.
  package let arenaByteCount: Int
  /// The largest sum of the arena's buffers alive at once: no plan needs less.
  package let arenaLowerBound: Int
  /// Bytes of the packed weights.
  package let weightByteCount: Int

  /// The facts of a program.
  package init(_ program: Program) {
    let graph = program.graph
    target = program.target.name
    let convolutions = Dictionary(grouping: program.convolutions, by: \.layer)
    layers = program.layers.enumerated().map { index, layer in
      let node = layer.node
      return Layer(
        name: node.name, operation: layer.operation, output: "\(graph.type(of: node.outputs[0]))",
        multiplyAccumulates: program.multiplyAccumulates(of: layer), kernels: layer.allCalls.map(\.kernel.name),
        strips: layer.strips?.count, nodes: layer.nodes.map(\.name),
        prediction: LayerPrediction(of: layer, in: program, convolutions[index] ?? []))
    }
    let values = Dictionary(grouping: program.views) { $0.value.buffer }
    let lifetimes = program.lifetimes
    let held = values.map { id, members in
      Buffer(
        owner: program.buffer(id).owner.description, offset: program.arenaOffsets[id],
        byteCount: program.buffer(id).byteCount,
        values: members.map(\.key).sorted { $0.index < $1.index }.map { graph[$0].name },
        firstLayer: lifetimes[id]?.lowerBound, lastLayer: lifetimes[id]?.upperBound)
    }
    let workspaces = program.layers.enumerated().filter { $0.element.workspaceCount > 0 }.map { index, layer in
      Buffer(
        owner: "workspace", offset: layer.workspaceOffset,
        byteCount: layer.workspaceCount * MemoryLayout<Float>.stride, values: [layer.node.name], firstLayer: index,
        lastLayer: index)
    }
    buffers = (held + workspaces)
      .sorted { ($0.offset ?? -1, $0.owner, $0.values[0]) < ($1.offset ?? -1, $1.owner, $1.values[0]) }
    arenaByteCount = program.arenaByteCount
    arenaLowerBound = program.arenaLowerBound
    weightByteCount = program.weightByteCount
  }
}

extension Program.Layer {
  /// What it computes: operators' names.
  var operation: String { nodes.map(\.operation.name).joined(separator: "+") }
}

extension KilnLowering.Buffer.Owner {
  fileprivate var description: String {
    switch self {
    case .arena: "arena"
    case .input(let index): "input \(index)"
    case .output(let index): "output \(index)"
    }
  }
}
