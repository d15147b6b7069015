import Foundation
import KilnDeploy

/// Does what the words say and returns the status to end with.
func perform(_ words: [String]) throws -> ExitStatus {
  guard let name = words.first else {
    Console.error(Commands.help)
    return .usage
  }
  switch name {
  case "--help", "-h", "help":
    print(Commands.help, terminator: "")
    return .success
  case "--version":
    print("kiln \(Version.text)")
    return .success
  default: break
  }
  guard let command = Commands.all.first(where: { $0.description.name == name }) else {
    let names = Commands.all.map { $0.description.name }
    let hint = closest(to: name, among: names).map { "did you mean '\($0)'?" } ?? "see 'kiln --help'"
    throw UsageError("there is no subcommand '\(name)'; \(hint)")
  }
  let arguments = try ParsedArguments(Array(words.dropFirst()), for: command.description)
  if arguments.asksForHelp {
    print(command.description.help, terminator: "")
    return .success
  }
  return try command.run(arguments)
}

do {
  let status = try perform(Array(CommandLine.arguments.dropFirst()))
  // A full disk, for instance, would lose what was printed without a word.
  guard fflush(nil) == 0 else {
    throw FileError.system(.unwritable, "standard output", "can't be written")
  }
  exit(status.rawValue)
} catch let interruption as Interruption {
  // Everything is cleaned up: end as the signal would have ended the program, even if whoever started it blocks it.
  signal(interruption.signal, SIG_DFL)
  var signals = sigset_t()
  sigemptyset(&signals)
  sigaddset(&signals, interruption.signal)
  pthread_sigmask(SIG_UNBLOCK, &signals, nil)
  raise(interruption.signal)
} catch {
  Console.report(error)
  exit(ExitStatus(for: error).rawValue)
}
