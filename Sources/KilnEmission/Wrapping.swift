extension [String] {
  /// A list of arguments in lines of at most 120 characters; one of several lines stands alone, and its own are indented.
  func wrapped(indent: String) -> String {
    var lines: [String] = []
    var line = indent
    for (index, item) in self.enumerated() {
      let piece = index + 1 < count ? item + "," : item
      if line.count > indent.count, piece.contains("\n") || line.count + 1 + piece.count > 118 {
        lines.append(line)
        line = indent
      }
      guard !piece.contains("\n") else {
        let parts = piece.split(separator: "\n").map { $0.drop { $0 == " " } }
        lines.append(indent + parts.joined(separator: "\n  \(indent)"))
        continue
      }
      line += (line.count > indent.count ? " " : "") + piece
    }
    return (line.count > indent.count ? lines + [line] : lines).joined(separator: "\n")
  }
}
