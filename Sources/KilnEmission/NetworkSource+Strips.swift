import KilnKernels
import KilnLowering
import KilnPlanning

/// Layers that are computed together, some rows of each at a time: a loop over the strips.
extension NetworkSource {
  /// The body of the layer's function, after the calls that aren't of its strips.
  func stripsBody(_ strips: Program.Strips, print: (KernelCall) -> String) -> String {
    func printed(_ calls: [KernelCall], indent: Int) -> [String] {
      calls.map { print($0).indented(by: indent) }
    }
    var lines = strips.callsBefore.map(print)
    lines += [
      "    let band = StripBand(of: \(strips.height), "
        + "worker: \(strips.workers == 1 ? "0" : "worker"), of: \(strips.workers))",
      "    var row = band.first", "    while row < band.end {",
    ]
    for (index, member) in strips.members.enumerated() {
      lines += [
        "      let rows\(index) = StripRows(",
        "        from: row, \(strips.stripRows), in: band, scale: \(member.scale), after: \(member.after), "
          + "before: \(member.before), height: \(member.height))",
      ]
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
    return (lines + ["      row &+= \(strips.stripRows)", "    }"]).joined(separator: "\n")
  }

  /// How far a pointer has moved, and how far a worker's is from the first worker's.
  func moves(of operand: Operand) -> String {
    let moves = operand.moves.map { move in
      let sign = move.elements < 0 ? "-" : "+"
      let elements = abs(move.elements)
      return " \(sign) rows\(move.member).first\(elements == 1 ? "" : " &* \(elements)")"
    }
    return (operand.workerStep == 0 ? "" : " + worker &* \(operand.workerStep)") + moves.joined()
  }
}

extension String {
  /// The text with `count` spaces before each of its lines that holds anything.
  func indented(by count: Int) -> String {
    let indent = String(repeating: " ", count: count)
    return split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? "" : indent + $0 }
      .joined(separator: "\n")
  }
}
