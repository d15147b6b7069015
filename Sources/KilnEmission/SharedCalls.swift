import KilnLowering
import KilnPlanning

/// The forms that more than one call of a program has: a function each, so that the compiler makes their code once.
struct SharedCalls {
  /// The forms, in the order of their first calls.
  let forms: [CallForm]
  /// The name of each form's function.
  let names: [CallForm: String]

  /// Finds the forms, and names their functions unlike what is taken.
  ///
  /// Complexity: linear in the program's calls.
  init(of program: Program, unlike taken: inout Set<String>) {
    var (counts, order) = ([CallForm: Int](), [CallForm]())
    for call in program.layers.flatMap(\.allCalls) {
      let form = CallForm(call, in: program)
      if counts[form] == nil { order.append(form) }
      counts[form, default: 0] += 1
    }
    forms = order.filter { counts[$0, default: 0] > 1 }
    names = forms.reduce(into: [:]) { names, form in
      let name = "shared\(form.kernel.prefix(1).uppercased())\(form.kernel.dropFirst())"
      names[form] = name.uniqueIdentifier(in: &taken, prefix: "shared")
    }
  }

  /// The functions, as an extension of the network's type; empty when no call has a form that another has.
  func source(network: String) -> String {
    if forms.isEmpty { return "" }
    let functions = forms.map { form in
      """
        @inline(never)
        private static func \(names[form] ?? form.kernel)(
      \(form.parameters.map { "_ \($0)" }.wrapped(indent: "    "))
        ) {
      \(printedCall(of: form.kernel, form.arguments))
        }
      """
    }
    return """

      // MARK: Calls that occur more than once

      extension \(network) {
      \(functions.joined(separator: "\n\n"))
      }

      """
  }
}

/// A call in the body of a function, in one line where it is short enough.
func printedCall(of function: String, _ arguments: [String]) -> String {
  let line = "    \(function)(\(arguments.joined(separator: ", ")))"
  return line.count <= 120 ? line : "    \(function)(\n" + arguments.wrapped(indent: "      ") + ")"
}
