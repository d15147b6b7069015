import Foundation
import KilnMachine

/// Builds emitted packages with the `swift` on the path.
package enum PackageBuilder {
  /// Builds one product of a package, optimised.
  ///
  /// - Parameters:
  ///   - product: the program's name.
  ///   - package: the package's folder.
  ///   - scratch: where the build's files go.
  ///   - sdk: the Swift SDK to build with; `nil` to build for this machine.
  ///   - isEmbedded: whether the package can do without Swift's library. A program for this machine then has none of it,
  ///     where the toolchain brings Embedded Swift for it: it starts sooner, and takes megabytes less.
  ///   - isSelfContained: whether the program must run on a machine without Swift; one that a SDK builds needs no C library
  ///     there either.
  ///   - onProgress: is called with the steps done and all steps, as they are known.
  /// - Returns: the program's path.
  /// - Throws: `ToolError` when there is no `swift` or it lacks something to do its work, `BuildError` when it rejects the
  ///   package, `Interruption`.
  package static func build(
    _ product: String, package: String, scratch: String, sdk: String? = nil, isEmbedded: Bool = false,
    isSelfContained: Bool = false, onProgress: (@Sendable (Int, Int) -> Void)? = nil
  ) throws -> String {
    guard let swift = Subprocess.find("swift") else {
      throw ToolError("no 'swift' is on the path to build what Kiln writes; get it from https://swift.org/install")
    }
    // SwiftPM's programs crash there.
    guard !FileManager.default.currentDirectoryPath.isEmpty else {
      throw ToolError("the folder in which this program was started is gone: 'swift build' needs one, go to another")
    }
    var arguments =
      [
        "build", "--configuration", "release", "--package-path", package, "--scratch-path", scratch, "--product",
        product,
        // Writing debug information takes a fifth of the time.
        "-debug-info-format", "none",
      ]
    if let sdk {
      arguments += ["--swift-sdk", sdk]
      if isSelfContained { arguments += ["-Xswiftc", "-static-executable"] }
    } else if try isEmbedded && hasEmbeddedSwift(swift) {
      arguments += ["-enable-experimental-feature", "Embedded", "-wmo"].flatMap { ["-Xswiftc", $0] }
    } else if isSelfContained {
      arguments += ["--static-swift-stdlib"]
    }
    // Without symbols and what nothing refers to.
    if isSelfContained { arguments += ["-Xlinker", "-s", "-Xlinker", "--gc-sections"] }
    let result = try Subprocess(swift, arguments).run { line in
      if let (done, all) = steps(line) { onProgress?(done, all) }
    }
    guard result.status == 0 else {
      guard let (shortage, line) = BuildShortage.find(in: result) else {
        throw BuildError(product: product, said: result.errors + result.output)
      }
      let evidence = line.map { "\n  \($0.prefix(300))" } ?? ""
      throw ToolError("swift build did not finish \(product): \(shortage.description)\(evidence)")
    }
    return "\(scratch)/release/\(product)"
  }

  /// Whether a toolchain has the modules of Embedded Swift for the machine it runs on.
  private static func hasEmbeddedSwift(_ swift: String) throws -> Bool {
    struct Info: Decodable {
      struct Target: Decodable { let unversionedTriple: String }
      struct Paths: Decodable { let runtimeResourcePath: String }
      let target: Target
      let paths: Paths
    }
    let result = try Subprocess(swift, ["-print-target-info"]).run()
    if result.status != 0, let shortage = BuildShortage.find(in: result)?.shortage {
      throw ToolError("swift did not say what it compiles for: \(shortage.description)")
    }
    guard let info = try? JSONDecoder().decode(Info.self, from: Data(result.output.utf8)) else { return false }
    let library = "\(info.paths.runtimeResourcePath)/embedded/Swift.swiftmodule"
    return FileManager.default.fileExists(atPath: "\(library)/\(info.target.unversionedTriple).swiftmodule")
  }

  /// The numbers in a line of SwiftPM's that begins as `[3/8] ` does.
  static func steps(_ line: String) -> (done: Int, all: Int)? {
    guard line.hasPrefix("["), let end = line.firstIndex(of: "]") else { return nil }
    let numbers = line[line.index(after: line.startIndex)..<end].split(separator: "/").map { Int($0) }
    guard numbers.count == 2, let done = numbers[0], let all = numbers[1] else { return nil }
    return (done, all)
  }
}

/// Swift rejects a package that Kiln wrote.
package struct BuildError: Error, CustomStringConvertible {
  /// The program that can't be built.
  package let product: String
  /// What the compiler said: its errors, else how it crashed, else its last lines.
  package let lines: [String]

  init(product: String, said text: String) {
    self.product = product
    let said = text.split(separator: "\n").map(String.init).filter { PackageBuilder.steps($0) == nil }
    let errors = said.filter { $0.contains("error:") }
    // A crashed tool says what happened first, and registers last.
    let crash = said.drop { !$0.contains("crashed") }
    lines = Array(!errors.isEmpty ? errors.prefix(12) : !crash.isEmpty ? crash.prefix(12) : said.suffix(12))
  }

  /// One line, and below it what the compiler said.
  package var description: String {
    (["swift build can't build \(product):"] + lines).joined(separator: "\n  ")
  }
}
