import KilnDeploy
import KilnGraph

/// How pictures are made inputs, which subcommands share that read inputs or calibrate.
enum PictureArguments {
  /// The options in the help.
  static let options: [CommandDescription.Option] = [
    .init(
      "resize", value: PictureResize.allCases.map(\.rawValue).joined(separator: "|"),
      "What is done to pictures of another size [crop]"),
    .init(
      "pixels", value: "FORMAT",
      "What a float input gets of pictures [rgb8,scale=1/255 or gray8,scale=1/255]"),
  ]

  /// What the help says of pictures.
  static let notes = """
    Pictures are .ppm and .pgm files, and .png and .jpg where ImageMagick or ffmpeg is there to read them. --resize stretch
    scales both axes apart, fit scales a picture until it lies inside, in the middle of black, crop until it covers all, and
    uses its middle. --pixels \(PixelFormat.syntax) says what the network
    sees: (byte - mean) * scale, or divided by std. All are in units of bytes, 0 to 255, one number or one for each channel:
    --pixels rgb8,mean=123.675,116.28,103.53,std=58.395,57.12,57.375 for networks trained with torchvision's.
    """

  /// Reads the options.
  static func input(_ arguments: ParsedArguments) throws(UsageError) -> PictureInput {
    var input = PictureInput(isChannelsLast: arguments.value("layout") == "nhwc")
    if let text = arguments.value("resize") {
      guard let resize = PictureResize(rawValue: text) else {
        throw UsageError(
          "--resize '\(text)' is none of \(PictureResize.allCases.map(\.rawValue).joined(separator: ", "))")
      }
      input.resize = resize
    }
    guard let text = arguments.value("pixels") else { return input }
    do throws(PixelFormatError) {
      input.pixels = try PixelFormat(text)
    } catch {
      throw UsageError("--pixels \(text): \(error.description)")
    }
    return input
  }
}
