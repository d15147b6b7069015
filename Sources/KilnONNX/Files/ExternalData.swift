import Foundation
import KilnGraph

/// The data files beside a model: found, checked, and each mapped once.
///
/// A model file is untrusted, and names these files. What it names must be a regular file with one name, inside the
/// model's folder after every symbolic link is resolved. Source: ONNX, "External Data".
struct ExternalData {
  private let folder: String
  private var files: [String: MappedFile] = [:]
  /// The bytes of all files mapped so far.
  private(set) var mappedByteCount = 0

  /// Looks for data files in `folder`.
  init(folder: String) { self.folder = folder }

  /// The bytes that a tensor's entries name.
  ///
  /// - Parameters:
  ///   - entries: the keys and values of `TensorProto.external_data`.
  ///   - byteCount: what the tensor's shape and type need.
  mutating func bytes(_ entries: [(key: String, value: String)], byteCount: Int) throws(ImportFailure) -> ByteStorage {
    var values: [String: String] = [:]
    for (key, value) in entries {
      guard ["location", "offset", "length", "checksum"].contains(key) else {
        throw .malformed("its external data has the unknown key '\(key.prefix(40))'")
      }
      guard values.updateValue(value, forKey: key) == nil else {
        throw .malformed("its external data has the key '\(key)' twice")
      }
    }
    guard let location = values["location"] else { throw .malformed("its external data has no location") }
    let offset = try Self.number(values["offset"], key: "offset") ?? 0
    let length = try Self.number(values["length"], key: "length") ?? byteCount
    guard length == byteCount else {
      throw .malformed("its external data has \(length) bytes where its shape needs \(byteCount)")
    }
    let storage = try file(at: location).storage
    guard offset <= storage.bytes.count, length <= storage.bytes.count - offset else {
      throw .malformed(
        "its external data, \(length) bytes from \(offset) on, leaves the \(storage.bytes.count) bytes of '\(location)'"
      )
    }
    return storage.slice(offset..<offset + length)
  }

  private mutating func file(at location: String) throws(ImportFailure) -> MappedFile {
    if let file = files[location] { return file }
    let file: MappedFile
    do throws(ModelError) {
      file = try MappedFile(path: try path(of: location), followingLinks: false)
    } catch {
      let reason = "external data: \(error)"
      throw error.kind == .missing ? .missing(reason) : .malformed(reason)
    }
    files[location] = file
    mappedByteCount += file.bytes.count
    return file
  }

  /// The path of a data file without links in it.
  ///
  /// Precondition of use: the file is opened without following links.
  private func path(of location: String) throws(ModelError) -> String {
    let parts = location.split(separator: "/", omittingEmptySubsequences: false)
    guard !location.isEmpty, !location.hasPrefix("/"), !parts.contains(".."), !location.utf8.contains(0) else {
      throw ModelError(.malformed, "the location '\(location.prefix(200))' is not a path inside the model's folder")
    }
    guard let root = Self.resolved(folder) else { throw ModelError(.missing, "\(folder): there is no such folder") }
    let named = "\(folder)/\(location)"
    guard let path = Self.resolved(named) else { throw ModelError(.missing, "\(named): there is no such file") }
    guard path.hasPrefix(root == "/" ? root : root + "/") else {
      throw ModelError(.malformed, "the location '\(location)' leads out of the model's folder; put a copy inside")
    }
    return path
  }

  private static func resolved(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  private static func number(_ text: String?, key: String) throws(ImportFailure) -> Int? {
    guard let text else { return nil }
    guard text.utf8.allSatisfy({ (48...57).contains($0) }), let value = Int(text) else {
      throw .malformed("its external data's \(key) '\(text.prefix(40))' is not a number")
    }
    return value
  }
}
