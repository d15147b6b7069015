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

  @Test(arguments: lists) func `interpreted`(list: String) throws {
    var tally = Tally("\(list), interpreted")
    for each in try Self.cases(list) {
      tally.count(each) {
        let (graph, inputs) = try each.imported()
        return try Interpreter(graph).run(inputs)
      }
    }
    tally.report()
  }

  @Test(arguments: lists) func `compiled`(list: String) throws {
    let target = HostTarget.detect()
    var tally = Tally("\(list), compiled")
    for each in try Self.cases(list) {
      tally.count(each) {
        let (graph, inputs) = try each.imported()
        return ProgramExecution(try Compiler.plan(Passes.run(on: graph), CompileOptions(target: target))).run(inputs)
      }
    }
    tally.report()
  }

  /// What became of each case.
  private struct Tally {
    private let title: String
    private var passed = 0
    private var failed: [String] = []
    private var unsupported: [String] = []

    init(_ title: String) { self.title = title }

    /// Counts a case by its outputs, or by the error in the way.
    mutating func count(_ each: ConformanceCase, _ outputs: () throws -> [Tensor]) {
      guard let outputs = unless(each, outputs) else { return }
      if let complaint = each.complaint(about: outputs) {
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
        unsupported.append("\(each.name): \(error)")
      } catch PlanningError.unsupported(let error) {
        unsupported.append("\(each.name): \(error)")
      } catch {
        failed.append("\(each.name): \(error)")
      }
      return nil
    }

    func report() {
      for line in unsupported { print("unsupported  \(line)") }
      for line in failed { print("failed       \(line)") }
      print("\(title): \(passed) passed, \(failed.count) failed, \(unsupported.count) unsupported")
      #expect(failed == [])
    }
  }
}
