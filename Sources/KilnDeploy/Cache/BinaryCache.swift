import Foundation

/// Built networks, kept between runs: a folder each, named by its key, that holds the program and its interface; and what their programs
/// have in common.
///
/// Any number of processes may use one cache. An entry appears whole, by renaming, and is never changed.
package struct BinaryCache: Sendable {
  /// A network in the cache.
  package struct Entry: Sendable {
    /// The path of the benchmark program.
    package let program: String
    /// What goes in and comes out.
    package let interface: NetworkInterface
  }

  /// The cache's folder.
  package let folder: String
  /// Bytes that the cache may hold: what was used last longest ago goes first.
  package let byteLimit: Int

  private static let programName = "program"
  private static let interfaceName = "interface.json"
  private static let objectName = "object"
  private static let scratchPrefix = "building-"

  /// The cache in a folder, which is made when it is needed.
  package init(folder: String, byteLimit: Int = 2 << 30) {
    self.folder = folder
    self.byteLimit = byteLimit
  }

  /// The user's cache: `kiln` in `$XDG_CACHE_HOME`, or in `~/.cache` when that is unset or relative, as the XDG Base
  /// Directory Specification says.
  package static var standard: BinaryCache {
    let environment = ProcessInfo.processInfo.environment
    if let base = environment["XDG_CACHE_HOME"], base.hasPrefix("/") { return BinaryCache(folder: "\(base)/kiln") }
    // Foundation asks the system's list of users, which may know another home than the user does.
    let home = environment["HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
    return BinaryCache(folder: "\(home ?? FileManager.default.homeDirectoryForCurrentUser.path)/.cache/kiln")
  }

  /// The network of that key; `nil` when it isn't there, or not whole.
  package func entry(for key: CacheKey) -> Entry? {
    let path = "\(folder)/\(key.name)"
    guard let json = try? Data(contentsOf: URL(filePath: "\(path)/\(Self.interfaceName)")),
      let interface = try? JSONDecoder().decode(NetworkInterface.self, from: json),
      access("\(path)/\(Self.programName)", X_OK) == 0, isWritten("\(path)/\(Self.programName)")
    else { return nil }
    // The time of the last use, for eviction. A cache that can't be written still serves.
    utimes(path, nil)
    return Entry(program: "\(path)/\(Self.programName)", interface: interface)
  }

  /// Lets `build` make a program in a temporary folder, and keeps it.
  ///
  /// - Parameter build: is given an empty folder and returns the path of the program in it.
  /// - Throws: `FileError` when the cache can't be written; what `build` throws.
  package func insert(
    _ key: CacheKey, build: (_ folder: String) throws -> (program: String, interface: NetworkInterface)
  ) throws -> Entry {
    try makeFolder()
    try ScratchFolder.use(in: folder, prefix: Self.scratchPrefix) { scratch in
      try Files.makeFolder("\(scratch)/build")
      let (program, interface) = try build("\(scratch)/build")
      let whole = "\(scratch)/entry"
      try Files.makeFolder(whole)
      guard rename(program, "\(whole)/\(Self.programName)") == 0 else {
        throw FileError.system(.unwritable, program, "can't be moved into the cache")
      }
      let json = try JSONEncoder().encode(interface)
      try Files.write(String(decoding: json, as: UTF8.self), to: "\(whole)/\(Self.interfaceName)")
      let path = "\(folder)/\(key.name)"
      // Another process may have been faster, which is as good; or an entry is damaged.
      if rename(whole, path) != 0, entry(for: key) == nil {
        ScratchFolder.remove(path)
        guard rename(whole, path) == 0 else { throw FileError.system(.unwritable, path, "can't be written") }
      }
    }
    evict(except: key)
    guard let entry = entry(for: key) else {
      throw FileError(.unwritable, "\(folder): the cache does not keep what is put there")
    }
    return entry
  }

  /// Whether a file holds something: what was written before the power was cut may be there and empty.
  private func isWritten(_ path: String) -> Bool { (try? Files.size(path)) ?? 0 > 0 }

  private func makeFolder() throws(FileError) {
    do {
      try Files.makeFolder(folder)
    } catch {
      throw FileError(.unwritable, "the cache: \(error); set XDG_CACHE_HOME to a folder that can be written")
    }
  }

  /// Puts an object file that many programs have in common at `path`: a copy of the cache's, or what `build` puts there, of which the
  /// cache then keeps a copy.
  ///
  /// - Throws: `FileError` when the cache can't be written; what `build` throws.
  func share(_ key: CacheKey, at path: String, build: () throws -> Void) throws {
    let entry = "\(folder)/\(key.name)"
    let object = "\(entry)/\(Self.objectName)"
    if isWritten(object), (try? FileManager.default.copyItem(atPath: object, toPath: path)) != nil {
      utimes(entry, nil)
      return
    }
    // A copy of what was removed meanwhile is not whole.
    ScratchFolder.remove(path)
    try build()
    try makeFolder()
    try ScratchFolder.use(in: folder, prefix: Self.scratchPrefix) { scratch in
      let whole = "\(scratch)/entry"
      try Files.makeFolder(whole)
      try FileError.wrap(object, "can't be written") {
        try FileManager.default.copyItem(atPath: path, toPath: "\(whole)/\(Self.objectName)")
      }
      // Where another process was faster, its entry stays.
      if rename(whole, entry) != 0, !isWritten(object) {
        ScratchFolder.remove(entry)
        rename(whole, entry)
      }
    }
  }

  /// Removes the entries that were not used for longest until the rest fits; what else lies in the folder stays.
  private func evict(except key: CacheKey) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let entries = names.filter { $0 != key.name && CacheKey.isName($0) }.compactMap { name in
      var status = stat()
      let path = "\(folder)/\(name)"
      return stat(path, &status) == 0 ? (path: path, used: status.st_mtim.tv_sec, size: byteCount(of: name)) : nil
    }
    var total = entries.reduce(byteCount(of: key.name)) { $0 + $1.size }
    for entry in entries.sorted(by: { $0.used < $1.used }) where total > byteLimit {
      ScratchFolder.remove(entry.path)
      total -= entry.size
    }
  }

  private func byteCount(of name: String) -> Int {
    [Self.programName, Self.objectName].reduce(0) { total, file in
      var status = stat()
      return stat("\(folder)/\(name)/\(file)", &status) == 0 ? total + Int(status.st_size) : total
    }
  }
}
