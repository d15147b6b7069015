/// A tensor most of whose elements are zeros: the others and where they are.
struct SparseTensorProto: Sendable {
  /// The elements, whose name is the tensor's.
  var values: TensorProto?
  /// Their places: in row-major order, or an index for each axis.
  var indices: TensorProto?
  var dimensions: [Int] = []

  init(_ message: MessageBytes) throws(WireError) {
    var reader = FieldReader(message)
    while let field = try reader.next() {
      switch field.number {
      case 1: values = try TensorProto(try field.message())
      case 2: indices = try TensorProto(try field.message())
      case 3: try field.appendIntegers(to: &dimensions)
      default: continue
      }
    }
  }
}
