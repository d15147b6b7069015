import KilnDeploy

/// What the user says of precision, and where a quantisation comes from, or goes to.
struct QuantizationArguments {
  /// The options in the help.
  static let options: [CommandDescription.Option] = [
    .init(
      "precision", value: "float32|float16|int8|mixed",
      "What layers are computed in; mixed: each as --tolerance allows"),
    .init(
      "calibration", value: "DIR", "Inputs, .npy or pictures, for ranges of int8; 'random' for speed only"),
    .init(
      "range", value: "mse|min-max|99.99%",
      "How they do: by the least error, all that is seen, or a percentile of it [mse]"),
    .init("tolerance", value: "DECIBELS", "Signal to noise that outputs must keep, against float32 [30 for mixed]"),
    .init("agreement", value: "SHARE", "Share of inputs whose largest output must stay the same, such as 0.98"),
    .init("keep", value: "LAYER", repeats: true, "Leave a layer float32, by its name in 'kiln inspect'"),
    .init(
      "precision-plan", value: "FILE",
      "Precision of tensors and layers: written by --calibration, else read"),
  ]

  /// Decibels that `mixed` keeps where nothing is said.
  private static let defaultDecibels = 30.0

  /// The folder of inputs from which ranges are found; `nil` where a file has them.
  let calibrationFolder: String?
  /// The file that has a plan, or that one is written to.
  let planPath: String?
  /// How pictures become inputs.
  let pictures: PictureInput
  /// How ranges are chosen.
  let method: RangeMethod
  /// What must be kept; `nil` where nothing is asked for.
  let goal: PrecisionGoal?
  /// Whether layers go back from integers until the goal is met.
  let isMixed: Bool
  /// The names of layers that stay float32.
  let kept: [String]

  /// The name of the precision.
  var name: String { isMixed ? "mixed" : "int8" }

  /// Reads the options; `nil` where no layer is to be computed in integers.
  static func requested(by arguments: ParsedArguments) throws(UsageError) -> QuantizationArguments? {
    switch arguments.value("precision") ?? "float32" {
    case "float32", "float16":
      for option in options.dropFirst() where arguments.has(option.name) {
        // Verification has a tolerance of its own.
        if option.name == "tolerance", arguments.command == "verify" { continue }
        throw UsageError("--\(option.name) is for --precision int8 or mixed")
      }
      return nil
    case "int8", "mixed": return try QuantizationArguments(arguments)
    case let text: throw UsageError("--precision '\(text)' is neither float32, float16, int8 nor mixed")
    }
  }

  private init(_ arguments: ParsedArguments) throws(UsageError) {
    let precision = arguments.value("precision") ?? "int8"
    isMixed = precision == "mixed"
    calibrationFolder = arguments.value("calibration")
    planPath = arguments.value("precision-plan")
    pictures = try PictureArguments.input(arguments)
    kept = arguments.values("keep")
    guard calibrationFolder ?? planPath != nil else {
      throw UsageError(
        "--precision \(precision) needs --calibration DIR: a folder of typical inputs, 32 or more, .npy files or pictures"
      )
    }
    for (option, value) in [("calibration", calibrationFolder), ("precision-plan", planPath)] where value == "" {
      throw UsageError("--\(option) needs a name")
    }
    guard !arguments.has("no-fold") else {
      throw UsageError("--precision \(precision) folds first: leave out --no-fold")
    }
    if calibrationFolder == nil {
      for option in ["range", "keep"] where arguments.has(option) {
        throw UsageError("--\(option) is for --calibration: --precision-plan has what it would change")
      }
    }
    let range = arguments.value("range") ?? "mse"
    guard let method = RangeMethod(range) else {
      throw UsageError("--range '\(range)' is neither mse, min-max nor a percentile from 50% to 100%, such as 99.99%")
    }
    self.method = method
    var goal = PrecisionGoal(agreement: try arguments.positiveNumber("agreement"))
    // Elsewhere the option is of another kind.
    if arguments.command != "verify" { goal.decibels = try arguments.positiveNumber("tolerance") }
    guard goal.agreement ?? 0 <= 1 else {
      throw UsageError("--agreement \(goal.agreement ?? 0) is a share: 1 is all, 0.98 all but one in fifty")
    }
    if !goal.isEmpty, calibrationFolder == CalibrationInputs.random {
      throw UsageError("--tolerance and --agreement need inputs that mean something: --calibration DIR")
    }
    if isMixed, goal.isEmpty { goal.decibels = Self.defaultDecibels }
    self.goal = goal.isEmpty ? nil : goal
  }
}
