import Foundation
import KilnDeploy
import KilnGraph
import KilnONNX

/// The tensors that a network is given: from `--input`, or made from a seed.
struct InputArguments {
  /// The options in the help.
  static let options: [CommandDescription.Option] = [
    .init(
      "input", value: "FILE", repeats: true,
      "An input, .npy or a picture, in order, or NAME=FILE [random]"),
    seed,
  ]

  /// `--seed`, for subcommands that take no files.
  static let seed = CommandDescription.Option("seed", value: "N", "Seed of the random inputs [1]")

  private let files: [String]
  private let pictures: PictureInput
  private let images: ImageArguments
  /// The seed of random inputs.
  let seed: Int

  /// Reads the options.
  init(_ arguments: ParsedArguments) throws(UsageError) {
    files = arguments.values("input")
    pictures = try PictureArguments.input(arguments)
    images = try ImageArguments(arguments)
    seed = try arguments.integer("seed", in: 0...Int.max) ?? 1
    guard files.isEmpty || !arguments.has("seed") else {
      throw UsageError("--seed makes inputs, --input gives them: use one of them")
    }
  }

  /// Whether the inputs are made.
  var isRandom: Bool { files.isEmpty }

  /// The tensors, in the network's order.
  ///
  /// - Throws: `UsageError` for files too many or too few and for unknown names, `FileError` for files that can't be read
  ///   or don't fit, `ToolError` where pictures need a program that isn't there.
  func tensors(for interface: NetworkInterface) throws -> [Tensor] {
    if isRandom { return RandomInputs.tensors(for: interface.inputs.map(\.type), seed: UInt64(seed)) }
    let paths = try paths(for: interface.inputs.map(\.name))
    return try zip(paths, interface.inputs).map { path, port in
      guard let path else {
        throw UsageError("input '\(port.name)' (\(port.type)) is missing; the network has \(count(paths))")
      }
      return try InputFile.tensor(path, for: port, pictures: pictures)
    }
  }

  /// The dimensions of the arrays, by the names of those inputs that the model leaves open.
  ///
  /// - Parameter isChannelsLast: whether the arrays have the channels of images last, where the model has them second.
  /// - Throws: as `tensors(for:)`.
  func shapes(for inputs: [ModelInput], isChannelsLast: Bool) throws -> [String: [Int]] {
    var shapes: [String: [Int]] = [:]
    let names = inputs.map(\.name)
    for (path, input) in zip(try paths(for: names), inputs) where input.isOpen {
      guard let path else { continue }
      let order = try images.order(ofInput: input.name, among: names)
      let shape = try shape(path, input, order, isChannelsLast: isChannelsLast)
      guard input.fits(shape) else {
        throw FileError(
          .malformed,
          "\(path): this is \(shape), input '\(input.name)' of the model has dimensions \(input.dimensionText)")
      }
      shapes[input.name] = shape
    }
    return shapes
  }

  /// The dimensions of a file's data in the model's layout.
  ///
  /// - Parameter order: the order of a pixel's bytes, where the input takes pixels.
  private func shape(
    _ path: String, _ input: ModelInput, _ order: PixelFormat.Order?, isChannelsLast: Bool
  ) throws -> [Int] {
    if PictureFile.isNamed(path) { return pictures.shape(for: try PictureFile.read(path), input.extents) }
    var shape = try Npy.read(path).shape
    guard isChannelsLast || order != nil, shape.count == 4 else { return shape }
    // Pixels have their channels last, also where the model has.
    if let order, shape[3] == order.byteCount {
      shape[3] = order.channelCount
      if input.extents.count == 4, input.extents[1] ?? shape[3] != shape[3] { return shape }
    }
    return [0, 3, 1, 2].map { shape[$0] }
  }

  /// The file for each input; `nil` where there is none.
  private func paths(for inputs: [String]) throws(UsageError) -> [String?] {
    var paths = [String?](repeating: nil, count: inputs.count)
    var position = 0
    for file in files {
      if let (index, path) = try named(file, inputs) {
        guard paths[index] == nil else { throw UsageError("input '\(inputs[index])' is given twice") }
        paths[index] = path
      } else {
        guard position < paths.count else {
          throw UsageError("--input is given \(files.count) times, the network has \(count(inputs))")
        }
        guard paths[position] == nil else {
          throw UsageError("input '\(inputs[position])' is given twice")
        }
        paths[position] = file
        position += 1
      }
    }
    return paths
  }

  /// The input that `NAME=FILE` names; `nil` when the whole text is a file's name.
  private func named(_ text: String, _ names: [String]) throws(UsageError) -> (index: Int, path: String)? {
    for (index, name) in names.enumerated() where text.hasPrefix("\(name)=") {
      guard text.count > name.count + 1 else { throw UsageError("--input '\(text)' names no file") }
      return (index, String(text.dropFirst(name.count + 1)))
    }
    guard let equals = text.firstIndex(of: "="), access(text, F_OK) != 0 else { return nil }
    let list = names.map { "'\($0)'" }.joined(separator: ", ")
    throw UsageError("the network has no input '\(text[..<equals])'; it has \(list)")
  }

  private func count(_ inputs: [some Any]) -> String { inputs.count == 1 ? "1 input" : "\(inputs.count) inputs" }
}
