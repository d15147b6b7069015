import KilnDeploy
import KilnGraph

/// The inputs that take interleaved bytes, as cameras give them: `--image`.
struct ImageArguments {
  /// The option in the help.
  static let option = CommandDescription.Option(
    "image", value: "[INPUT=]FORMAT", repeats: true, "Make an input take interleaved bytes of a camera")

  /// What the help says of it.
  static let notes = """
    --image rgb8,mean=…,std=…, or another format as of --pixels, makes an input take interleaved bytes [N, H, W, bytes of a
    pixel], as cameras give them: the network sees (byte - mean) * scale, or divided by std. bgr8 turns its channels around,
    rgba8 leaves out the last one.
    """

  private let images: [(input: String?, format: PixelFormat, text: String)]

  /// Reads the options.
  init(_ arguments: ParsedArguments) throws(UsageError) {
    var images: [(input: String?, format: PixelFormat, text: String)] = []
    for text in arguments.values("image") {
      // An input's name may hold anything; no format has a '=' before its first comma.
      let formats = PixelFormat.Order.allCases.map(\.rawValue)
      let start = formats.compactMap { text.range(of: "=\($0)", options: .backwards) }.max {
        $0.lowerBound < $1.lowerBound
      }
      let input = start.map { String(text[..<$0.lowerBound]) }
      let format = start.map { text[text.index(after: $0.lowerBound)...] } ?? text[...]
      do throws(PixelFormatError) {
        images.append((input, try PixelFormat(String(format)), text))
      } catch {
        throw UsageError("--image \(text): \(error.description)")
      }
    }
    self.images = images
  }

  /// What the options say, for the cache.
  var text: String { images.map(\.text).joined(separator: " ") }

  /// Makes the inputs of a model take bytes.
  ///
  /// - Throws: `UsageError` for inputs that are not there or are no images.
  func apply(to model: inout Graph) throws(UsageError) {
    var given: Set<ValueID> = []
    for (name, format, _) in images {
      let input = try input(name, among: model.inputs.map { (model[$0].name, $0) })
      guard given.insert(input).inserted else { throw UsageError("--image is given twice for '\(model[input].name)'") }
      do throws(PixelFormatError) {
        try model.takePixels(format, input: input)
      } catch {
        throw UsageError("--image: \(error.description)")
      }
    }
  }

  /// The order of the bytes of an input; `nil` where it takes none.
  ///
  /// - Throws: `UsageError` for inputs that are not there.
  func order(ofInput name: String, among names: [String]) throws(UsageError) -> PixelFormat.Order? {
    for (image, format, _) in images where try input(image, among: names.map { ($0, $0) }) == name {
      return format.order
    }
    return nil
  }

  private func input<Input>(_ name: String?, among inputs: [(name: String, Input)]) throws(UsageError) -> Input {
    let list = inputs.map { "'\($0.name)'" }.joined(separator: ", ")
    guard let name else {
      guard let only = inputs.first, inputs.count == 1 else {
        throw UsageError("--image needs the name of an input, INPUT=FORMAT: the network has \(list)")
      }
      return only.1
    }
    guard let input = inputs.first(where: { $0.name == name }) else {
      throw UsageError("--image names '\(name)', the network has \(list)")
    }
    return input.1
  }
}
