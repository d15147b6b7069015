import Foundation
import KilnCompiler
import KilnDeploy
import KilnExecution
import KilnGraph
import KilnPasses
import Testing

/// Operators on every element type that is compiled, against the reference evaluation: exactly for integers.
@Suite(.serialized)
struct ElementTypeTests {
  // One of each width and signedness that kernels could get wrong.
  private static let integers: [ScalarType] = [.int8, .uint8, .int64, .uint64]
  private static let moved: [ScalarType] = [.bool, .float16, .int64]

  @Test func `compiled operators agree with the interpreter`() throws {
    let target = HostTarget.detect()
    var graphs: [String: Graph] = [:]
    func add(_ operation: any Operator, _ types: [TensorType], constants: [Int: Tensor] = [:]) throws {
      var graph = Graph(name: "case")
      let inputs = types.enumerated().map { index, type in
        constants[index].map { graph.addConstant("x\(index)", $0) } ?? graph.addInput("x\(index)", type)
      }
      for (index, result) in try graph.insert(operation, name: operation.name, inputs: inputs).enumerated() {
        graph.addOutput("y\(index)", result)
      }
      graphs["Case\(graphs.count)_\(operation.name)"] = graph
    }
    for scalar in Self.integers + [.float64] { try Self.addArithmetic(scalar, add) }
    for scalar in Self.moved { try Self.addMovement(scalar, add) }
    for scalar in Self.moved + [.float32, .uint8] { try Self.addIndexing(scalar, add) }
    for scalar in Self.integers + [.float32, .float64] { try Self.addRanking(scalar, add) }
    try Self.addConversions(add)
    try Self.addSelections(add)
    for scalar: ScalarType in [.int8, .uint8, .int16] { try Self.addQuantized(scalar, add) }
    for scalar in Self.integers + [.float64] {
      try add(MatMul(), [TensorType(scalar, [2, 3, 5]), TensorType(scalar, [5, 4])])
    }

    for (name, graph) in graphs {
      let program = try Compiler.plan(Passes.run(on: graph), CompileOptions(target: target))
      let inputs = RandomInputs.tensors(for: graph.inputs.map(graph.type(of:)), seed: 3).map(Self.spread)
      let expected = try Interpreter(graph).run(inputs)
      for (actual, expected) in zip(ProgramExecution(program).run(inputs), expected) {
        #expect(actual.type == expected.type, "\(name)")
        let comparison = Comparison(actual, expected)
        #expect(comparison.largestDifference <= (expected.scalar == .float32 ? 1e-5 : 0), "\(name) \(comparison)")
      }
    }
  }

  private typealias Add = (any Operator, [TensorType], [Int: Tensor]) throws -> Void

  /// Numbers of both signs where the type has them.
  private static func spread(_ tensor: Tensor) -> Tensor {
    switch tensor.scalar {
    case .int8, .int16, .int32, .int64:
      Tensor(shape: tensor.shape, integers: tensor.integers().map { $0 * 7 - 30 }, as: tensor.scalar)
    default: tensor
    }
  }

