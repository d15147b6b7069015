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
    let swift = try SwiftToolchain.path()
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
    } else if try isEmbedded && SwiftToolchain.embedded() != nil {
      arguments += ["-enable-experimental-feature", "Embedded", "-wmo"].flatMap { ["-Xswiftc", $0] }
    } else if isSelfContained {
      arguments += ["--static-swift-stdlib"]
    }
    // Without symbols and what nothing refers to.
    if isSelfContained { arguments += ["-Xlinker", "-s", "-Xlinker", "--gc-sections"] }
    let result = try Subprocess(swift, arguments).run { line in
      if let (done, all) = steps(line) { onProgress?(done, all) }
    }
    try BuildError.check(result, of: "swift build", building: product)
    return "\(scratch)/release/\(product)"
  }

  /// The numbers in a line of SwiftPM's that begins as `[3/8] ` does.
  static func steps(_ line: String) -> (done: Int, all: Int)? {
    guard line.hasPrefix("["), let end = line.firstIndex(of: "]") else { return nil }
    let numbers = line[line.index(after: line.startIndex)..<end].split(separator: "/").map { Int($0) }
    guard numbers.count == 2, let done = numbers[0], let all = numbers[1] else { return nil }
    return (done, all)
  }
}
