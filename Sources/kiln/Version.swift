/// The version of Kiln.
enum Version {
  /// As `kiln --version` and what Kiln writes say it.
  static let text = "0.1.0"
}
