import KilnGraph

/// Tells a model from others.
package enum ModelHash {
  /// The SHA-256 of the model file's bytes with those of its external data after them, in hexadecimal.
  package static func hash(_ files: [ByteStorage]) -> String {
    var hash = SHA256()
    for file in files { withExtendedLifetime(file) { hash.update(file.bytes) } }
    return hash.finish()
  }
}
