import KilnGraph
import KilnKernels
import KilnLowering
import KilnPlanning

/// A kernel's call without where its pointers point, and without which strip's rows it computes.
///
/// The compiler makes code for every call of a kernel, since a call says its geometry. Calls of one form need that code once, in
/// a function that takes what they differ in.
struct CallForm: Hashable {
  /// The kernel.
  let kernel: String
  /// What a function of this form takes, `name: Type` each: pointers, then rows of strips.
  let parameters: [String]
  /// The call's arguments, made of the parameters.
  let arguments: [String]

  /// The form of a call of a program.
  ///
  /// Complexity: linear in the call's arguments.
  init(_ call: KernelCall, in program: Program) {
    kernel = call.kernel.name
    let members = Self.members(of: call)
    let written = Set(call.kernel.writes)
    var parameters: [String] = []
    arguments = call.kernel.arguments.map { argument in
      let label = argument.label.map { "\($0): " } ?? ""
      guard case .pointer(let operand) = argument.value else {
        return label + (argument.value.numberingMembers(as: members).source ?? "")
      }
      let name = "p\(parameters.count)"
      let type = written.contains(operand) ? "UnsafeMutablePointer" : "UnsafePointer"
      parameters.append("\(name): \(type)<\(program.scalar(of: operand).swiftName)>")
      return label + name
    }
    self.parameters = parameters + members.indices.map { "rows\($0): StripRows" }
  }

  /// What a function of a call's form is given, in the order of its parameters: `pointer` prints an operand.
  static func arguments(of call: KernelCall, pointer: (Operand) -> String) -> [String] {
    let pointers = call.kernel.arguments.compactMap { argument in
      if case .pointer(let operand) = argument.value { pointer(operand) } else { nil }
    }
    return pointers + members(of: call).map { "rows\($0)" }
  }

  /// The members of a strip whose rows a call's arguments name, in the order in which they do first.
  private static func members(of call: KernelCall) -> [Int] {
    call.kernel.arguments.compactMap(\.value.member).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }
}

extension KernelArgument.Value {
  /// The member of a strip whose rows the argument names.
  fileprivate var member: Int? {
    switch self {
    case .stripRows(let member, _): member
    case .axes(_, let member), .geometry(_, let member): member
    case .pointer, .null, .integer, .boolean, .number, .tile, .strategy, .function, .epilogue: nil
    }
  }

  /// The argument with a member's place among some as its number.
  fileprivate func numberingMembers(as members: [Int]) -> Self {
    guard let member, let number = members.firstIndex(of: member) else { return self }
    return switch self {
    case .stripRows(_, let times): .stripRows(member: number, times: times)
    case .axes(let numbers, _): .axes(numbers, member: number)
    case .geometry(let geometry, _): .geometry(geometry, member: number)
    case .pointer, .null, .integer, .boolean, .number, .tile, .strategy, .function, .epilogue: self
    }
  }
}
