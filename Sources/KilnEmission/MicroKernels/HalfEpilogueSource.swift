import KilnGraph
import KilnKernels
import KilnMachine

/// What becomes of a vector of sums of float16, as source: each step of the epilogue rounds to float16 once; what is applied to stored
/// sums is all of one step.
struct HalfEpilogueSource {
  /// Lanes of a vector.
  static let lanes = 8

  let epilogue: Epilogue
  let channels: Int
  private let vectorWidth: Int

  /// The source for a tile of `channels` output channels.
  init(epilogue: Epilogue, channels: Int, target: Target) {
    self.epilogue = epilogue
    self.channels = channels
    vectorWidth = target.vectorWidth
  }

  /// A pixel's channels in vectors of float16.
  var halves: ChannelLanes {
    ChannelLanes(channels: channels, vectorWidth: Self.lanes, load: "loadHalves", store: "storeHalves")
  }

  /// Source that finishes a vector of sums and stores it.
  func stored(_ sum: String, addend: String, slope: String, _ address: String, _ vector: Int) -> String {
    let addend = halves.loaded(addend, vector)
    let value =
      epilogue.isInlined
      ? Self.value(sum, addend: addend, slope: slope, epilogue) : Self.operand(sum, addend: addend, epilogue)
    return halves.stored(value, address, vector)
  }

  /// All that becomes of a sum: each step rounds once; where the activation isn't inlined, it is one step with what follows.
  static func value(_ sum: String, addend: String, slope: String, _ epilogue: Epilogue) -> String {
    let operand = operand(sum, addend: addend, epilogue)
    guard epilogue.addend == .afterActivation else { return activated(operand, slope, epilogue) }
    if epilogue.isInlined { return "addHalves(\(activated(operand, slope, epilogue)), \(addend))" }
    let function = EpilogueSource(epilogue: epilogue).activated("$0", slope: "")
    return "narrowHalves(onVectors(widenHalves(\(operand)), widenHalves(\(addend))) { \(function) + $1 })"
  }

  /// What the activation is applied to.
  private static func operand(_ sum: String, addend: String, _ epilogue: Epilogue) -> String {
    epilogue.addend == .beforeActivation ? "addHalves(\(sum), \(addend))" : sum
  }

  /// The activation: limits in float16, which has the bits that float32 would give, others in float32.
  private static func activated(_ value: String, _ slope: String, _ epilogue: Epilogue) -> String {
    switch epilogue.activation {
    case nil: return value
    case .function(.relu): return "reluOfHalves(\(value))"
    case .function(.clip(let lower, let upper)):
      return "clipHalves(\(value), \(Float(lower).swiftLiteral), \(Float(upper).swiftLiteral))"
    case .function, .parametricReLU:
      let operands = "widenHalves(\(value))" + (epilogue.hasSlope ? ", widenHalves(\(slope))" : "")
      let function = EpilogueSource(epilogue: epilogue).activated("$0", slope: "$1")
      return "narrowHalves(onVectors(\(operands)) { \(function) })"
    }
  }

  /// Appends what is left when the activation isn't inlined: a loop over the stored pixels, from `output` on.
  func finish(_ text: inout SourceText, pixels: String) {
    EpilogueSource(epilogue: epilogue).finish(
      &text, ChannelLanes(channels: channels, vectorWidth: vectorWidth), pixels: pixels)
  }
}
