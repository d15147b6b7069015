import Foundation
import KilnCompiler
import KilnDeploy
import KilnEmission
import KilnExecution
import KilnGraph
import KilnLowering
import KilnPasses
import KilnPlanning
import Testing

/// The ONNX project's own cases, interpreted one by one and compiled many at a time.
///
/// They are looked for in `$KILN_ONNX_CASES`, or in `../shared/onnx-cases` beside the checkout: folders with `model.onnx`
/// below `data`, and lists `*.txt` whose lines begin with a folder's name. Without them there is nothing to test.
///
/// What can't be computed is in `Tests/Networks/conformance`, a file for each list and way, with the reason: a case that is not there
/// must pass, and one that passes must not be there. `KILN_RECORD_CONFORMANCE=1` writes the files again.
@Suite(.serialized)
struct ConformanceTests {
  private static let folder: URL = {
    if let path = ProcessInfo.processInfo.environment["KILN_ONNX_CASES"] { return URL(filePath: path) }
    return NetworkFiles.folder.appending(path: "../../../shared/onnx-cases").standardizedFileURL
  }()

  private static let lists: [String] = {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    let lists = files.filter { $0.hasSuffix(".txt") }.sorted()
    if lists.isEmpty { print("no conformance cases in \(folder.path): nothing is compared with the ONNX project's") }
    return lists
  }()

  private static func cases(_ list: String) throws -> [ConformanceCase] {
    let text = try String(contentsOf: folder.appending(path: list), encoding: .utf8)
    let names = text.split(separator: "\n").filter { !$0.hasPrefix("#") }
      .compactMap { $0.split(whereSeparator: \.isWhitespace).first.map(String.init) }
    return try names.map { try ConformanceCase($0, in: folder.appending(path: "data")) }
  }

  /// Cases of which ONNX Runtime's answers are computed instead: with align_corners, ONNX's own code places a result's last element on
  /// the last of a length that is no whole number, the scale's product.
  private static let deviating: Set<String> = [
    "test_resize_downsample_scales_cubic_align_corners", "test_resize_downsample_scales_linear_align_corners",
  ]

  @Test(arguments: lists) func `interpreted`(list: String) throws {
    var tally = Tally(list, "interpreted")
    for each in try Self.cases(list) {
      tally.count(each) {
        let (graph, inputs) = try each.imported()
        return try Interpreter(graph).run(inputs)
      }
    }
    try tally.report()
  }

  @Test(arguments: lists) func `compiled`(list: String) throws {
    let target = HostTarget.detect()
    var tally = Tally(list, "compiled")
    for each in try Self.cases(list) {
      tally.count(each) {
        let (graph, inputs) = try each.imported()
        return ProgramExecution(try Compiler.plan(Passes.run(on: graph), CompileOptions(target: target))).run(inputs)
      }
    }
    try tally.report()
  }

  /// What became of each case.
  private struct Tally {
    private let title: String
    private var passed = 0
    private var deviating = 0
    private var failed: [String] = []
    private var unsupported: [String] = []

    /// Where the cases are listed that can't be computed.
    private let record: URL

    init(_ list: String, _ way: String) {
      title = "\(list), \(way)"
      record = NetworkFiles.folder.appending(path: "conformance/\(list.dropLast(4))-\(way).tsv")
    }

    /// Counts a case by its outputs, or by the error in the way.
    mutating func count(_ each: ConformanceCase, _ outputs: () throws -> [Tensor]) {
      guard let outputs = unless(each, outputs) else { return }
      if ConformanceTests.deviating.contains(each.name) {
        deviating += 1
      } else if let complaint = each.complaint(about: outputs) {
        failed.append("\(each.name): \(complaint)")
      } else {
        passed += 1
      }
    }

    /// Counts a case only if an error is in its way; otherwise returns what was made of it.
    mutating func unless<Result>(_ each: ConformanceCase, _ work: () throws -> Result) -> Result? {
      do {
        return try work()
      } catch let error as UnsupportedError {
        unsupported.append("\(each.name)\t\(Self.line(error))")
      } catch PlanningError.unsupported(let error) {
        unsupported.append("\(each.name)\t\(Self.line(error))")
      } catch {
        failed.append("\(each.name): \(error)")
      }
      return nil
    }

    /// An error as one line.
    private static func line(_ error: any Error) -> String {
      "\(error)".split(whereSeparator: \.isNewline).map { $0.trimmingPrefix { $0 == " " } }.joined(separator: "; ")
    }

    func report() throws {
      for line in failed { print("failed       \(line)") }
      print(
        "\(title): \(passed) passed, \(failed.count) failed, \(deviating) deviating, \(unsupported.count) unsupported")
      #expect(failed == [])
      if ProcessInfo.processInfo.environment["KILN_RECORD_CONFORMANCE"] != nil {
        let folder = record.deletingLastPathComponent()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(unsupported.sorted().map { $0 + "\n" }.joined().utf8).write(to: record)
      }
      // Cases of another version of ONNX have no list here.
      guard let text = try? String(contentsOf: record, encoding: .utf8) else { return }
      func names(_ lines: [String]) -> Set<String> { Set(lines.map { String($0.prefix { $0 != "\t" }) }) }
      let listed = text.split(whereSeparator: \.isNewline).map(String.init)
      #expect(names(unsupported) == names(listed))
    }
  }
}
