import KilnGraph
import KilnKernels
import KilnMachine

/// What becomes of a vector of sums of float16, or of what was summed up in float32, as source.
///
/// It is as if all were computed in float32 and rounded once. Where that gives the same bits it is computed in float16.
struct HalfEpilogueSource {
  /// Lanes of a vector.
  static let lanes = 8

  let epilogue: Epilogue
  let channels: Int
  /// Whether sums are float32.
  let sumsAreWide: Bool
  private let vectorWidth: Int

  /// The source for a tile of so many channels.
  init(epilogue: Epilogue, channels: Int, sumsAreWide: Bool, target: Target) {
    self.epilogue = epilogue
    self.channels = channels
    self.sumsAreWide = sumsAreWide
    vectorWidth = target.vectorWidth
  }

  private var source: EpilogueSource { EpilogueSource(epilogue: epilogue) }

  /// A pixel's channels in vectors of float16.
  var halves: ChannelLanes {
    ChannelLanes(channels: channels, vectorWidth: Self.lanes, load: "loadHalves", store: "storeHalves")
  }

  /// Source that finishes a vector of sums and stores it.
  func stored(_ sum: String, addend: String, slope: String, _ address: String, _ vector: Int) -> String {
    let added = epilogue.readsAddendAtOnce ? halves.loaded(addend, vector) : nil
    if !sumsAreWide, let result = narrow(sum, added) { return halves.stored(result, address, vector) }
    let wide = self.wide(sumsAreWide ? sum : "widenHalves(\(sum))", added.map { "widenHalves(\($0))" }, slope)
    return halves.stored("narrowHalves(\(wide))", address, vector)
  }

  /// The result where float16 gives the bits that float32 would: limits, and a sum that is rounded twice for nothing.
  private func narrow(_ sum: String, _ addend: String?) -> String? {
    let value = addend.map { "addHalves(\(sum), \($0))" } ?? sum
    switch epilogue.activation {
    case nil: return value
    case .function(.relu) where epilogue.addend != .afterActivation: return "reluOfHalves(\(value))"
    case .function(.clip(let lower, let upper)) where epilogue.addend != .afterActivation:
      return "clipHalves(\(value), \(Float(lower).swiftLiteral), \(Float(upper).swiftLiteral))"
    case .function where !epilogue.isInlined: return value
    case .function, .parametricReLU: return nil
    }
  }

  private func wide(_ sum: String, _ addend: String?, _ slope: String) -> String {
    func activated(_ value: String) -> String {
      guard epilogue.isInlined, epilogue.activation != nil else { return value }
      let closure = source.activated("$0", slope: "$1")
      return "onVectors(\(value)\(epilogue.hasSlope ? ", widenHalves(\(slope))" : "")) { \(closure) }"
    }
    switch epilogue.addend {
    case .beforeActivation: return activated(addend.map { "\(sum) + \($0)" } ?? sum)
    case .afterActivation: return addend.map { "\(activated(sum)) + \($0)" } ?? activated(sum)
    case nil: return activated(sum)
    }
  }

  /// Appends what is left when the activation isn't inlined: a loop over the stored pixels, from `output` on.
  func finish(_ text: inout SourceText, pixels: String) {
    source.finish(&text, ChannelLanes(channels: channels, vectorWidth: vectorWidth), pixels: pixels)
  }
}
