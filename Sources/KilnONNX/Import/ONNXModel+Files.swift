/// The files that a model is made of.
extension ONNXModel {
  /// The paths of the files in which the model says that its tensors lie, sorted, each once.
  ///
  /// They may not exist.
  ///
  /// Locations that would leave the model's folder are left out: importing the model says so.
  package var externalDataPaths: [String] {
    var tensors = graph.tensors
    for function in model.functions { tensors += function.nodes.flatMap(\.tensors) }
    let locations = tensors.compactMap { tensor in tensor.externalData.first { $0.key == "location" }?.value }
    let inside = Set(locations).filter { !$0.hasPrefix("/") && !$0.split(separator: "/").contains("..") }
    return inside.sorted().map { "\(folder)/\($0)" }
  }
}

extension GraphProto {
  fileprivate var tensors: [TensorProto] { initializers + nodes.flatMap(\.tensors) }
}

extension NodeProto {
  /// The tensors in the node's attributes, those in their graphs included.
  fileprivate var tensors: [TensorProto] {
    attributes.flatMap { attribute in
      if let tensor = try? attribute.tensor() { [tensor] } else { (try? attribute.graph())?.tensors ?? [] }
    }
  }
}
