import KilnDeploy
import KilnGraph

/// Whether outputs are printed as a classification: `--labels` and `--top`.
struct ClassificationArguments {
  /// The options in the help.
  static let options: [CommandDescription.Option] = [
    .init("labels", value: "FILE", "Print the classes with the highest scores, by the names in the file's lines"),
    .init("top", value: "N", "How many classes are printed [5]"),
  ]

  private let path: String
  private let labels: [String]
  private let count: Int

  /// Reads the options and the labels; `nil` when neither is given.
  init?(_ arguments: ParsedArguments) throws {
    guard arguments.has("labels") || arguments.has("top") else { return nil }
    count = try arguments.integer("top", in: 1...1_000_000) ?? 5
    path = arguments.value("labels") ?? ""
    labels = arguments.has("labels") ? try ClassLabels.read(path) : []
  }

  /// The numbers of the outputs that are scores of the labels' classes.
  ///
  /// - Throws: `UsageError`, `FileError` when there are none.
  @discardableResult func outputs(of interface: NetworkInterface) throws -> [Int] {
    let counts = interface.outputs.map { Classification.classCount(of: $0.type) }
    let lists = counts.indices.filter { counts[$0] != nil }
    guard let first = lists.first else {
      let list = interface.outputs.map { "'\($0.name)' is \($0.type)" }.joined(separator: ", ")
      throw UsageError("--labels and --top are for scores of classes: \(list)")
    }
    if labels.isEmpty { return lists }
    let fitting = lists.filter { counts[$0] == labels.count }
    guard !fitting.isEmpty else {
      let port = interface.outputs[first]
      throw FileError(.malformed, "\(path): it has \(labels.count) lines, output '\(port.name)' is \(port.type)")
    }
    return fitting
  }

  /// What is printed of an output.
  func text(_ tensor: Tensor, name: String) -> String {
    guard let classification = Classification(tensor, count: count, labels: labels) else {
      return TensorDisplay.text(tensor, name: name)
    }
    return "\(name) \(tensor.type)\n\(classification.text)"
  }
}
