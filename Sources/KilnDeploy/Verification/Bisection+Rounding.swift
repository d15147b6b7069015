import KilnEmission
import KilnGraph
import KilnPasses

/// A number that lay so near to the middle between two steps of a quantisation that the program and the reference, which
/// don't round their sums alike, took different ones.
package struct RoundedNumber: Equatable, Encodable, Sendable {
  /// The value that was quantised, of the model.
  package let value: String
  /// The layer that computed it, by name.
  package let layer: String
  /// What the reference computed, in steps from the zero point.
  package let reference: Double
  /// What the program computed, in steps from the zero point.
  package let computed: Double
  /// How far that layer is from the reference for what the program gave it, relative to its largest magnitude.
  package let ownError: Double
  /// The most steps that a result is away.
  package let steps: Int
}

extension Bisection.Search {
  /// The first layer over the tolerance, where no layer is by itself: it quantises, or inherits.
  func faultOfRounding(
    _ index: Int, _ model: Graph, _ errors: [String: TensorError], _ ownErrors: [Int: TensorError]
  ) throws(OperatorError) -> LayerFault {
    guard let quantization = try quantization(byLayer: index, model, ownErrors) else {
      return fault(index, errors, .accumulation)
    }
    return LayerFault(
      index, of: build.plan, origins: build.graph.layoutOrigins, errors: errors,
      cause: .quantization(quantization.number), difference: quantization.difference)
  }

  /// What a layer rounded otherwise than the model; `nil` unless it is the model's QuantizeLinear with constant scales of
  /// something that another layer computed.
  private func quantization(
    byLayer index: Int, _ model: Graph, _ ownErrors: [Int: TensorError]
  ) throws(OperatorError) -> (number: RoundedNumber, difference: TensorDifference)? {
    let name = dump.name(ofLayer: index)
    guard
      let node = model.nodeIDs.lazy.map({ model[$0] }).first(where: { model[$0.outputs[0]].name == name }),
      let operation = node.operation as? QuantizeLinear, operation.blockSize == 0, let operand = node.inputs[0],
      let scale = model.constant(node.inputs[1])?.floats(), let source = layersOfName[model[operand].name]?.last,
      let results = dump.tensor(ofLayer: index), let operands = dump.tensor(ofLayer: source)
    else { return nil }
    var references: [ValueID: Tensor] = [:]
    _ = try Interpreter(model).run(inputs) { value, tensor in
      if value == operand || value == node.outputs[0] { references[value] = tensor }
    }
    guard let reference = references[node.outputs[0]], let rounded = references[operand],
      let difference = TensorDifference(of: results, from: reference, allowed: 0)
    else { return nil }
    let place = zip(difference.position, reference.shape.rowMajorStrides).reduce(0) { $0 + $1.0 * $1.1 }
    let step = Double(scale.count == 1 ? scale[0] : scale[difference.position[operation.axis]])
    let number = RoundedNumber(
      value: model[operand].name, layer: build.plan.layers[source].node.name,
      reference: rounded.doubles()[place] / step, computed: operands.doubles()[place] / step,
      ownError: ownErrors[source]?.relative ?? 0, steps: Int(abs(difference.computed - difference.reference)))
    return (number, difference)
  }
}
