/// An operator that the model defines itself by a list of nodes.
struct FunctionProto: Sendable {
  var name = ""
  var domain = ""
  var overload = ""
  var inputs: [String] = []
  var outputs: [String] = []
  var nodes: [NodeProto] = []
  var opsetImports: [OperatorSetID] = []
  /// Attributes that have a default.
  var attributeDefaults: [AttributeProto] = []

  init(_ message: MessageBytes) throws(WireError) {
    var reader = FieldReader(message)
    while let field = try reader.next() {
      switch field.number {
      case 1: name = try field.string()
      case 4: inputs.append(try field.string())
      case 5: outputs.append(try field.string())
      case 7: nodes.append(try NodeProto(try field.message()))
      case 9: opsetImports.append(try OperatorSetID(try field.message()))
      case 10: domain = try field.string()
      case 11: attributeDefaults.append(try AttributeProto(try field.message()))
      case 13: overload = try field.string()
      default: continue
      }
    }
    domain = OperatorSetID.canonicalDomain(domain)
  }
}
