import KilnGraph

/// Recurrent layers: a linear layer over all steps, and for each direction a recurrence.
enum RecurrenceOperators {
  /// The operators.
  static let all: [OperatorImporter] = [longShortTerm, gated, simple]

  /// LSTM: gates i, o, f and c.
  static let longShortTerm = OperatorImporter(
    "LSTM", since: [14, 1], attributes: RecurrentLayer.attributes + [.int("input_forget")],
    ignoring: ["output_sequence"], constants: [RecurrentLayer.lengthsRole], examples: examples(gates: 4)
  ) { context throws(ImportFailure) in
    let functions = try RecurrentFunctions(context.node.attributes, defaults: ["Sigmoid", "Tanh", "Tanh"])
    let couplesForget = try context.node.attributes.flag("input_forget")
    var layer = try RecurrentLayer(&context, gates: 4)
    return try layer.results(&context) { direction in
      let functions = functions.of(direction)
      return .longShortTerm(
        gate: functions[0], candidate: functions[1], output: functions[2], couplesForget: couplesForget)
    }
  }

  /// GRU: gates z, r and h.
  static let gated = OperatorImporter(
    "GRU", since: [14, 3], attributes: RecurrentLayer.attributes + [.int("linear_before_reset")],
    ignoring: ["output_sequence"], constants: [RecurrentLayer.lengthsRole], examples: examples(gates: 3)
  ) { context throws(ImportFailure) in
    let functions = try RecurrentFunctions(context.node.attributes, defaults: ["Sigmoid", "Tanh"])
    let resetsProduct = try context.node.attributes.flag("linear_before_reset")
    var layer = try RecurrentLayer(&context, gates: 3)
    layer.candidateHasBias = resetsProduct
    return try layer.results(&context) { direction in
      let functions = functions.of(direction)
      return .gated(gate: functions[0], candidate: functions[1], resetsProduct: resetsProduct)
    }
  }

  /// RNN: a function of the sums.
  static let simple = OperatorImporter(
    "RNN", since: [14, 1], attributes: RecurrentLayer.attributes, ignoring: ["output_sequence"],
    constants: [RecurrentLayer.lengthsRole], examples: examples(gates: 1)
  ) { context throws(ImportFailure) in
    let functions = try RecurrentFunctions(context.node.attributes, defaults: ["Tanh"])
    var layer = try RecurrentLayer(&context, gates: 1)
    return try layer.results(&context) { .simple(functions.of($0)[0]) }
  }

  private static func examples(gates: Int) -> [NodeExample] {
    [
      NodeExample(
        [
          .computed([5, 2, 3]), .constant([1, gates * 4, 3]), .constant([1, gates * 4, 4]),
          .constant([1, gates * 8]),
        ], [.int("hidden_size", 4)], outputs: 2)
    ]
  }
}

/// The functions of a recurrent layer's directions.
///
/// Source: ONNX's text; what it leaves open, that only functions with a parameter take one from the lists, is as in ONNX
/// Runtime.
struct RecurrentFunctions {
  /// All functions of the first direction, then those of the second.
  private let functions: [RecurrentActivation]
  private let count: Int

  /// Reads them of a node's attributes.
  ///
  /// - Parameter defaults: the functions of one direction for a node that doesn't say.
  init(_ attributes: Attributes, defaults: [String]) throws(ImportFailure) {
    count = defaults.count
    let directions = try attributes.word("direction", default: RecurrentDirection.forward) == .bidirectional ? 2 : 1
    let given = try attributes.strings("activations")
    let names = given ?? (0..<directions).flatMap { _ in defaults }
    guard names.count == count * directions else {
      throw .malformed("it has \(names.count) activations for \(directions) directions of \(count)")
    }
    var alphas = (try attributes.floats("activation_alpha") ?? [])[...]
    var betas = (try attributes.floats("activation_beta") ?? [])[...]
    func next(_ list: inout ArraySlice<Float>, _ value: Float) -> Double { Double(list.popFirst() ?? value) }
    var functions: [RecurrentActivation] = []
    for name in names {
      let function: RecurrentActivation
      switch name.lowercased() {
      case "relu": function = .function(.relu)
      case "tanh": function = .function(.tanh)
      case "sigmoid": function = .function(.sigmoid)
      case "softsign": function = .function(.softsign)
      case "softplus": function = .function(.softplus)
      case "leakyrelu": function = .function(.leakyReLU(slope: next(&alphas, 0.01)))
      case "thresholdedrelu": function = .function(.thresholdedReLU(alpha: next(&alphas, 1)))
      case "elu": function = .function(.elu(alpha: next(&alphas, 1)))
      case "hardsigmoid":
        function = .function(.hardSigmoid(alpha: next(&alphas, 0.2), beta: next(&betas, 0.5)))
      case "affine": function = .affine(scale: next(&alphas, 1), offset: next(&betas, 0))
      case "scaledtanh": function = .scaledTanh(scale: next(&alphas, 1), slope: next(&betas, 1))
      default: throw .malformed("its activation '\(name.prefix(40))' is none that ONNX gives recurrent layers")
      }
      functions.append(function)
    }
    self.functions = functions
  }

  /// Those of direction 0 or 1.
  func of(_ direction: Int) -> [RecurrentActivation] { Array(functions[(direction * count)...].prefix(count)) }
}

/// Which way a recurrent layer goes through its steps.
enum RecurrentDirection: String, AttributeWord {
  case forward, reverse, bidirectional
}
