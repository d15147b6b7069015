import Foundation
import Testing

/// The versions of ONNX's operators, from the table that a script of Tests/Networks has made of the onnx package.
struct OperatorHistory {
  /// What ONNX says of a version of an operator.
  struct Version {
    let number: Int
    let isDeprecated: Bool
    let attributes: Set<String>
  }

  private let versions: [String: [Version]]

  init() throws {
    let file = ReferenceModelTests.package.appending(path: "Tests/Networks/operator_history.txt")
    var versions: [String: [Version]] = [:]
    for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") where !line.hasPrefix("#") {
      let words = line.split(separator: " ").map(String.init)
      let isDeprecated = words.dropFirst(2).first == "deprecated"
      versions[words[0], default: []].append(
        Version(
          number: try #require(Int(words[1])), isDeprecated: isDeprecated,
          attributes: Set(words.dropFirst(isDeprecated ? 3 : 2))))
    }
    self.versions = versions
  }

  /// The versions of an operator, ascending.
  func versions(of name: String) throws -> [Version] {
    try #require(versions[name], "ONNX has no \(name)").sorted { $0.number < $1.number }
  }

  /// The versions of an operator that are in force in one of some operator sets, ascending.
  func versions(of name: String, in operatorSets: ClosedRange<Int>) throws -> [Version] {
    let all = try versions(of: name).filter { $0.number <= operatorSets.upperBound }
    let first = all.lastIndex { $0.number <= operatorSets.lowerBound } ?? 0
    return Array(all[first...])
  }
}
