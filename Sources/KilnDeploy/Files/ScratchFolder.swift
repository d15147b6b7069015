import Foundation

/// Temporary folders that belong to this process.
///
/// They are locked, so that what a killed process left behind can be told from what is in use.
package enum ScratchFolder {
  /// Lets `body` use a new folder in `parent` whose name begins with `prefix`.
  ///
  /// Whatever then has the folder's name is removed, and with it what dead processes left there. Signals that ask this program to
  /// stop wait for that; a program that runs meanwhile, and those that would begin, are asked to stop at once.
  ///
  /// - Throws: `FileError`, `.unwritable`; what `body` throws; `Interruption`.
  package static func use<Result>(
    in parent: String, prefix: String, _ body: (_ path: String) throws -> Result
  ) throws -> Result {
    let guardian = SignalGuardian()
    let result: Swift.Result<Result, any Error>
    do {
      removeAbandoned(in: parent, prefix: prefix)
      let (path, lock) = try make(in: parent, prefix: prefix)
      defer {
        remove(path)
        close(lock)
      }
      result = .success(try body(path))
    } catch {
      result = .failure(error)
    }
    if let signal = guardian.stop() { throw Interruption(signal: signal) }
    return try result.get()
  }

  private static func make(in parent: String, prefix: String) throws(FileError) -> (path: String, lock: Int32) {
    while true {
      let path = "\(parent)/\(prefix)\(String(UInt64.random(in: 0...UInt64.max), radix: 36))"
      guard mkdir(path, 0o777) == 0 else {
        if errno == EEXIST { continue }
        throw .system(.unwritable, parent, "nothing can be written there")
      }
      let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
      if descriptor < 0, errno != ENOENT { throw .system(.unwritable, path, "the folder can't be used") }
      if descriptor >= 0, flock(descriptor, LOCK_EX) == 0, isSame(descriptor, path) { return (path, descriptor) }
      // Before it was locked, another process took the folder for an abandoned one.
      if descriptor >= 0 { close(descriptor) }
    }
  }

  /// Removes a folder and all it holds.
  ///
  /// Nothing happens when it isn't there.
  static func remove(_ path: String) { try? FileManager.default.removeItem(atPath: path) }

  private static func removeAbandoned(in parent: String, prefix: String) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
    for name in names where name.hasPrefix(prefix) {
      let path = "\(parent)/\(name)"
      let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
      guard descriptor >= 0 else { continue }
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { remove(path) }
      close(descriptor)
    }
  }

  private static func isSame(_ descriptor: Int32, _ path: String) -> Bool {
    var opened = stat()
    var named = stat()
    return fstat(descriptor, &opened) == 0 && stat(path, &named) == 0 && opened.st_ino == named.st_ino
  }
}
