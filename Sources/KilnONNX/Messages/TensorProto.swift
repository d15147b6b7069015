/// A tensor: its type, its dimensions, and its elements in place, in one of four forms.
struct TensorProto: Sendable {
  /// The fields that hold elements one by one, by the numbers of the definition.
  enum TypedField: Int, Sendable {
    case floats = 4
    case int32s = 5
    case strings = 6
    case int64s = 7
    case doubles = 10
    case uint64s = 11
  }

  var name = ""
  var dimensions: [Int] = []
  /// The number of the `DataType` enumeration.
  var dataType = 0
  /// Whether the file holds one segment of a larger tensor.
  var isSegment = false
  /// The elements as little-endian bytes.
  var rawData: MessageBytes?
  /// The elements as fields of their own.
  var typedData: [Field] = []
  /// Whether the elements are in another file.
  var isExternal = false
  /// Where they are there: pairs of a key and a value.
  var externalData: [(key: String, value: String)] = []

  init(_ message: MessageBytes) throws(WireError) {
    var reader = FieldReader(message)
    while let field = try reader.next() {
      switch field.number {
      case 1: try field.appendIntegers(to: &dimensions)
      case 2: dataType = try field.integer()
      case 3: isSegment = true
      case 4, 5, 6, 7, 10, 11: typedData.append(field)
      case 8: name = try field.string()
      case 9: rawData = try field.bytes()
      case 13: externalData.append(try Self.pair(try field.message()))
      case 14:
        let location = try field.integer()
        guard (0...1).contains(location) else {
          throw WireError(offset: field.offset, reason: "data location \(location) is not defined")
        }
        isExternal = location == 1
      default: continue
      }
    }
  }

  private static func pair(_ message: MessageBytes) throws(WireError) -> (key: String, value: String) {
    var result = (key: "", value: "")
    var reader = FieldReader(message)
    while let field = try reader.next() {
      switch field.number {
      case 1: result.key = try field.string()
      case 2: result.value = try field.string()
      default: continue
      }
    }
    return result
  }
}
