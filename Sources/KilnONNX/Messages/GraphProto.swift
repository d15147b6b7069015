/// A graph: its nodes, the constants they read, its inputs and its outputs.
struct GraphProto: Sendable {
  var name = ""
  var nodes: [NodeProto] = []
  var initializers: [TensorProto] = []
  var sparseInitializers: [SparseTensorProto] = []
  var inputs: [ValueInfoProto] = []
  var outputs: [ValueInfoProto] = []
  /// What the file says of the types of other values; may be missing or lie.
  var valueInfos: [ValueInfoProto] = []

  init(_ message: MessageBytes) throws(WireError) {
    var reader = FieldReader(message)
    while let field = try reader.next() {
      switch field.number {
      case 1: nodes.append(try NodeProto(try field.message()))
      case 2: name = try field.string()
      case 5: initializers.append(try TensorProto(try field.message()))
      case 11: inputs.append(try ValueInfoProto(try field.message()))
      case 12: outputs.append(try ValueInfoProto(try field.message()))
      case 13: valueInfos.append(try ValueInfoProto(try field.message()))
      case 15: sparseInitializers.append(try SparseTensorProto(try field.message()))
      default: continue
      }
    }
  }
}