  private static func addArithmetic(_ scalar: ScalarType, _ add: Add) throws {
    let isFloat = scalar.isFloatingPoint
    let functions: [Binary.Function] = [
      .add, .subtract, .multiply, .divide, .minimum, .maximum, .modulo, .remainder, .parametricReLU, .equal, .less,
      .lessOrEqual, .greater, .greaterOrEqual,
    ]
    let bits: [Binary.Function] = [.bitwiseAnd, .bitwiseOr, .bitwiseExclusiveOr]
    // Of signed integers since version 28, by any amount.
    let shifts: [Binary.Function] = isFloat ? [] : [.shiftLeft, .shiftRight]
    for function in functions + (isFloat ? [] : bits) + shifts {
      try add(Binary(function), [TensorType(scalar, [2, 3, 5]), TensorType(scalar, [3, 1])], [:])
    }
    for function: ScalarFunction in [.relu, .absolute, .negate, .sign, .clip(lower: -5, upper: 20)] {
      try add(Unary(function), [TensorType(scalar, [2, 7])], [:])
    }
    let kinds: [Reduction.Kind] = [.sum, .mean, .maximum, .minimum, .product, .l1, .l2, .sumOfSquares]
    for kind in kinds where !(isFloat && [.l2, .sum, .mean, .sumOfSquares, .l1, .product].contains(kind)) {
      try add(Reduction(kind, axes: [0, 2], keepsAxes: false), [TensorType(scalar, [2, 3, 4])], [:])
    }
    for (minimum, last) in [(false, false), (false, true), (true, false), (true, true)] {
      let operation = ArgReduction(findsMinimum: minimum, axis: 1, keepsAxis: last, selectsLast: last)
      try add(operation, [TensorType(scalar, [2, 9, 3])], [:])
    }
    for (exclusive, reversed) in [(false, false), (true, false), (false, true), (true, true)] {
      let operation = CumulativeSum(axis: 1, isExclusive: exclusive, isReversed: reversed)
      try add(operation, [TensorType(isFloat ? .float32 : scalar, [2, 5, 3])], [:])
    }
    let window = Window(kernel: [3, 2], strides: [2, 1], padBegin: [1, 0], padEnd: [1, 1])
    try add(Pool(.maximum, window: window), [TensorType(scalar, [2, 3, 6, 5])], [:])
    for columnMajor in [false, true] {
      let kind = Pool.Kind.maximumWithIndices(columnMajor: columnMajor)
      try add(Pool(kind, window: window), [TensorType(isFloat ? .float32 : scalar, [2, 3, 6, 5])], [:])
    }
    if !isFloat {
      let exponents = Tensor(shape: [3], integers: [0, 3, 2], as: .int32)
      try add(Binary(.power), [TensorType(scalar, [2, 3]), exponents.type], [1: exponents])
    }
  }

  private static func addQuantized(_ scalar: ScalarType, _ add: Add) throws {
    let image = TensorType(scalar, [2, 4, 6, 5])
    let window = Window(kernel: [3, 2], strides: [2, 1], dilations: [1, 2], padBegin: [1, 0], padEnd: [1, 1])
    let kernel = TensorType(.int8, [6, 2, 3, 2])
    let none = TensorType(.float32, [])
    func number(_ integers: [Int], _ scalar: ScalarType) -> Tensor {
      Tensor(shape: integers.count == 1 ? [] : [integers.count], integers: integers, as: scalar)
    }
    func scale(_ floats: [Float]) -> Tensor { Tensor(shape: floats.count == 1 ? [] : [floats.count], floats: floats) }
    let zeros = number([3, -4, 0, 1, 2, -7], .int8)
    try add(
      IntegerConvolution(window: window, groups: 2), [image, kernel, none, none], [2: number([5], scalar), 3: zeros])
    try add(IntegerConvolution(window: window, groups: 2), [image, kernel], [:])
    let scales = scale([0.5, 0.25, 0.1, 0.3, 0.7, 1])
    try add(
      QuantizedConvolution(window: window, groups: 2), [image, none, none, kernel, none, none, none, none, none],
      [
        1: scale([0.03]), 2: number([5], scalar), 4: scales, 5: zeros, 6: scale([0.9]), 7: number([2], scalar),
        8: number([100, -100, 7, 0, 9, 1], .int32),
      ])
    let (left, right) = (TensorType(scalar, [2, 3, 5]), TensorType(scalar, [5, 4]))
    try add(
      IntegerMatMul(), [left, right, none, none], [2: number([1, 2, 3], scalar), 3: number([4], scalar)])
    try add(
      QuantizedMatMul(), [left, none, none, right, none, none, none, none],
      [
        1: scale([0.03]), 2: number([5], scalar), 4: scale([0.1, 0.2, 0.3, 0.4]), 5: number([1, 2, 3, 4], scalar),
        6: scale([0.6]), 7: number([2], scalar),
      ])
    let real = TensorType(.float32, [2, 6, 4])
    let pairs = Tensor(shape: [2, 3, 4], floats: (1...24).map { Float($0) / 100 })
    let shifts = number([1, 0, 2, 3, 9, 4], scalar)
    try add(QuantizeLinear(to: scalar, axis: 1), [real, none, none], [1: scales, 2: shifts])
    try add(QuantizeLinear(to: scalar, axis: 1, blockSize: 2), [real, none], [1: pairs])
    let whole = TensorType(scalar, real.shape)
    try add(DequantizeLinear(axis: 1), [whole, none, none], [1: scales, 2: shifts])
    try add(DequantizeLinear(axis: 1, blockSize: 2), [whole, none], [1: pairs])
    try add(DequantizeLinear(axis: 0), [TensorType(.int32, [7]), none], [1: scale([0.1])])
    try add(DynamicQuantizeLinear(), [real], [:])
  }

