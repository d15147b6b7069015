import KilnGraph

/// The source of an epilogue, for one vector of sums in a named local.
struct EpilogueSource {
  let epilogue: Epilogue

  /// Whether the epilogue reads one slope a channel.
  var hasSlope: Bool { epilogue.activation == .parametricReLU }

  /// Whether the activation is written out for every register of a tile. Larger ones run over the stored tile instead.
  var isInlined: Bool {
    switch epilogue.activation {
    case .function(let function): function.isCheapActivation
    case .parametricReLU, nil: true
    }
  }

  /// What a kernel's name ends with, for instance `AddReLU`: an identifier that differs whenever the epilogue does.
  var nameSuffix: String {
    var parts: [String] = []
    switch epilogue.activation {
    case .function(let function): parts.append(function.kernelNamePart)
    case .parametricReLU: parts.append("ParametricReLU")
    case nil: break
    }
    switch epilogue.addend {
    case .beforeActivation: parts.insert("Add", at: 0)
    case .afterActivation: parts.append("Add")
    case nil: break
    }
    return parts.joined()
  }

  /// The activation of an expression.
  func activated(_ operand: String, slope: String) -> String {
    switch epilogue.activation {
    case .function(let function): function.activationSource(of: operand) ?? operand
    case .parametricReLU: "parametricReLU(\(operand), \(slope))"
    case nil: operand
    }
  }

  /// A closure of a sum, an addend and perhaps a slope, by these names, that does all of the epilogue.
  func closure(_ names: [String]) -> String {
    let result =
      switch epilogue.addend {
      case .beforeActivation: activated("sum + addend", slope: "slope")
      case .afterActivation: "\(activated("sum", slope: "slope")) + addend"
      case nil: activated("sum", slope: "slope")
      }
    let isRead = ["sum": true, "addend": epilogue.addend != nil, "slope": hasSlope]
    return "{ \(names.map { isRead[$0] == true ? $0 : "_" }.joined(separator: ", ")) in \(result) }"
  }

  /// The whole epilogue of a sum when it is inlined; what comes before the activation otherwise.
  func applied(to sum: String, addend: String, slope: String) -> String {
    switch epilogue.addend {
    case .beforeActivation: isInlined ? activated("\(sum) + \(addend)", slope: slope) : "\(sum) + \(addend)"
    case .afterActivation: isInlined ? "\(activated(sum, slope: slope)) + \(addend)" : sum
    case nil: isInlined ? activated(sum, slope: slope) : sum
    }
  }

  /// Whether the addend is read when a sum is stored, not behind that.
  var readsAddendAtOnce: Bool {
    epilogue.addend == .beforeActivation || (epilogue.addend == .afterActivation && isInlined)
  }

  /// Appends what is left when the activation isn't inlined: a loop over the stored pixels, from `output` on.
  func finish(_ source: inout SourceText, _ lanes: ChannelLanes, pixels: String) {
    guard !isInlined else { return }
    let addsBehind = epilogue.addend == .afterActivation
    source.line("var stored = output")
    if addsBehind { source.line("var added = addend") }
    source.line("var storedLeft = \(pixels)")
    source.block("while storedLeft > 0") {
      for vector in 0..<lanes.vectors {
        let value = activated(lanes.loaded("stored", vector), slope: "")
        $0.line(lanes.stored(addsBehind ? "\(value) + \(lanes.loaded("added", vector))" : value, "stored", vector))
      }
      $0.line("stored += geometry.pointee.output.pixel")
      if addsBehind { $0.line("added += geometry.pointee.addend.pixel") }
      $0.line("storedLeft &-= 1")
    }
  }

  /// Whether the output may be the addend's memory: not when sums are stored before the addend is read.
  var allowsAddendInPlace: Bool { isInlined || epilogue.addend != .afterActivation }

  /// The runtime's files that the source calls.
  var files: Set<RuntimeFile> { epilogue.activation == nil ? [] : [.activations] }
}

extension ScalarFunction {
  /// The call of an activation as part of an identifier: `relu()` becomes `ReLU`, `clip(0.0, 6.0)` becomes `Clip0To6`.
  fileprivate var kernelNamePart: String {
    guard let call = activationSource(of: "") else { return "" }
    if self == .relu { return "ReLU" }
    let parts = call.split { "(), ".contains($0) }
    let parameters = parts.dropFirst().map { parameter in
      (parameter.hasSuffix(".0") ? parameter.dropLast(2) : parameter).filter { $0 != "+" }
        .replacing("-", with: "m").replacing(".", with: "p")
    }
    return parts[0].prefix(1).uppercased() + parts[0].dropFirst() + parameters.joined(separator: "To")
  }
}

/// A pixel's channels in vectors, the last of which may be partly filled.
struct ChannelLanes {
  let channels: Int
  let vectorWidth: Int

  var vectors: Int { (channels + vectorWidth - 1) / vectorWidth }

  /// Source that reads a vector; lanes that aren't channels are 0.
  func loaded(_ pointer: String, _ vector: Int) -> String { "load(\(address(pointer, vector))\(count(vector)))" }

  /// Source that writes a vector's channels.
  func stored(_ value: String, _ pointer: String, _ vector: Int) -> String {
    "store(\(value), \(address(pointer, vector))\(count(vector)))"
  }

  private func address(_ pointer: String, _ vector: Int) -> String {
    vector == 0 ? pointer : "\(pointer) + \(vector * vectorWidth)"
  }

  private func count(_ vector: Int) -> String {
    let rest = channels - vector * vectorWidth
    return rest < vectorWidth ? ", count: \(rest)" : ""
  }
}
