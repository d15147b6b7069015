import Foundation
import KilnDeploy
import KilnGraph
import KilnSelection

/// Standard error.
enum Console {
  /// Whether standard error is a terminal.
  static var isTerminal: Bool { isatty(STDERR_FILENO) != 0 }

  /// Writes text as it is.
  static func error(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }

  /// Says in one line what went wrong; where there is more, indented below it.
  static func report(_ error: any Error) {
    switch error {
    case let error as Refusal: Console.error("kiln: \(error.text)\n")
    case is UsageError, is ModelError, is ScheduleError, is FileError, is ToolError:
      Console.error("kiln: \(error)\n")
    default:
      let defect = ExitStatus(for: error) == .defect
      Console.error("kiln: \(defect ? "a defect of Kiln's own; please report it: " : "")\(error)\n")
    }
  }
}
