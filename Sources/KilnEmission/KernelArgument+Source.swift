import KilnGeometry
import KilnGraph
import KilnKernels
import KilnRuntimeSources

extension KernelArgument.Value {
  /// Swift source of an argument that says the same in every program; `nil` for pointers, which depend on where a program's
  /// values and tables lie.
  package var source: String? {
    switch self {
    case .pointer: nil
    case .null: "nil"
    case .axes(let numbers, let member): axesSource(numbers, member: member)
    case .integer(let integer): "\(integer)"
    case .stripRows(let member, let times): "rows\(member).count\(times == 1 ? "" : " &* \(times)")"
    case .boolean(let boolean): "\(boolean)"
    case .number(let literal): literal.source
    case .geometry(let geometry, let member):
      geometrySource(geometry) + (member.map { ".strip(rows: rows\($0).count)" } ?? "")
    case .tile(let tile): "\(tile.name).self"
    case .strategy(let type): "\(type).self"
    case .function(let function): function.closure
    case .epilogue(let epilogue, let takesSlope):
      EpilogueSource(epilogue: epilogue).closure(takesSlope ? ["sum", "addend", "slope"] : ["sum", "addend"])
    }
  }
}

/// Swift source of a tuple of extents or strides.
private func axesSource(_ numbers: [Int], member: Int?) -> String {
  var parts = numbers.map(String.init)
  if let member { parts[parts.count - 1] = "rows\(member).count" }
  return "(\(parts.joined(separator: ", ")))"
}

/// Swift source of a struct of KilnGeometry: its memberwise initialiser, field by field in the order of the declaration,
/// in several lines where it is long.
private func geometrySource(_ geometry: Any) -> String {
  let mirror = Mirror(reflecting: geometry)
  let fields = mirror.children.filter { !($0.value is any DriverState) }.map { field in
    let value = Mirror(reflecting: field.value).children.isEmpty ? "\(field.value)" : geometrySource(field.value)
    return mirror.displayStyle == .tuple ? value : "\(field.label ?? ""): \(value)"
  }
  let name = mirror.displayStyle == .tuple ? "" : "\(type(of: geometry))"
  let line = "\(name)(\(fields.joined(separator: ", ")))"
  return line.count <= 100 ? line : "\(name)(\n\(fields.wrapped(indent: "        ")))"
}

extension RuntimeFunction {
  /// The function applied to Swift expressions.
  func applied(to operands: String...) -> String { call(operands) }

  /// A closure of the elements that a kernel hands to it.
  var closure: String { "{ \(call((0..<operandCount).map { "$\($0)" })) }" }

  private func call(_ operands: [String]) -> String {
    guard let callee else { return operands[0] }
    let first = label.map { "\($0): \(operands[0])" } ?? operands[0]
    let constants = parameters.map { ($0.label.map { "\($0): " } ?? "") + $0.value.source }
    return "\(callee.source)(\(([first] + operands.dropFirst() + constants).joined(separator: ", ")))"
  }
}
