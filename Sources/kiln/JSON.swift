import Foundation

/// Results for programs to read.
enum JSON {
  /// `--json`, for subcommands that have it.
  static let option = CommandDescription.Option("json", "Print JSON")

  /// The value as indented JSON with sorted keys.
  static func text(_ value: some Encodable) throws -> String {
    try text(value, [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
  }

  /// The value as JSON with sorted keys on one line.
  static func line(_ value: some Encodable) throws -> String { try text(value, .sortedKeys) }

  private static func text(_ value: some Encodable, _ formatting: JSONEncoder.OutputFormatting) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = formatting
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}
