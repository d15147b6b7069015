/// A model file: who made it, the operator sets it uses, its graph and its functions.
struct ModelProto: Sendable {
  var irVersion = 0
  var producerName = ""
  var producerVersion = ""
  var opsetImports: [OperatorSetID] = []
  var graph: MessageBytes?
  var functions: [FunctionProto] = []

  init(_ message: MessageBytes) throws(WireError) {
    var reader = FieldReader(message)
    while let field = try reader.next() {
      switch field.number {
      case 1: irVersion = try field.integer()
      case 2: producerName = try field.string()
      case 3: producerVersion = try field.string()
      case 7: graph = try field.message()
      case 8: opsetImports.append(try OperatorSetID(try field.message()))
      case 25: functions.append(try FunctionProto(try field.message()))
      default: continue
      }
    }
  }
}

/// A domain and the version of its operators.
struct OperatorSetID: Sendable {
  /// The name of ONNX's own domain; files write it as the empty string as well.
  static let standardDomain = "ai.onnx"
  /// The name of ONNX Runtime's domain.
  static let microsoftDomain = "com.microsoft"

  var domain = ""
  var version = 0

  init(_ message: MessageBytes) throws(WireError) {
    var reader = FieldReader(message)
    while let field = try reader.next() {
      switch field.number {
      case 1: domain = try field.string()
      case 2: version = try field.integer()
      default: continue
      }
    }
    domain = Self.canonicalDomain(domain)
  }

  /// The domain's one spelling.
  static func canonicalDomain(_ domain: String) -> String { domain.isEmpty ? standardDomain : domain }
}
