import KilnEmission
import KilnGraph
import KilnKernels
import KilnPasses
import KilnPlanning

/// A layer of a program, and how it leaves the reference.
package struct LayerFault: Encodable, Sendable {
  /// Why the layer's result is wrong.
  package enum Cause: Equatable, Encodable, Sendable {
    /// Its kernel computes something else from the right inputs.
    case kernel
    /// The layer `index` wrote over an operand of this one, the value `value`, after it had been computed.
    case overwrittenInput(value: String, by: Int, name: String)
    /// The program does what the passes made of the model, which isn't what the model says.
    case passes
    /// Neither this layer nor one before it is over the tolerance alone: the errors before it add up, or grow in it.
    case accumulation
    /// Neither this layer nor one before it is over the tolerance alone: it quantises numbers that the errors before it have
    /// moved across the middle between two steps.
    case quantization(RoundedNumber)
    /// A signal ended the program while the layer ran.
    case crash(String)
  }

  /// What the layer reads at run time.
  package struct Operand: Encodable, Sendable {
    /// The value's name in the model.
    package let name: String
    /// Its type in the program, whose images have their channels last.
    package let type: String
    /// Its error relative to what the model says; `nil` when the model has no such value.
    package let relativeError: Double?
  }

  /// The layer's index in the order of execution.
  package let index: Int
  /// Its name.
  package let name: String
  /// The model's nodes that it computes: its own, and those that were merged into it.
  package let nodes: [String]
  /// Its operator.
  package let operation: String
  /// What it reads at run time.
  package let operands: [Operand]
  /// The type of what it writes.
  package let resultType: String
  /// The functions that it calls, each with the file of its kernel.
  package let kernels: [String]
  /// Whether one of them is a Winograd convolution.
  package let usesWinograd: Bool
  /// What is wrong with it.
  package let cause: Cause
  /// How far its result is from the reference's for the same operands; for `.passes`, how far the reference's result for the
  /// folded network is from that for the model; `nil` for `.crash`, `.accumulation` and `.quantization`.
  package let ownError: TensorError?
  /// How far its result is from what the model says; `nil` when it crashed or the model has no such value.
  package let totalError: TensorError?
  /// Where it is farthest from the reference that `cause` is about; its index has the program's axes for `.kernel` and
  /// `.overwrittenInput`, otherwise the model's.
  package let difference: TensorDifference?
}

extension LayerFault {
  /// Describes a layer of a program.
  init(
    _ index: Int, of program: Program, origins: [ValueID: LayoutOrigin], errors: [String: TensorError], cause: Cause,
    ownError: TensorError? = nil, difference: TensorDifference? = nil
  ) {
    let layer = program.layers[index]
    let graph = program.graph
    let node = layer.node
    func name(_ value: ValueID) -> String { LayerDump.name(of: value, in: graph, origins) }
    self.index = index
    self.name = node.name
    nodes = layer.nodes.flatMap { node in
      ["\(node.operation.name) '\(node.name)'"] + node.folded.map { "\($0.operation) '\($0.node)'" }
    }
    operation = layer.nodes.map { node in
      [node.operation.name, node.operation.details].filter { !$0.isEmpty }.joined(separator: " ")
    }.joined(separator: " + ")
    let own = Set(layer.nodes.flatMap(\.outputs))
    let values = layer.nodes.flatMap { $0.inputs.compactMap(\.self) }
    operands = values.filter { graph.constant($0) == nil && !own.contains($0) }.map { value in
      Operand(name: name(value), type: "\(graph.type(of: value))", relativeError: errors[name(value)]?.relative)
    }
    resultType = "\(graph.type(of: node.outputs[0]))"
    var kernels: [String] = []
    for call in layer.allCalls {
      let files = call.kernel.files.map(\.rawValue).sorted() + call.kernel.tiles.map { "\($0.name).swift" }
      let kernel = "\(call.kernel.name) (\(files.joined(separator: ", ")))"
      if !kernels.contains(kernel) { kernels.append(kernel) }
    }
    self.kernels = kernels
    usesWinograd = layer.allCalls.contains { $0.kernel is ConvolveWinograd }
    self.cause = cause
    self.ownError = ownError
    totalError = errors[name(node.outputs[0])]
    self.difference = difference
  }
}
