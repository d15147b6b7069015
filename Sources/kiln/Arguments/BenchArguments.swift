import KilnDeploy

/// What `kiln bench` is told besides the model, its inputs and the options of compilation.
struct BenchArguments {
  /// The options in the help.
  static let options: [CommandDescription.Option] = [
    board,
    .init("runs", value: "N", "Inferences that are timed [as many as take a second, at least 5]"),
    .init("warm-up", value: "N", "Inferences before those [3]"),
    .init("layers", "Time each layer too"),
    .init("svg", value: "FILE.svg", "Draw the layers' times there; times them as --layers does"),
    .init("unfolded", "Time the network without folding beside it, in turns, and print the gain"),
    .init("quick", "With --on: compare with the interpreter, and build nothing for this machine"),
  ]

  /// `--on`.
  static let board = CommandDescription.Option(
    "on", value: "USER@HOST[:PORT]", "A board to measure on, as ssh knows it [this machine]")

  /// The board that `--on` names; `nil` for this machine.
  static func board(_ arguments: ParsedArguments) throws(UsageError) -> BoardAddress? {
    guard let text = arguments.value("on") else { return nil }
    guard let address = BoardAddress(text) else {
      throw UsageError("--on '\(text)' is not a board's address: USER@HOST, HOST, USER@HOST:PORT, USER@[IPV6]:PORT")
    }
    return address
  }

  /// Where to measure; `nil` for this machine.
  let board: BoardAddress?
  /// Inferences that are timed.
  let runs: Int?
  /// Inferences before those.
  let warmUp: Int?
  /// Whether each layer is timed.
  let layers: Bool
  /// The picture's file.
  let chart: String?
  /// Whether the network without folding is timed too.
  let unfolded: Bool
  /// Whether the outputs are compared with the interpreter's.
  let quick: Bool

  /// Reads the options.
  init(_ arguments: ParsedArguments, _ compile: CompileArguments) throws(UsageError) {
    board = try Self.board(arguments)
    runs = try arguments.integer("runs", in: 1...10_000_000)
    warmUp = try arguments.integer("warm-up", in: 0...1_000_000)
    chart = arguments.value("svg")
    layers = arguments.has("layers") || chart != nil
    unfolded = arguments.has("unfolded")
    quick = arguments.has("quick")
    guard compile.compileOptions.folds || !unfolded else {
      throw UsageError("--unfolded compares with the folded network, which --no-fold leaves out")
    }
    guard !quick || board != nil else {
      throw UsageError("--quick is about what a board computes: name one with --on")
    }
    guard !quick || compile.compileOptions.layout == .model else {
      throw UsageError("--quick compares with the model as it is, --layout changes it: leave one of them out")
    }
  }
}
