import KilnEmission
import KilnGraph
import KilnPasses
import Testing

/// Operators that do nothing, and views of views.
struct CleanupTests {
  @Test(arguments: identities) func `removes identities`(_ operation: any Operator & Sendable) throws {
    var builder = GraphBuilder()
    let original = builder.finished(try builder.relu(try builder.node(operation, [builder.input([2, 3, 4])])))
    let result = try rewritten(original, by: [RemoveIdentities()])
    #expect(summary(result) == ["Relu"])
    try expectSameResults(original, result)
  }

  static let identities: [any Operator & Sendable] = [
    Reshape(to: [2, 3, 4]), Cast(to: .float32), Expand(to: [2, 3, 4]), Transpose([0, 1, 2]),
    Slice(starts: [0, 0, 0], counts: [2, 3, 4]), Pad(begin: [0, 0, 0], end: [0, 0, 0], mode: .reflect),
    Tile([1, 1, 1]), Concat(axis: 1), Reduction(.mean, axes: [], keepsAxes: true),
    Unary(.clip(lower: -.infinity, upper: .infinity)), Unary(.leakyReLU(slope: 1)),
    Resize(to: [2, 3, 4], scales: [1, 1, 1], coordinates: .halfPixel, interpolation: .linear(antialias: false)),
  ]

  @Test(arguments: cases) func `keeps and joins`(_ row: PassCase) throws { try row.check() }

  static let cases: [PassCase] = [
    PassCase("times 1, plus 0", [RemoveIdentities()], expect: ["Relu"]) {
      let y = try $0.binary(.multiply, $0.input([1, 2]), $0.scalar(1))
      return $0.finished(try $0.relu(try $0.add($0.constant([2]) { _ in 0 }, y)))
    },
    PassCase("reversed slice", [RemoveIdentities()], expect: ["Slice"]) {
      $0.finished(try $0.node(Slice(starts: [3], counts: [4], steps: [-1]), [$0.input([4])]))
    },
    PassCase("padding that shifts", [RemoveIdentities()], expect: ["Pad"]) {
      $0.finished(try $0.node(Pad(begin: [1], end: [-1], mode: .constant(0)), [$0.input([4])]))
    },
    PassCase("l1 of nothing", [RemoveIdentities()], expect: ["ReduceL1"]) {
      $0.finished(try $0.node(Reduction(.l1, axes: [], keepsAxes: true), [$0.input([4])]))
    },
    PassCase("a result of the network", [RemoveIdentities()], expect: []) {
      $0.finished(try $0.node(Reshape(to: [4]), [$0.input([4])]))
    },
    PassCase("reshapes", [JoinViews()], expect: ["Reshape"]) {
      let y = try $0.node(Reshape(to: [12]), [$0.input([3, 4])])
      return $0.finished(try $0.node(Reshape(to: [2, 6]), [y]))
    },
    PassCase("a reshape that others read", [JoinViews()], expect: ["Reshape", "Reshape"]) {
      let y = try $0.node(Reshape(to: [12]), [$0.input([3, 4])])
      return $0.finished(try $0.node(Reshape(to: [2, 6]), [y]), y)
    },
    PassCase("transpositions", [JoinViews()], expect: ["Transpose"]) {
      let y = try $0.node(Transpose([1, 2, 0]), [$0.input([2, 3, 4])])
      return $0.finished(try $0.node(Transpose([0, 2, 1]), [y]))
    },
    PassCase("transpositions that cancel", [JoinViews(), RemoveIdentities()], expect: ["Relu"]) {
      let y = try $0.node(Transpose([1, 2, 0]), [$0.input([2, 3, 4])])
      return $0.finished(try $0.relu(try $0.node(Transpose([2, 0, 1]), [y])))
    },
    PassCase("a transposition of extents of 1", [JoinViews()], expect: ["Reshape"]) {
      $0.finished(try $0.node(Transpose([0, 2, 3, 1]), [$0.input([2, 3, 1, 1])]))
    },
  ]
}
