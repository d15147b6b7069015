import KilnDeploy
import KilnGraph
import KilnONNX
import KilnPasses
import KilnSelection

/// How the program ends.
enum ExitStatus: Int32, CaseIterable {
  case success = 0
  /// A comparison found more difference than is tolerated.
  case checkFailed = 1
  /// A valid model that needs something unsupported.
  case unsupported = 3
  /// A command line that makes no sense.
  case usage = 64
  /// A malformed model or file.
  case malformed = 65
  /// A file that is not there, or can't be written.
  case missing = 66
  /// A tool that is not there, or lacked time, memory, disk or processes to do its work.
  case unavailable = 69
  /// A defect of Kiln's own.
  case defect = 70
  /// The output's place is taken by something that Kiln did not write.
  case occupied = 73

  /// What it means, for people.
  var meaning: String {
    switch self {
    case .success: "done"
    case .checkFailed: "a check failed"
    case .unsupported: "the model needs something unsupported: all of it is listed, with a command that may help"
    case .usage: "a command line that makes no sense"
    case .malformed: "a malformed file"
    case .missing: "a file that is not there, or can't be written"
    case .unavailable: "a tool that is not there, or that lacked time, memory, disk or processes"
    case .defect: "a defect of Kiln's"
    case .occupied: "a package or a library is to go where there is something that Kiln did not write; it stays"
    }
  }

  /// The status that an error ends the program with.
  init(for error: any Error) {
    self =
      switch error {
      case is UsageError, is ImportOptionError: .usage
      case is Refusal: .unsupported
      case is ScheduleError: .malformed
      case let error as ModelError: error.kind == .missing ? .missing : .malformed
      case let error as FileError:
        switch error.kind {
        case .missing, .unwritable: .missing
        case .malformed: .malformed
        case .occupied: .occupied
        }
      case let error as PassError: error.kind == .malformed ? .malformed : .defect
      case is ToolError: .unavailable
      default: .defect
      }
  }
}
