/// Swift source under construction: lines, indented by the blocks they are in.
struct SourceText {
  private(set) var text = ""
  private var indentation = ""

  /// Appends a line; an empty one without an argument.
  mutating func line(_ line: String = "") {
    text += line.isEmpty ? "\n" : indentation + line + "\n"
  }

  /// Appends `head { … }` or `head { parameters in … }`, its body two columns further in.
  mutating func block(_ head: String, taking parameters: String? = nil, _ body: (inout SourceText) -> Void) {
    line(head + " {" + (parameters.map { " \($0) in" } ?? ""))
    indentation += "  "
    body(&self)
    indentation.removeLast(2)
    line("}")
  }
}
