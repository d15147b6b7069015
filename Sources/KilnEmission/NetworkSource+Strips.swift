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
    for (index, stage) in strips.stages.enumerated() {
      lines.append(
        "      let rows\(index) = StripRows("
          + "strip: strip, step: \(stage.step), ahead: \(stage.ahead), height: \(stage.height))")
    }
    for (index, stage) in strips.stages.enumerated() {
      if index + 1 < strips.stages.count { lines.append("      // `\(stage.node.name.inComment)`") }
      lines += printed(stage.calls, indent: 2)
      if !stage.callsBelow.isEmpty {
        lines.append("      if rows\(index).end == \(stage.height) {")
        lines += printed(stage.callsBelow, indent: 4)
        lines.append("      }")
      }
    }
    for stage in strips.stages { lines += printed(stage.callsAfter, indent: 2) }
    return (lines + ["      strip &+= 1", "    }"]).joined(separator: "\n")
  }

  /// How far a pointer has moved.
  func source(of moves: [StripMove]) -> String {
    moves.map { move in
      let sign = move.elements < 0 ? "-" : "+"
      let elements = abs(move.elements)
      return " \(sign) rows\(move.stage).first\(elements == 1 ? "" : " &* \(elements)")"
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
