import KilnCompiler
import KilnDeploy
import KilnEmission
import KilnLowering
import KilnSelection

/// A bisection for people: what is wrong first, then the facts, last what to do.
extension Bisection {
  /// - Parameters:
  ///   - seed: what random inputs were made from.
  ///   - options: what the program was compiled with.
  func text(seed: Int?, options: CompileOptions) -> String {
    var lines = seed.map { ["random inputs from seed \($0)"] } ?? []
    if let fault {
      lines.append("layer \(fault.index + 1) of \(layerCount), '\(fault.name)': \(fault.verdict)")
      lines += columns(rows(fault)).split(separator: "\n").map(String.init)
      lines.append("next: \(advice(fault, options))")
    } else {
      let own = Quantity.scientific(largestOwnError)
      lines.append("no layer of \(layerCount) leaves the reference: their own errors are at most \(own)")
    }
    for (name, error) in wrongOutputs.sorted(by: { $0.key < $1.key }) {
      let relative = Quantity.scientific(error.relative)
      lines.append("output '\(name)' is \(relative) off, over the tolerance of \(Quantity.scientific(tolerance))")
    }
    return lines.joined(separator: "\n")
  }

  private func rows(_ fault: LayerFault) -> [(String, String)] {
    var rows = [("operator", fault.operation), ("nodes", fault.nodes.joined(separator: ", "))]
    rows += fault.operands.map { operand in
      let error = operand.relativeError.map { ", \(Quantity.scientific($0)) off the model" } ?? ""
      return ("reads", "'\(operand.name)' \(operand.type)\(error)")
    }
    rows.append(("writes", fault.resultType + (fault.totalError.map(total) ?? "")))
    rows += fault.kernels.map { ("kernel", $0) }
    if let error = fault.ownError {
      let (absolute, relative) = (Quantity.scientific(error.absolute), Quantity.scientific(error.relative))
      let limit = Quantity.scientific(tolerance)
      rows.append(("error", "\(absolute) absolute, \(relative) relative, the tolerance is \(limit)"))
    }
    if let difference = fault.difference {
      let index = difference.position.map(String.init).joined(separator: ", ")
      let computed = fault.cause == .passes ? "folded" : "compiled"
      rows.append(("at [\(index)]", "reference \(difference.reference), \(computed) \(difference.computed)"))
      rows.append(("over it", "\(difference.wrongCount) of \(difference.elementCount) elements"))
    }
    if case .quantization(let number) = fault.cause {
      let (reference, computed) = (Float(number.reference), Float(number.computed))
      rows.append(("rounds", "'\(number.value)': reference \(reference) steps, compiled \(computed)"))
      let own = Quantity.scientific(number.ownError)
      rows.append(("made by", "layer '\(number.layer)' in float32, by the reference in Float64: \(own) apart"))
    }
    return rows
  }

  private func total(_ error: TensorError) -> String { ", \(Quantity.scientific(error.relative)) off the model" }

  private func advice(_ fault: LayerFault, _ options: CompileOptions) -> String {
    switch fault.cause {
    case .kernel where fault.usesWinograd && !options.isExact:
      "add --exact; if the layer is right then, compile with --exact: Winograd's error is too large for these numbers"
    case .kernel where (fault.ownError?.relative ?? 1) < 1e-5:
      "so small an error is float32's own rounding: --tolerance asks for more than it has"
    case .kernel, .overwrittenInput:
      "this is a defect of Kiln's: report it with the model and these lines; 'kiln run --interpret' computes meanwhile"
    case .quantization:
      "no layer's own error is over \(Quantity.scientific(largestOwnError)), float32's own rounding, which takes other steps than "
        + "Float64's now and then: compare outputs in steps, or raise --tolerance to what a few of them are"
    case .passes where options.folds:
      "add --no-fold; if the layer is right then, compile with --no-fold meanwhile, and report the nodes above"
    case .passes:
      "this is a defect of Kiln's passes: report it with the model and these lines"
    case .accumulation:
      "no layer's own error is over \(Quantity.scientific(largestOwnError)): this network makes small errors grow; compare "
        + "other inputs, or raise --tolerance to what its outputs bear"
    case .crash:
      "this is a defect of Kiln's: report it with the model and the emitted function of this layer ('kiln compile')"
    }
  }
}

extension LayerFault {
  fileprivate var verdict: String {
    switch cause {
    case .kernel: "its operands are right and its result is not"
    case .overwrittenInput(let value, let by, let name):
      "its operand '\(value)' was right, but layer \(by + 1), '\(name)', wrote over it"
    case .passes: "the kernels do what folding made of the model, and that is not what the model says"
    case .accumulation: "the first result over the tolerance, inherited from the layers before"
    case .quantization(let number):
      number.steps == 1
        ? "the first result a step of the quantisation away: what it rounds lay between two"
        : "the first result steps of the quantisation away, \(number.steps) at most: what it rounds lay between two"
    case .crash(let reason): "the program crashed in it, \(reason)"
    }
  }
}
