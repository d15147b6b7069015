import KilnGraph
import Testing

@testable import KilnONNX

/// What importers declare, against ONNX's history and against what they do.
struct OperatorDeclarationTests {
  private static let standard = OperatorRegistry.all.filter { $0.domain == OperatorSetID.standardDomain }

  /// The operator sets in which an operator is imported.
  private static func operatorSets(of importer: OperatorImporter) -> ClosedRange<Int> {
    let all = ONNXImporter.operatorSetVersions
    return all.lowerBound...(importer.lastVersion ?? all.upperBound)
  }

  @Test func `versions that are told apart are those in which ONNX changed the operator`() throws {
    let history = try OperatorHistory()
    for importer in Self.standard {
      let known = try history.versions(of: importer.name, in: Self.operatorSets(of: importer))
      let wrong = importer.versions.filter { version in !known.contains { $0.number == version } }
      #expect(wrong.isEmpty, "\(importer.name): ONNX did not change it in \(wrong), but in \(known.map(\.number))")
      #expect(importer.versions == Set(importer.versions).sorted(by: >), "\(importer.name): the newest come first")
      #expect(importer.versions.last == known.first?.number, "\(importer.name): its oldest form")
    }
  }

  @Test func `operators that ONNX has removed are declared so`() throws {
    let history = try OperatorHistory()
    for importer in Self.standard {
      let newest = try #require(try history.versions(of: importer.name).last)
      #expect(importer.lastVersion == (newest.isDeprecated ? newest.number - 1 : nil), "\(importer.name)")
    }
  }

  @Test func `each attribute that ONNX gives an operator is read or ignored on purpose`() throws {
    let history = try OperatorHistory()
    for importer in Self.standard {
      let versions = try history.versions(of: importer.name, in: Self.operatorSets(of: importer))
      let declared = Array(importer.attributes.keys) + importer.ignoredAttributes
      #expect(Set(declared).count == declared.count, "\(importer.name) declares one twice: \(declared)")
      let known = versions.reduce(into: Set<String>()) { $0.formUnion($1.attributes) }
      #expect(Set(declared) == known, "\(importer.name)")
    }
  }

  @Test func `a version that brings or removes an attribute that is read is told apart`() throws {
    let history = try OperatorHistory()
    for importer in Self.standard {
      let missing = try Self.attributeVersions(of: importer, history).filter { !importer.versions.contains($0) }
      #expect(missing.isEmpty, "\(importer.name)")
    }
  }

  /// The versions in which an attribute that is read came or went.
  private static func attributeVersions(
    of importer: OperatorImporter, _ history: OperatorHistory
  ) throws -> Set<Int> {
    let versions = try history.versions(of: importer.name, in: operatorSets(of: importer))
    let read = versions.map { $0.attributes.intersection(importer.attributes.keys) }
    return Set(zip(versions, read).dropFirst().enumerated().filter { $1.1 != read[$0] }.map(\.element.0.number))
  }

  @Test func `examples are imported in every version, and use all that is declared`() throws {
    let history = try OperatorHistory()
    for importer in OperatorRegistry.all {
      let isStandard = importer.domain == OperatorSetID.standardDomain
      let versions =
        isStandard
        ? try history.versions(of: importer.name, in: Self.operatorSets(of: importer)).map(\.number)
        : importer.versions
      let trace = ImportTrace()
      for version in versions {
        for example in importer.examples(version: version) {
          let types = ScalarType.allCases.filter { scalar in
            (try? importer.sample(example, scalar, version: version, trace: trace)) != nil
          }
          #expect(!types.isEmpty, "\(importer.name) \(version): \(example)")
        }
      }
      #expect(trace.attributes == Set(importer.attributes.keys), "\(importer.name)")
      #expect(trace.constants == Set(importer.constants), "\(importer.name)")
      let told = trace.versions.union(isStandard ? try Self.attributeVersions(of: importer, history) : [])
      #expect(Set(importer.versions.dropLast()) == told.subtracting([versions[0]]), "\(importer.name)")
    }
  }

  @Test func `the interpreter computes every type that is listed`() throws {
    for operation in ONNXImporter.operators {
      let samples = operation.samples
      #expect(!samples.isEmpty, "\(operation.name)")
      for (scalar, graph) in samples.flatMap({ scalar, graphs in graphs.map { (scalar, $0) } }) {
        let inputs = graph.inputs.map { id in
          let type = graph.type(of: id)
          return Tensor(shape: type.shape, doubles: type.shape.isEmpty ? [1] : ones(type), as: type.scalar)
        }
        #expect(throws: Never.self, "\(operation.name) of \(scalar)") { try Interpreter(graph).run(inputs) }
      }
    }
  }

  private func ones(_ type: TensorType) -> [Double] { [Double](repeating: 1, count: type.elementCount) }

  /// An importer that declares nothing but its oldest version, and reads what it is given.
  private static func undeclared(
    _ read: @escaping @Sendable (ImportContext) throws(ImportFailure) -> Void
  ) throws {
    let importer = OperatorImporter("Test", since: [6]) { context throws(ImportFailure) in
      try read(context)
      return [try context.input(0)]
    }
    _ = try importer.sample(importer.examples[0], .float32, version: 6)
  }

  @Test func `what is not declared can't be read`() async {
    #expect(throws: Never.self) { try Self.undeclared { context throws(ImportFailure) in _ = context.node.isSince(6) } }
    await #expect(processExitsWith: .failure) {
      try OperatorDeclarationTests.undeclared { context throws(ImportFailure) in _ = context.node.isSince(7) }
    }
    await #expect(processExitsWith: .failure) {
      try OperatorDeclarationTests.undeclared { context throws(ImportFailure) in
        _ = try context.node.attributes.int("axis")
      }
    }
    await #expect(processExitsWith: .failure) {
      try OperatorDeclarationTests.undeclared { context throws(ImportFailure) in
        _ = try context.optionalConstant(1, "axes")
      }
    }
  }
}
