import Foundation
import Testing

@testable import KilnRuntimeSources

struct RuntimeFileTests {
  private static let requirements: [RuntimeFile: Set<RuntimeFile>] = [
    .vector: [], .numbers: [], .strided: [.axes], .strips: [.vector], .copyScalars: [.axes, .strided],
    .copy: [.axes, .elementwise, .strided, .vector], .activations: [.exponential, .vector],
    .softmax: [.axes, .elementwise, .exponential, .reduction, .strided, .vector],
    .convolutionGeometry: [.convolutionStage, .convolutionSteps, .driverState],
    .winogradTransform2: [
      .convolutionGeometry, .convolutionStage, .convolutionSteps, .directConvolution, .driverState, .vector,
      .winogradConvolution, .winogradGeometry, .winogradLanes, .winogradPlace,
    ],
  ]

  @Test(arguments: requirements)
  func `a file needs what declares the names in it, and no more`(file: RuntimeFile, needed: Set<RuntimeFile>) {
    #expect(file.requires == needed)
  }

  @Test func `written kernels need what declares the names in them`() {
    #expect(RuntimeFile.used(by: "func f(_ x: Vector) -> Vector { relu(x) }") == [.activations, .vector])
    #expect(RuntimeFile.used(by: "let relu = 1 // Vector\nf(relu, \"Vector\", x.Vector)") == [])
  }

  @Test func `which overload is meant is left to the kernels`() {
    let source = "addSquare(copyRuns(load(1))) ; x.fillRuns()"
    #expect(RuntimeFile.used(by: source) == [.vector])
    #expect(
      RuntimeFile.overloads(usedBy: source) == [
        "addSquare": [.arithmetic, .scalarReduction], "copyRuns": [.copy, .copyScalars],
      ])
  }

  @Test(arguments: RuntimeFile.allCases) func `no file of the runtime calls an overload of other files`(
    file: RuntimeFile
  ) {
    let calls = RuntimeFile.overloads(usedBy: file.text).keys
    #expect(calls.isEmpty, "give the function a name that no other file declares")
  }

  /// What lexing can't see, for instance members that another file adds to a type, would be missing here.
  @Test(arguments: RuntimeFile.allCases) func `every file compiles with what it needs, and without the rest`(
    file: RuntimeFile
  ) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "kiln-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for needed in RuntimeFile.needed(for: [file]) {
      try Data(needed.moduleText.utf8).write(to: folder.appending(path: needed.name))
    }
    let headers = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Sources/KilnIntrinsics/include")
    let compiler = Process()
    compiler.executableURL = URL(filePath: "/usr/bin/env")
    compiler.arguments =
      ["swiftc", "-typecheck", "-warnings-as-errors", "-swift-version", "6", "-I", headers.path]
      + RuntimeFile.needed(for: [file]).map(\.name)
    compiler.currentDirectoryURL = folder
    let errors = Pipe()
    compiler.standardError = errors
    try compiler.run()
    let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    compiler.waitUntilExit()
    #expect(compiler.terminationStatus == 0, "\(text)")
  }
}
