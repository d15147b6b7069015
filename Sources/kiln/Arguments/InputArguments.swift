import Foundation
import KilnDeploy
import KilnGraph

/// The tensors that a network is given: from `--input`, or made from a seed.
struct InputArguments {
  /// The options in the help.
  static let options: [CommandDescription.Option] = [
    .init(
      "input", value: "FILE.npy", repeats: true, "An input, in the model's order, or NAME=FILE.npy [random ones]"),
    seed,
  ]

  /// `--seed`, for subcommands that take no files.
  static let seed = CommandDescription.Option("seed", value: "N", "Seed of the random inputs [1]")

  private let files: [String]
  /// The seed of random inputs.
  let seed: Int

  /// Reads the options.
  init(_ arguments: ParsedArguments) throws(UsageError) {
    files = arguments.values("input")
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
  ///   or don't fit.
  func tensors(for interface: NetworkInterface) throws -> [Tensor] {
    if isRandom { return RandomInputs.tensors(for: interface.inputs.map(\.type), seed: UInt64(seed)) }
    var paths = [String?](repeating: nil, count: interface.inputs.count)
    var position = 0
    for file in files {
      if let (index, path) = try named(file, interface) {
        guard paths[index] == nil else { throw UsageError("input '\(interface.inputs[index].name)' is given twice") }
        paths[index] = path
      } else {
        guard position < paths.count else {
          throw UsageError("--input is given \(files.count) times, the network has \(count(interface))")
        }
        guard paths[position] == nil else {
          throw UsageError("input '\(interface.inputs[position].name)' is given twice")
        }
        paths[position] = file
        position += 1
      }
    }
    return try zip(paths, interface.inputs).map { path, port in
      guard let path else {
        throw UsageError("input '\(port.name)' (\(port.type)) is missing; the network has \(count(interface))")
      }
      let tensor = try Npy.read(path)
      guard tensor.type == port.type else {
        throw FileError(.malformed, "\(path): this is \(tensor.type), input '\(port.name)' is \(port.type)")
      }
      return tensor
    }
  }

  /// The input that `NAME=FILE` names; `nil` when the whole text is a file's name.
  private func named(_ text: String, _ interface: NetworkInterface) throws -> (index: Int, path: String)? {
    let names = interface.inputs.map(\.name)
    for (index, name) in names.enumerated() where text.hasPrefix("\(name)=") {
      guard text.count > name.count + 1 else { throw UsageError("--input '\(text)' names no file") }
      return (index, String(text.dropFirst(name.count + 1)))
    }
    guard let equals = text.firstIndex(of: "="), access(text, F_OK) != 0 else { return nil }
    let list = names.map { "'\($0)'" }.joined(separator: ", ")
    throw UsageError("the network has no input '\(text[..<equals])'; it has \(list)")
  }

  private func count(_ interface: NetworkInterface) -> String {
    interface.inputs.count == 1 ? "1 input" : "\(interface.inputs.count) inputs"
  }
}
