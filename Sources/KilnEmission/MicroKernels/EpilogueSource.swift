import KilnGraph
import KilnKernels

/// The source of an epilogue, for one vector of sums in a named local.
struct EpilogueSource {
  let epilogue: Epilogue

  private var isInlined: Bool { epilogue.isInlined }

  /// The activation of an expression.
  func activated(_ operand: String, slope: String) -> String {
    switch epilogue.activation {
    case .function(let function): function.vectorFunction?.applied(to: operand) ?? operand
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
    let isRead = ["sum": true, "addend": epilogue.addend != nil, "slope": epilogue.hasSlope]
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
}

/// A pixel's channels in vectors, the last of which may be partly filled.
struct ChannelLanes {
  let channels: Int
  let vectorWidth: Int
  /// The runtime's functions that read and write vectors.
  var load = "load"
  var store = "store"

  var vectors: Int { channels.dividedRoundingUp(by: vectorWidth) }

  /// Source that reads a vector; lanes that aren't channels are 0.
  func loaded(_ pointer: String, _ vector: Int) -> String { "\(load)(\(address(pointer, vector))\(count(vector)))" }

  /// Source that writes a vector's channels.
  func stored(_ value: String, _ pointer: String, _ vector: Int) -> String {
    "\(store)(\(value), \(address(pointer, vector))\(count(vector)))"
  }

  private func address(_ pointer: String, _ vector: Int) -> String {
    vector == 0 ? pointer : "\(pointer) + \(vector * vectorWidth)"
  }

  private func count(_ vector: Int) -> String {
    let rest = channels - vector * vectorWidth
    return rest < vectorWidth ? ", count: \(rest)" : ""
  }
}
