import KilnKernels

/// A schedule that is malformed, or doesn't fit the network or the machine.
package struct ScheduleError: Error, Equatable, CustomStringConvertible {
  /// One line: the file, the line and the column, what is wrong, what to do.
  package let description: String

  package init(_ description: String) { self.description = description }
}

/// A place in a schedule's text, both counted from 1; columns count bytes.
package struct SchedulePosition: Hashable, Sendable {
  package var line: Int
  package var column: Int
}

extension ScheduleError {
  package init(_ origin: String, _ position: SchedulePosition, _ text: String) {
    self.init("\(origin):\(position.line):\(position.column): \(text)")
  }

  /// A name from a file as part of an error's line.
  package static func quoted(_ name: String) -> String {
    let text = name.inComment
    return "'\(text.count > 100 ? text.prefix(100) + "…" : text)'"
  }
}
