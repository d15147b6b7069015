import KilnGraph
import KilnRuntimeSources

extension Epilogue {
  /// Whether the epilogue reads one slope per channel.
  package var hasSlope: Bool { activation == .parametricReLU }

  /// Whether the activation is written out for every register of a tile.
  ///
  /// Larger ones run over the stored tile instead.
  package var isInlined: Bool {
    switch activation {
    case .function(let function): function.isCheapActivation
    case .parametricReLU, nil: true
    }
  }

  /// Whether the addend is read when a sum is stored, not after that.
  package var readsAddendAtOnce: Bool {
    addend == .beforeActivation || (addend == .afterActivation && isInlined)
  }

  /// Whether the output may be the addend's memory: not when sums are stored before the addend is read.
  package var allowsAddendInPlace: Bool { isInlined || addend != .afterActivation }

  /// The runtime's files that the epilogue calls.
  package var files: Set<RuntimeFile> { activation == nil ? [] : [.activations] }

  /// What a kernel's name ends with, for instance `AddReLU`: an identifier that differs whenever the epilogue does.
  package var nameSuffix: String {
    var parts: [String] = []
    switch activation {
    case .function(let function): parts.append(function.kernelNamePart)
    case .parametricReLU: parts.append("ParametricReLU")
    case nil: break
    }
    switch addend {
    case .beforeActivation: parts.insert("Add", at: 0)
    case .afterActivation: parts.append("Add")
    case nil: break
    }
    return parts.joined()
  }
}

extension ScalarFunction {
  /// An activation as part of an identifier: `relu()` becomes `ReLU`, `clip(0.0, 6.0)` becomes `Clip0To6`.
  fileprivate var kernelNamePart: String {
    guard let function = vectorFunction, let name = function.callee?.source else { return "" }
    if self == .relu { return "ReLU" }
    let parameters = function.parameters.map { parameter in
      let text = parameter.value.source
      return (text.hasSuffix(".0") ? text.dropLast(2) : Substring(text)).filter { $0 != "+" }
        .replacing("-", with: "m").replacing(".", with: "p")
    }
    return name.prefix(1).uppercased() + name.dropFirst() + parameters.joined(separator: "To")
  }
}
