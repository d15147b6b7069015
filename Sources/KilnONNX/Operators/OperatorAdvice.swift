extension OperatorRegistry {
  /// What replaces an operator that is not supported.
  static func advice(for type: String, domain: String) -> String {
    guard domain == OperatorSetID.standardDomain else {
      return "Kiln knows no such operator; export it as operators of the ONNX standard"
    }
    switch type {
    case "Unique":
      return "its result depends on the data; cut the model before it and do this in the application"
    case "RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike", "Bernoulli", "Multinomial":
      return "networks are deterministic; make the random tensor an input"
    case let type where type.hasPrefix("Sequence") || type.hasPrefix("Optional"):
      return "Kiln has tensors only; export the model without sequences and optionals"
    default: return "Kiln knows no such operator; export the model without it, or cut the model around it"
    }
  }
}
