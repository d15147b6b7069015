import KilnGraph
import KilnMachine
import Testing

/// Layers of numbers of 8 bits in one network, of every kind that tiles tell apart: both signs, odd channels, groups, strides,
/// dilations, asymmetric padding, limits, weights of -128, pairs of weights that are just small enough, runs that aren't multiples of four
/// or shorter, partly filled units, real results, sums, strided images, maxima, and what only moves.
struct ByteNetwork {
  private(set) var graph = Graph(name: "bytes")
  private var results: [ValueID] = []
  private var state: UInt64 = 0x9E37_79B9_7F4A_7C15

  /// How large weights are.
  private enum Weights {
    case any
    /// Close to -128.
    case wide
    /// As `ByteProducts.narrowPairs` takes them.
    case narrow
  }

  /// What one of the network's images has.
  static let shape = [2, 36, 13, 11]

  init() throws {
    let image = graph.addInput("image", TensorType(.float32, Self.shape))
    let signed = try quantized(image, TensorQuantization(scale: 0.011, zeroPoint: -3), .int8)
    let unsigned = try quantized(image, TensorQuantization(scale: 0.0083, zeroPoint: 121), .uint8)
    for (name, x, zeroPoint, results) in [
      ("signed", signed, -3, [ScalarType.uint8, .int8]), ("unsigned", unsigned, 121, [.int8, .uint8]),
    ] {
      func layer(
        _ window: Window, _ channels: Int, groups: Int = 1, of input: ValueID? = nil, limits: ClosedRange<Int>? = nil,
        weights: Weights = .any, _ result: Int? = 1
      ) throws -> ValueID {
        let number = self.results.count
        return try convolution(
          "\(name)\(number)", input ?? x, zeroPoint, window, channels, groups: groups,
          try result.map { try Self.result(results[$0], zeroPoint: results[$0] == .int8 ? 5 : 100, limits) },
          weights)
      }
      let square = Window(kernel: [3, 3], padBegin: [1, 1], padEnd: [1, 1])
      add(try layer(square, 70, 0))
      add(try layer(Window(kernel: [1, 1]), 131, limits: 7...90))
      add(
        try layer(
          Window(kernel: [3, 3], strides: [2, 1], dilations: [2, 3], padBegin: [0, 3], padEnd: [2, 1]), 33,
          weights: .wide
        ))
      add(try layer(Window(kernel: [2, 3], padBegin: [1, 0], padEnd: [0, 2]), 20, groups: 4))
      add(try layer(Window(kernel: [1, 1]), 131, limits: 7...90, weights: .narrow))
      add(try layer(Window(kernel: [3, 2], strides: [1, 2], padBegin: [1, 1]), 27, groups: 3, weights: .narrow, 0))
      add(try layer(Window(kernel: [3, 3], strides: [2, 2], padBegin: [1, 1], padEnd: [1, 1]), 36, groups: 36, 0))
      add(try layer(square, 36, groups: 36, limits: 3...70))
      add(try layer(Window(kernel: [2, 3], strides: [1, 4], padEnd: [1, 0]), 36, groups: 36, weights: .wide, 0))
      add(try layer(Window(kernel: [4, 2], padBegin: [2, 1], padEnd: [1, 0]), 36, groups: 36))
      add(
        try layer(
          Window(kernel: [5, 5], dilations: [2, 1], padBegin: [4, 2], padEnd: [4, 2]), 36, groups: 36, weights: .wide))
      add(try layer(Window(kernel: [9, 9], padBegin: [4, 4], padEnd: [4, 4]), 36, groups: 36, limits: 0...60))
      let planes = try graph.insert(
        Slice(starts: [0, 5, 0, 0], counts: [2, 3, 13, 11], steps: [1, 1, 1, 1]), name: "\(name).planes", inputs: [x])[
          0]
      add(try layer(Window(kernel: [7, 7], strides: [2, 2], padBegin: [3, 3], padEnd: [3, 3]), 24, of: planes))
      add(try layer(Window(kernel: [1, 1]), 21, of: planes))
      let pixel = try graph.insert(
        Slice(starts: [0, 0, 6, 5], counts: [2, 36, 1, 1], steps: [1, 1, 1, 1]), name: "\(name).pixel", inputs: [x])[0]
      add(try layer(Window(kernel: [1, 1]), 301, of: pixel))
      add(try layer(Window(kernel: [1, 1]), 203, of: pixel, nil))
      add(try layer(Window(kernel: [1, 1]), 77, of: pixel, weights: .narrow, nil))
      add(try layer(square, 37, nil))
      let terms = [try layer(square, 17, 0), try layer(square, 17, weights: .wide)]
      let sum = RequantizedSum(
        TensorQuantization(scale: 0.03, zeroPoint: 17), TensorQuantization(scale: 0.07, zeroPoint: -2), scale: 0.09,
        result: try Self.result(results[1], zeroPoint: 30, 30...127))
      add(try graph.insert(sum, name: "\(name).sum", inputs: terms)[0])
      let largest = Pool(
        .maximum, window: Window(kernel: [3, 2], strides: [2, 1], padBegin: [1, 0], padEnd: [0, 1]))
      add(try graph.insert(largest, name: "\(name).largest", inputs: [x])[0])
      let wide = Pool(.maximum, window: Window(kernel: [5, 5], padBegin: [2, 2], padEnd: [2, 2]))
      let wides = try graph.insert(wide, name: "\(name).wide", inputs: [try layer(square, 131)])[0]
      let joined = try graph.insert(Concat(axis: 1), name: "\(name).joined", inputs: [wides, terms[1]])[0]
      let resize = Resize(
        to: [2, 148, 26, 22], scales: [1, 1, 2, 2], coordinates: .asymmetric, interpolation: .nearest(.floor))
      add(try layer(square, 24, of: try graph.insert(resize, name: "\(name).resized", inputs: [joined])[0]))
      for scalar in results {
        let entries = (0..<256).map { $0 * 37 % 251 + (scalar == .int8 ? -126 : 2) }
        let table = graph.addConstant("\(name).table", Tensor(shape: [256], integers: entries, as: scalar))
        add(try graph.insert(ByteTable(), name: "\(name).table\(scalar)", inputs: [x, table])[0])
      }
    }
    let flat = try self.results.enumerated().map { index, value in
      let number = try graph.insert(Cast(to: .float32), name: "number\(index)", inputs: [value])[0]
      let shape = [graph.type(of: value).elementCount]
      return try graph.insert(Reshape(to: shape), name: "flat\(index)", inputs: [number])[0]
    }
    graph.addOutput("numbers", try graph.insert(Concat(axis: 0), name: "numbers", inputs: flat)[0])
  }