  private static func addMovement(_ scalar: ScalarType, _ add: Add) throws {
    let type = TensorType(scalar, [2, 3, 4])
    try add(Transpose([2, 0, 1]), [type], [:])
    try add(Transpose([0, 2, 1]), [type], [:])
    try add(Reshape(to: [4, 6]), [type], [:])
    try add(Concat(axis: 1), [type, type], [:])
    try add(Slice(starts: [0, 2, 1], counts: [2, 2, 2], steps: [1, -1, 2]), [type], [:])
    try add(Expand(to: [3, 2, 3, 4]), [type], [:])
    try add(Tile([1, 2, 3]), [type], [:])
    for mode: Pad.Mode in [.constant(1), .edge, .reflect, .wrap] {
      try add(Pad(begin: [0, 1, 2], end: [1, 0, 1], mode: mode), [type], [:])
    }
    for indices: ScalarType in [.int32, .int64] {
      try add(Gather(axis: 2), [TensorType(scalar, [2, 3, 200]), TensorType(indices, [2, 2])], [:])
    }
    if scalar == .bool { return }
    let nearest = Resize(
      to: [1, 2, 6, 3], scales: [1, 1, 2, 0.5], coordinates: .asymmetric, interpolation: .nearest(.floor))
    try add(nearest, [TensorType(scalar, [1, 2, 3, 6])], [:])
  }

  /// Indices are from -30 on and below 40.
  private static func addIndexing(_ scalar: ScalarType, _ add: Add) throws {
    for index: ScalarType in [.int32, .int64] {
      let indices = TensorType(index, [2, 5, 2])
      for axis in 0..<3 {
        var shape = [3, 6, 2]
        shape[axis] = 50
        try add(GatherElements(axis: axis), [TensorType(scalar, shape), indices], [:])
        try add(
          ScatterElements(axis: axis), [TensorType(scalar, shape), indices, TensorType(scalar, [2, 5, 2])], [:])
      }
      let data = TensorType(scalar, [2, 41, 43, 3])
      try add(GatherND(batchAxes: 1), [data, TensorType(index, [2, 3, 2])], [:])
      try add(GatherND(batchAxes: 1), [data, TensorType(index, [2, 3, 4, 1])], [:])
      try add(GatherND(), [TensorType(scalar, [40, 41, 42]), TensorType(index, [7, 3])], [:])
      try add(
        ScatterND(), [TensorType(scalar, [41, 43, 3]), TensorType(index, [5, 2]), TensorType(scalar, [5, 3])], [:])
      try add(
        ScatterND(), [TensorType(scalar, [40, 3]), TensorType(index, [2, 2, 1]), TensorType(scalar, [2, 2, 3])], [:])
    }
    // No index, one place.
    try add(GatherND(), [TensorType(scalar, [3]), TensorType(.int64, [2, 0])], [:])
    try add(ScatterND(), [TensorType(scalar, [3]), TensorType(.int64, [0]), TensorType(scalar, [3])], [:])
    try add(GatherElements(axis: 0), [TensorType(scalar, [0]), TensorType(.int64, [0])], [:])
  }

  private static func addRanking(_ scalar: ScalarType, _ add: Add) throws {
    for reduction in [ScatterReduction.add, .multiply, .minimum, .maximum] {
      let types = [[40, 3], [9, 1], [9, 3]].enumerated().map {
        TensorType($0.offset == 1 ? .int64 : scalar, $0.element)
      }
      try add(ScatterND(reduction: reduction), types, [:])
      let elements = [[40, 3], [20, 2], [20, 2]].enumerated()
        .map { TensorType($0.offset == 1 ? .int64 : scalar, $0.element) }
      try add(ScatterElements(axis: 0, reduction: reduction), elements, [:])
    }
    for largest in [true, false] {
      for (axis, count) in [(0, 1), (1, 13), (1, 40), (2, 2), (0, 0)] {
        try add(TopK(axis: axis, count: count, takesLargest: largest), [TensorType(scalar, [2, 40, 3])], [:])
      }
    }
  }

