import KilnGraph

/// The names of classes: a line for each, in their order.
package enum ClassLabels {
  /// Reads the names.
  ///
  /// Characters that would do something to a terminal become spaces.
  ///
  /// - Throws: `FileError`.
  package static func read(_ path: String) throws(FileError) -> [String] {
    let storage = try Files.read(path)
    guard storage.bytes.count <= maximumByteCount else {
      throw FileError(.malformed, "\(path): this is no file of labels: it has \(storage.bytes.count) bytes")
    }
    let text = withExtendedLifetime(storage) { String(decoding: storage.bytes, as: UTF8.self) }
    var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map { line in
      String(String.UnicodeScalarView(line.unicodeScalars.map { $0.properties.generalCategory.isShown ? $0 : " " }))
    }
    while lines.last?.isEmpty ?? false { lines.removeLast() }
    guard !lines.isEmpty else {
      throw FileError(.malformed, "\(path): there are no labels in it; it takes a line a class")
    }
    return lines
  }

  private static let maximumByteCount = 1 << 24
}

extension Unicode.GeneralCategory {
  /// Whether a character only shows something.
  fileprivate var isShown: Bool {
    switch self {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
    default: true
    }
  }
}
