import Foundation
import KilnGraph
import KilnMachine

/// Names a built network: everything that its binary depends on, hashed.
package struct CacheKey: Hashable, Sendable {
  /// 64 hexadecimal digits.
  package let name: String

  /// Hashes what a binary depends on.
  ///
  /// - Parameters:
  ///   - files: the bytes of the model file and of the external data it names, in a fixed order.
  ///   - options: the import's and the compiler's options, as text.
  ///   - target: the machine.
  ///   - program: what tells this build of Kiln from others.
  package init(files: [ByteStorage], options: [String], target: Target, program: String = CacheKey.thisProgram) {
    var hash = SHA256()
    func add(_ bytes: UnsafeRawBufferPointer) {
      // The length before keeps ("ab", "c") apart from ("a", "bc").
      withUnsafeBytes(of: Int64(bytes.count).littleEndian) { hash.update($0) }
      hash.update(bytes)
    }
    func add(_ text: String) { Array(text.utf8).withUnsafeBytes { add($0) } }
    add(program)
    add("\(target)")
    add("\(options.count)")
    for option in options { add(option) }
    for file in files { withExtendedLifetime(file) { add(file.bytes) } }
    name = hash.finish()
  }

  /// Whether a key may have that name: 64 hexadecimal digits.
  static func isName(_ text: String) -> Bool { text.utf8.count == 64 && text.allSatisfy(\.isHexDigit) }

  /// What tells this build of Kiln from others without reading it: its file's identity and times.
  package static var thisProgram: String {
    var status = stat()
    guard stat("/proc/self/exe", &status) == 0 || stat(CommandLine.arguments[0], &status) == 0 else { return "" }
    return "\(status.st_dev) \(status.st_ino) \(status.st_size) \(status.st_mtim) \(status.st_ctim)"
  }
}