  /// An index that is computed at run time and outside of its axis names the nearest place inside: nothing else is touched.
  @Test func `indices outside name the nearest place inside`() throws {
    let shape = [3, 4, 5]
    let data = Tensor(shape: shape, floats: (0..<60).map(Float.init))
    let indices = Tensor(shape: [2, 2, 3], integers: [.max, -5, 9, .min, 0, 4, 3, -4, 5, 1 << 40, -1 << 40, 2])
    func inside(_ extents: [Int]) -> Tensor {
      let places = indices.integers().enumerated().map { number, index in
        let extent = extents[number % extents.count]
        return min(max(index < 0 ? index + extent : index, 0), extent - 1)
      }
      return Tensor(shape: indices.shape, integers: places)
    }
    let updates = Tensor(shape: [2, 2, 3], floats: (0..<12).map { Float($0) + 100 })
    let single = Tensor(shape: [2, 2], floats: [100, 101, 102, 103])
    let cases: [(any Operator, [Int], Tensor?)] = [
      (Gather(axis: 1), [4], nil), (GatherElements(axis: 1), [4], nil), (GatherND(), shape, nil),
      (ScatterElements(axis: 1), [4], updates), (ScatterElements(axis: 1, reduction: .add), [4], updates),
      (ScatterND(), shape, single), (ScatterND(reduction: .maximum), shape, single),
    ]
    for (operation, extents, updates) in cases {
      var graph = Graph(name: "outside")
      let tensors = [data, indices] + [updates].compactMap(\.self)
      let inputs = tensors.enumerated().map { graph.addInput("x\($0)", $1.type) }
      graph.addOutput("y", try graph.insert(operation, name: operation.name, inputs: inputs)[0])
      let program = try Compiler.plan(Passes.run(on: graph), CompileOptions(target: HostTarget.detect()))
      let expected = try Interpreter(graph).run([data, inside(extents)] + tensors.dropFirst(2))
      #expect(ProgramExecution(program).run(tensors)[0].floats() == expected[0].floats(), "\(operation.name)")
      #expect(throws: (any Error).self) { try Interpreter(graph).run(tensors) }
    }
  }

  private static func addConversions(_ add: Add) throws {
    let types = integers + [.bool, .float32, .float64]
    for from in types {
      for to in types { try add(Cast(to: to), [TensorType(from, [11])], [:]) }
    }
  }

  private static func addSelections(_ add: Add) throws {
    for scalar in integers + [.float32, .bool] {
      let types = [TensorType(.bool, [3, 1]), TensorType(scalar, [2, 1, 4]), TensorType(scalar, [3, 4])]
      try add(Select(), types, [:])
    }
    for function: Binary.Function in [.and, .or, .exclusiveOr, .equal] {
      try add(Binary(function), [TensorType(.bool, [5, 7]), TensorType(.bool, [7])], [:])
    }
    for kind: Reduction.Kind in [.maximum, .minimum] {
      try add(Reduction(kind, axes: [1], keepsAxes: true), [TensorType(.bool, [5, 2])], [:])
    }
    try add(Unary(.not), [TensorType(.bool, [5, 7])], [:])
    for scalar: ScalarType in [.float32, .float64] {
      try add(Unary(.isNaN), [TensorType(scalar, [5])], [:])
      try add(Unary(.isInfinite(positive: true, negative: false)), [TensorType(scalar, [5])], [:])
    }
    for function: Binary.Function in [.less, .greaterOrEqual, .equal] {
      try add(Binary(function), [TensorType(.float32, [2, 3, 4]), TensorType(.float32, [3, 1])], [:])
    }
    for exponent: ScalarType in [.int32, .int64] {
      try add(Binary(.power), [TensorType(.float32, [9]), TensorType(exponent, [9])], [:])
    }
    try add(Binary(.remainder), [TensorType(.float32, [4, 5]), TensorType(.float32, [5])], [:])
    try add(
      Binary(.power), [TensorType(.int64, [4]), TensorType(.float32, [4])],
      [1: Tensor(shape: [4], floats: [4, 5, 0.5, 2])])
  }
}
