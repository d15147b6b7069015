import KilnMachine

/// Whether a board runs what is compiled for a target.
package enum BoardMismatch {
  /// Throws `ToolError` unless the board's architecture is the target's.
  package static func check(_ board: BoardConnection, target: Target) throws(ToolError) {
    let needed = String(target.triple.prefix { $0 != "-" })
    // Arm's own name, which some systems use.
    let found = board.architecture == "arm64" ? "aarch64" : board.architecture
    guard found != needed else { return }
    let hint =
      switch found {
      case "aarch64": "compile for it: --target generic-aarch64, or its board's name"
      case "x86_64": "compile for it: --target x86-64-v3"
      case "armv6l", "armv7l", "armv8l": "its system is a 32-bit one: install the 64-bit Raspberry Pi OS"
      default: "'kiln targets' lists the machines that Kiln compiles for"
      }
    throw ToolError("\(board): its architecture is \(found), '\(target.name)' is \(needed); \(hint)")
  }
}
