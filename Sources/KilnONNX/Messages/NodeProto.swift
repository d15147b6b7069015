/// A node: an operator, the names of what it reads and writes, and its attributes.
struct NodeProto: Sendable {
  var inputs: [String] = []
  var outputs: [String] = []
  var name = ""
  var operatorType = ""
  var domain = ""
  var overload = ""
  var attributes: [AttributeProto] = []

  init(_ message: MessageBytes) throws(WireError) {
    var reader = FieldReader(message)
    while let field = try reader.next() {
      switch field.number {
      case 1: inputs.append(try field.string())
      case 2: outputs.append(try field.string())
      case 3: name = try field.string()
      case 4: operatorType = try field.string()
      case 5: attributes.append(try AttributeProto(try field.message()))
      case 7: domain = try field.string()
      case 8: overload = try field.string()
      default: continue
      }
    }
    domain = OperatorSetID.canonicalDomain(domain)
  }

  /// The operator's type, with its domain where that isn't ONNX's own.
  var qualifiedType: String {
    domain == OperatorSetID.standardDomain ? operatorType : "\(domain).\(operatorType)"
  }
}