  private static func result(
    _ scalar: ScalarType, zeroPoint: Int, _ limits: ClosedRange<Int>?
  ) throws -> QuantizedResult {
    try #require(QuantizedResult(scalar, zeroPoint: zeroPoint, limits: limits))
  }

  private mutating func add(_ value: ValueID) { results.append(value) }

  private mutating func number(below limit: Int) -> Int {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Int(state >> 33) % limit
  }

  private mutating func quantized(
    _ value: ValueID, _ quantization: TensorQuantization, _ scalar: ScalarType
  ) throws -> ValueID {
    let scale = graph.addConstant("scale", Tensor(shape: [], floats: [quantization.scale]))
    let zero = graph.addConstant("zero", Tensor(shape: [], integers: [quantization.zeroPoint], as: scalar))
    return try graph.insert(QuantizeLinear(to: scalar), name: "\(scalar)", inputs: [value, scale, zero])[0]
  }

  /// Codes of a shape.
  private mutating func weights(_ kind: Weights, _ shape: [Int]) -> [Int] {
    var weights = (0..<shape.reduce(1, *)).map { _ in
      kind == .any ? number(below: 255) - 127 : -128 + number(below: kind == .wide ? 3 : 256)
    }
    guard kind == .narrow else { return weights }
    let taps = shape[2...].reduce(1, *)
    for place in weights.indices where place / taps % 2 == 0 {
      // Of one sign they are as large as they may be together.
      let (left, right) = (weights[place], weights[place + taps])
      if left * right > 0 { weights[place + taps] = left.signum() * (ByteProducts.largestNarrowPair - abs(left)) }
    }
    return weights
  }

  private mutating func convolution(
    _ name: String, _ input: ValueID, _ zeroPoint: Int, _ window: Window, _ channels: Int, groups: Int,
    _ result: QuantizedResult?, _ kind: Weights
  ) throws -> ValueID {
    let shape = [channels, graph.type(of: input).shape[1] / groups] + window.kernel
    let depth = shape.dropFirst().reduce(1, *)
    let weights = weights(kind, shape)
    let biases = (0..<channels).map { _ in number(below: 4001) - 2000 }
    // Results spread over their range, and past it.
    let step = 0.9 / (Float(depth).squareRoot() * (kind == .wide ? 90 : 40))
    let multipliers = (0..<channels).map { _ in step * Float(1 + number(below: 100)) / 50 }
    let operation = RequantizedConvolution(window: window, groups: groups, inputZeroPoint: zeroPoint, result: result)
    return try graph.insert(
      operation, name: name,
      inputs: [
        input, graph.addConstant("\(name).codes", Tensor(shape: shape, integers: weights, as: .int8)),
        graph.addConstant("\(name).biases", Tensor(shape: [channels], integers: biases, as: .int32)), nil,
        graph.addConstant("\(name).multipliers", Tensor(shape: [channels], floats: multipliers)),
      ])[0]
  }
}
