import KilnKernels
import KilnLowering
import KilnPlanning

/// Layers that are computed together, some rows of each at a time: a loop over the strips.
extension NetworkSource {
  /// The body of the layer's function.
  func stripsBody(_ layer: Program.Layer, _ strips: Program.Strips, print: (KernelCall) -> String) -> String {
    func printed(_ calls: [KernelCall], indent: Int) -> [String] {
      calls.map { print($0).indented(by: indent) }
    }
    var lines = layer.calls.map(print)
    lines += ["    var strip = 0", "    while strip < \(strips.count) {"]
    for (index, member) in strips.members.enumerated() {
      lines.append(
        "      let rows\(index) = StripRows("
          + "strip: strip, step: \(member.step), ahead: \(member.ahead), height: \(member.height))")
    }
    for (index, member) in strips.members.enumerated() {
      if index + 1 < strips.members.count { lines.append("      // `\(member.node.name.inComment)`") }
      lines += printed(member.calls, indent: 2)
      if !member.callsBelow.isEmpty {
        lines.append("      if rows\(index).end == \(member.height) {")
        lines += printed(member.callsBelow, indent: 4)
        lines.append("      }")
      }
    }
    for member in strips.members { lines += printed(member.callsAfter, indent: 2) }
    return (lines + ["      strip &+= 1", "    }"]).joined(separator: "\n")
  }

  /// How far a pointer has moved.
  func source(of moves: [StripMove]) -> String {
    moves.map { move in
      let sign = move.elements < 0 ? "-" : "+"
      let elements = abs(move.elements)
      return " \(sign) rows\(move.member).first\(elements == 1 ? "" : " &* \(elements)")"
    }.joined()
  }
}

extension String {
  /// The text with `count` spaces before each of its lines.
  func indented(by count: Int) -> String {
    let indent = String(repeating: " ", count: count)
    return split(separator: "\n", omittingEmptySubsequences: false).map { indent + $0 }.joined(separator: "\n")
  }
}
