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

  private var source: EpilogueSource { EpilogueSource(epilogue: epilogue) }

  /// A pixel's channels in vectors of float16.
  var halves: ChannelLanes {
    ChannelLanes(channels: channels, vectorWidth: Self.lanes, load: "loadHalves", store: "storeHalves")
  }

  /// Source that finishes a vector of sums and stores it.
  func stored(_ sum: String, addend: String, slope: String, _ address: String, _ vector: Int) -> String {
    let addend = halves.loaded(addend, vector)
    let value =
      switch epilogue.addend {
      case .beforeActivation: activated("addHalves(\(sum), \(addend))", slope)
      case .afterActivation where epilogue.isInlined: "addHalves(\(activated(sum, slope)), \(addend))"
      case .afterActivation, nil: activated(sum, slope)
      }
    return halves.stored(value, address, vector)
  }

  /// The activation where it is inlined: limits in float16, which has the bits that float32 would give, others in float32.
  private func activated(_ value: String, _ slope: String) -> String {
    guard epilogue.isInlined else { return value }
    switch epilogue.activation {
    case nil: return value
    case .function(.relu): return "reluOfHalves(\(value))"
    case .function(.clip(let lower, let upper)):
      return "clipHalves(\(value), \(Float(lower).swiftLiteral), \(Float(upper).swiftLiteral))"
    case .function, .parametricReLU:
      let operands = "widenHalves(\(value))" + (epilogue.hasSlope ? ", widenHalves(\(slope))" : "")
      return "narrowHalves(onVectors(\(operands)) { \(source.activated("$0", slope: "$1")) })"
    }
  }

  /// Appends what is left when the activation isn't inlined: a loop over the stored pixels, from `output` on.
  func finish(_ text: inout SourceText, pixels: String) {
    source.finish(&text, ChannelLanes(channels: channels, vectorWidth: vectorWidth), pixels: pixels)
  }
}
