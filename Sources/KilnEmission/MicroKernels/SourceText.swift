/// Swift source under construction: lines, indented by the blocks they are in.
struct SourceText {
  private(set) var text = ""
  private var indentation = ""

  /// Appends a line; an empty one without an argument.
  mutating func line(_ line: String = "") {
    text += line.isEmpty ? "\n" : indentation + line + "\n"
  }

  /// Appends `head { … }`, its body two columns further in.
  mutating func block(_ head: String, _ body: (inout SourceText) -> Void) {
    line(head + " {")
    indentation += "  "
    body(&self)
    indentation.removeLast(2)
    line("}")
  }
}
