import KilnGraph
import KilnPasses
import Testing

/// The sequences that PyTorch's `fuse_modules` knows, in every form that an export can contain.
struct FuseModulesTests {
  /// How PyTorch's convolution pads.
  ///
  /// All modes but zeros arrive as an operator of their own.
  enum Padding: CaseIterable {
    case zeros, reflect, replicate, circularPad, circularConcat

    var operators: [String] {
      switch self {
      case .zeros: []
      case .reflect, .replicate, .circularPad, .circularConcat: ["Pad"]
      }
    }

    func pad(_ x: ValueID, _ builder: inout GraphBuilder) throws -> ValueID {
      let (begin, end) = ([0, 0, 0, 1], [0, 0, 0, 1])
      switch self {
      case .zeros: return x
      case .reflect: return try builder.node(Pad(begin: begin, end: end, mode: .reflect), [x])
      case .replicate: return try builder.node(Pad(begin: begin, end: end, mode: .edge), [x])
      case .circularPad: return try builder.node(Pad(begin: begin, end: end, mode: .wrap), [x])
      case .circularConcat:
        // PyTorch pads one axis after the other.
        var y = x
        for axis in [2, 3] {
          let shape = builder.graph.type(of: y).shape
          var (starts, counts) = ([0, 0, 0, 0], shape)
          counts[axis] = 1
          let first = try builder.node(Slice(starts: starts, counts: counts), [y])
          starts[axis] = shape[axis] - 1
          let last = try builder.node(Slice(starts: starts, counts: counts), [y])
          y = try builder.node(Concat(axis: axis), [last, y, first])
        }
        return y
      }
    }
  }

  /// What stands after the first module.
  enum Tail: CaseIterable { case batchNorm, batchNormReLU, relu }

  static let convolutions: [(tail: Tail, padding: Padding)] = Tail.allCases.flatMap { tail in
    Padding.allCases.map { (tail, $0) }
  }

  @Test(arguments: convolutions)
  func `convolution`(tail: Tail, padding: Padding) throws {
    for hasBias in [false, true] {
      for (groups, dilation) in [(1, 1), (2, 1), (1, 2), (4, 2)] {
        var builder = GraphBuilder()
        let x = try padding.pad(builder.input([1, 4, 6, 6]), &builder)
        let y = try builder.conv(
          x, 8, pad: padding == .zeros ? 1 : 0, dilation: dilation, groups: groups, bias: hasBias)
        let original = try finish(y, tail, &builder)
        let result = try rewritten(original, by: Passes.fold)
        #expect(summary(result) == padding.operators + [tail == .batchNorm ? "Conv" : "Conv+Relu"])
        try expectSameResults(original, result)
      }
    }
  }

  @Test(arguments: [false, true])
  func `linear ReLU`(hasBias: Bool) throws {
    var builder = GraphBuilder()
    let original = try finish(try builder.linear(builder.input([2, 5]), 4, bias: hasBias), .relu, &builder)
    let result = try rewritten(original, by: Passes.fold)
    #expect(summary(result) == ["Linear+Relu"])
    try expectSameResults(original, result)
  }

  @Test func `batch norm ReLU`() throws {
    var builder = GraphBuilder()
    let original = try finish(builder.input([2, 3, 4, 4]), .batchNormReLU, &builder)
    let result = try rewritten(original, by: Passes.fold)
    #expect(summary(result) == ["ChannelAffine+Relu"])
    try expectSameResults(original, result)
  }

  /// InPlaceABN exports as batch norm and leaky ReLU; its identity activation has slope 1, its ReLU slope 0.
  @Test(arguments: [(0.0, "Conv+Relu"), (0.01, "Conv+LeakyRelu")])
  func `in-place ABN`(slope: Double, expected: String) throws {
    var builder = GraphBuilder()
    let norm = try builder.batchNorm(try builder.conv(builder.input([1, 3, 5, 5]), 4, pad: 1, bias: false))
    let y = try builder.unary(.leakyReLU(slope: slope), norm)
    let original = builder.finished(y)
    let result = try rewritten(original, by: Passes.fold)
    #expect(summary(result) == [expected])
    try expectSameResults(original, result)
  }

  private func finish(_ y: ValueID, _ tail: Tail, _ builder: inout GraphBuilder) throws -> Graph {
    switch tail {
    case .batchNorm: return builder.finished(try builder.batchNorm(y))
    case .batchNormReLU: return builder.finished(try builder.relu(try builder.batchNorm(y)))
    case .relu: return builder.finished(try builder.relu(y))
    }
  }
}
