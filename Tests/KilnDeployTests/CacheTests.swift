import Foundation
import KilnGraph
import Testing

@testable import KilnDeploy

struct CacheTests {
  private func hash(_ text: String, pieces: Int = 1) -> String {
    var hash = SHA256()
    let bytes = Array(text.utf8)
    for start in stride(from: 0, to: bytes.count, by: max(1, bytes.count / pieces)) {
      Array(bytes[start..<min(bytes.count, start + max(1, bytes.count / pieces))]).withUnsafeBytes { hash.update($0) }
    }
    return hash.finish()
  }

  @Test func `hashes as the standard does`() {
    // The examples of FIPS 180-4 and of NIST's example values.
    #expect(hash("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(hash("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    let two = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"
    #expect(hash(two) == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
  }

  @Test func `the hash does not depend on pieces`() {
    for count in [55, 56, 63, 64, 65, 119, 120, 1000] {
      let text = String(repeating: "x", count: count)
      for pieces in [2, 3, 7, 50] { #expect(hash(text, pieces: pieces) == hash(text)) }
    }
  }

  private func storage(_ text: String) -> ByteStorage {
    let bytes = Array(text.utf8)
    return ByteStorage(count: bytes.count) { $0.copyBytes(from: bytes) }
  }

  private func key(
    _ files: [String] = ["model"], options: [String] = ["a"], cores: Int = 1, program: String = "kiln"
  ) -> CacheKey {
    let target = HostTarget.target(processors: "", isArm: false, cacheByteCounts: [], coreCount: cores)
    return CacheKey(files: files.map(storage), options: options, target: target, program: program)
  }

  @Test func `key depends on everything`() {
    let keys = [
      key(), key(["modem"]), key(["model", ""]), key(["mode", "l"]), key(options: ["b"]), key(options: []),
      key(options: ["a", ""]), key([""], options: ["a", "model"]), key(cores: 2), key(program: "other"),
    ]
    #expect(Set(keys).count == keys.count)
    #expect(key() == key())
    #expect(!CacheKey.thisProgram.isEmpty)
  }

  private var interface: NetworkInterface {
    var graph = Graph()
    let input = graph.addInput("x", TensorType(.float32, [1, 2]))
    graph.addOutput("y", input)
    return NetworkInterface(graph)
  }

  private func insert(_ text: String, _ key: CacheKey, into cache: BinaryCache) throws -> BinaryCache.Entry {
    try cache.insert(key) { folder in
      try Files.write(text, to: "\(folder)/made")
      chmod("\(folder)/made", 0o755)
      return ("\(folder)/made", interface)
    }
  }

  @Test func `keeps what is inserted`() throws {
    try withTemporaryFolder { folder in
      let cache = BinaryCache(folder: folder.appending(path: "a/b").path)
      #expect(cache.entry(for: key()) == nil)
      let inserted = try insert("one", key(), into: cache)
      let found = try #require(cache.entry(for: key()))
      #expect(found.program == inserted.program && found.interface == interface)
      let text = try String(contentsOfFile: found.program, encoding: .utf8)
      #expect(text == "one")
      // As when two processes build the same network: the first stays, and both have it.
      let second = try insert("two", key(), into: cache)
      let kept = try String(contentsOfFile: second.program, encoding: .utf8)
      #expect(kept == "one")
      let left = try names(in: URL(filePath: cache.folder))
      #expect(left == [key().name])
    }
  }

  @Test func `failed builds leave nothing`() throws {
    try withTemporaryFolder { folder in
      let cache = BinaryCache(folder: folder.path)
      #expect(throws: ToolError.self) { try cache.insert(key()) { _ in throw ToolError("no") } }
      let left = try names(in: folder)
      #expect(left.isEmpty)
    }
  }

  @Test func `damaged entries are replaced`() throws {
    try withTemporaryFolder { folder in
      let cache = BinaryCache(folder: folder.path)
      let entry = try insert("one", key(), into: cache)
      let damaged = "{\"inputs\":[{\"name\":\"x\",\"scalar\":\"float1\",\"shape\":[]}]}"
      try Files.write(damaged, to: "\(folder.path)/\(key().name)/interface.json")
      #expect(cache.entry(for: key()) == nil)
      let repaired = try insert("two", key(), into: cache)
      #expect(repaired.program == entry.program && cache.entry(for: key()) != nil)
      // What the disk may have of a program when the power is cut.
      truncate(entry.program, 0)
      #expect(cache.entry(for: key()) == nil)
      _ = try insert("three", key(), into: cache)
      #expect(try String(contentsOfFile: entry.program, encoding: .utf8) == "three")
    }
  }

  @Test func `what was used last longest ago goes`() throws {
    try withTemporaryFolder { folder in
      let cache = BinaryCache(folder: folder.path, byteLimit: 250)
      let keys = (0..<3).map { key(["\($0)"]) }
      // Not an entry, and older than all.
      let other = folder.appending(path: "peers")
      try FileManager.default.createDirectory(at: other, withIntermediateDirectories: false)
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSince1970: 0)], ofItemAtPath: other.path)
      for (age, key) in zip([100, 50, 0], keys) {
        _ = try insert(String(repeating: "x", count: 100), key, into: cache)
        let date = Date(timeIntervalSinceNow: -Double(age))
        try FileManager.default.setAttributes(
          [.modificationDate: date], ofItemAtPath: folder.appending(path: key.name).path)
      }
      #expect(keys.map { cache.entry(for: $0) != nil } == [false, true, true])
      #expect(FileManager.default.fileExists(atPath: other.path))
    }
  }

  @Test func `what programs have in common is made once`() throws {
    try withTemporaryFolder { folder in
      let cache = BinaryCache(folder: folder.appending(path: "cache").path)
      /// What is put at the path, and whether it had to be made.
      func share(_ text: String, _ key: CacheKey, as name: String) throws -> (text: String, isMade: Bool) {
        let path = folder.appending(path: name).path
        var isMade = false
        try cache.share(key, at: path) {
          isMade = true
          try Files.write(text, to: path)
        }
        return (try String(contentsOfFile: path, encoding: .utf8), isMade)
      }
      #expect(try share("one", key(), as: "a") == ("one", true))
      #expect(try share("two", key(), as: "b") == ("one", false))
      #expect(try share("three", key(cores: 2), as: "c") == ("three", true))
      // It is no network.
      #expect(cache.entry(for: key()) == nil)
      try FileManager.default.removeItem(atPath: "\(cache.folder)/\(key().name)/object")
      #expect(try share("four", key(), as: "d") == ("four", true))
      #expect(try share("five", key(), as: "e") == ("four", false))
      truncate("\(cache.folder)/\(key().name)/object", 0)
      #expect(try share("six", key(), as: "g") == ("six", true))
      #expect(try share("seven", key(), as: "h") == ("six", false))
      #expect(throws: ToolError.self) {
        try cache.share(key(["other"]), at: "\(folder.path)/f") { throw ToolError("no") }
      }
      let left = try names(in: URL(filePath: cache.folder))
      #expect(Set(left) == [key().name, key(cores: 2).name])
    }
  }

  @Test func `reads the benchmark's report`() throws {
    let text = """
      runs 7
      minimum_us 1.250
      median_us 2.000
      p90_us 3.000
      p99_us 4.000
      arena_bytes 64
      memory_bytes 4096
      peak_gflops 12.500
      layer 0 0.500 0.250 a name of words
      Microseconds per iter: 2.5 Iterations per second: 400000.0

      """
    let report = try #require(BenchmarkReport(text))
    #expect(report.runs == 7 && report.minimum == 1.25 && report.mean == 2.5 && report.arenaByteCount == 64)
    #expect(report.memoryByteCount == 4096 && report.peakGigaflops == 12.5)
    #expect(report.layers == [.init(name: "a name of words", median: 0.5, minimum: 0.25)])
    #expect(BenchmarkReport(text.replacing("p99_us", with: "p98_us")) == nil)
  }

  @Test func `reads the build's steps`() throws {
    let steps = try #require(PackageBuilder.steps("[3/8] Compiling A"))
    #expect(steps == (3, 8))
    #expect(PackageBuilder.steps("error: [3/8]") == nil && PackageBuilder.steps("[x/8]") == nil)
  }

  @Test func `a failed build says what matters`() {
    let registers = (0..<20).map { "r\($0) 0x0" }.joined(separator: "\n")
    let crash = BuildError(product: "p", said: "warning\n*** Program crashed: Illegal instruction ***\n\(registers)")
    #expect(crash.lines.first == "*** Program crashed: Illegal instruction ***")
    let error = BuildError(product: "p", said: "[1/2] Compiling error:\na.swift:1:1: error: no\n\(registers)")
    #expect(error.lines == ["a.swift:1:1: error: no"])
    #expect(BuildError(product: "p", said: registers).lines.last == "r19 0x0")
  }
}
