/// How the program ends.
enum ExitStatus: Int32 {
  case success = 0
  case usage = 64
  case malformed = 65
  case missing = 66
  case memory = 71
}

/// Does what the command line says.
func benchmark(_ arguments: Arguments) -> ExitStatus {
  if arguments.matches(1, "run") { return run(arguments) }
  if arguments.matches(1, "layers") { return runLayers(arguments) }
  if arguments.matches(1, "state") { return runState(arguments) }
  if arguments.matches(1, "bench") { return measure(arguments) }
  if arguments.matches(1, "serve") { return serve(arguments) }
  return usage()
}

/// Says on standard error how to use the program.
func usage() -> ExitStatus {
  report(
    """
    usage: run IN… OUT… | layers IN… OUT… DUMP | state COUNT IN… OUT… ARENA | serve IN… OUT… \
    | bench [--runs N] [--warm-up N] [--layers] [IN…]
    """)
  return .usage
}

/// Says one line on standard error.
func report(_ text: StaticString) {
  var line = Line(.error)
  line.append(text)
  line.write()
}

/// Says on standard error that a file can't be used, and why.
func report(_ path: UnsafePointer<CChar>, _ reason: UnsafePointer<CChar>) {
  var line = Line(.error)
  line.append(cString: path)
  line.append(": ")
  line.append(cString: reason)
  line.write()
}
