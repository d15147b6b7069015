import KilnRuntimeSources

/// A function that a kernel applies to elements: one of KilnRuntime's, or a conversion of the language, with its constant
/// parameters.
package struct RuntimeFunction: Hashable, Sendable {
  /// A constant that follows the elements.
  package struct Parameter: Hashable, Sendable {
    /// Its label; `nil` for none.
    package var label: String?
    /// Its value.
    package var value: ElementLiteral
  }

  /// What is called; `nil` for its one operand as it is.
  package var callee: Callee?
  /// The label of the first element; `nil` for none.
  package var label: String?
  /// The elements that it takes.
  package var operandCount: Int
  /// The constants that follow them.
  package var parameters: [Parameter]
  /// The runtime's files that declare it.
  package var files: Set<RuntimeFile>

  /// The element as it is.
  package static let identity = RuntimeFunction(callee: nil, operandCount: 1, parameters: [], files: [])

  private init(callee: Callee?, operandCount: Int, parameters: [Parameter], files: Set<RuntimeFile>) {
    self.callee = callee
    self.operandCount = operandCount
    self.parameters = parameters
    self.files = files
  }

  /// Makes a function of one element.
  package init(
    unary callee: Callee, label: String? = nil, _ parameters: KeyValuePairs<String, ElementLiteral> = [:],
    in files: Set<RuntimeFile>
  ) {
    self.init(callee: callee, operandCount: 1, parameters: parameters.map(Parameter.init), files: files)
    self.label = label
  }

  /// Makes a function of two elements.
  package init(
    binary callee: Callee, _ parameters: KeyValuePairs<String, ElementLiteral> = [:], in files: Set<RuntimeFile>
  ) {
    self.init(callee: callee, operandCount: 2, parameters: parameters.map(Parameter.init), files: files)
  }

  /// Makes a function of three elements.
  package init(ternary callee: Callee, in files: Set<RuntimeFile>) {
    self.init(callee: callee, operandCount: 3, parameters: [], files: files)
  }
}

extension RuntimeFunction.Parameter {
  /// A parameter whose label is empty for none.
  fileprivate init(_ parameter: (key: String, value: ElementLiteral)) {
    self.init(label: parameter.key.isEmpty ? nil : parameter.key, value: parameter.value)
  }
}
