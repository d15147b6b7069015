import KilnGraph

/// Layers that tiles of float16 compute in one network, of every kind that tiles tell apart: few and many products of a sum, odd channels,
/// groups, strides, dilations, asymmetric padding, every way to end a sum, and what follows layers.
struct HalfNetwork {
  private(set) var graph = Graph(name: "halves")
  private var results: [ValueID] = []
  private var state: UInt64 = 0x9E37_79B9_7F4A_7C15

  /// What the network's image has.
  static let shape = [2, 36, 13, 11]

  init() throws {
    let image = graph.addInput("image", TensorType(.float32, Self.shape))
    let square = Window(kernel: [3, 3], padBegin: [1, 1], padEnd: [1, 1])
    let point = Window(kernel: [1, 1])
    func activation(_ function: ScalarFunction) -> Epilogue { Epilogue(activation: .function(function)) }
    // Products in one run, and in several of which the last is short.
    add(try layer(image, point, 70, activation(.clip(lower: 0, upper: 1.3))))
    add(try layer(image, square, 19, activation(.relu)))
    add(
      try layer(
        image, Window(kernel: [3, 3], strides: [2, 1], dilations: [2, 3], padBegin: [0, 3], padEnd: [2, 1]), 33,
        activation(.leakyReLU(slope: 0.1))))
    add(try layer(image, Window(kernel: [2, 3], padBegin: [1, 0], padEnd: [0, 2]), 20, groups: 4))
    // What isn't inlined, and what needs float32.
    let silu = try layer(image, point, 24, activation(.silu))
    add(silu)
    add(try layer(image, point, 24, activation(.hardSwish), addend: silu, .afterActivation))
    let sum = try layer(image, square, 24, activation(.relu), addend: silu, .beforeActivation)
    add(sum)
    add(try layer(image, point, 24, activation(.sigmoid), addend: sum, .afterActivation))
    add(try layer(image, square, 24, Epilogue(activation: .parametricReLU)))
    // Depthwise, unrolled and in loops.
    add(
      try layer(
        image, Window(kernel: [3, 3], strides: [2, 2], padBegin: [1, 1], padEnd: [1, 1]), 36, groups: 36,
        activation(.clip(lower: -0.5, upper: 0.7))))
    add(
      try layer(
        image, Window(kernel: [5, 5], dilations: [2, 1], padBegin: [4, 2], padEnd: [4, 2]), 36, groups: 36,
        activation(.silu)))
    add(
      try layer(
        image, Window(kernel: [9, 9], padBegin: [4, 4], padEnd: [4, 4]), 36, groups: 36, addend: image,
        .beforeActivation))
    // Winograd's tiles of both sizes, with few and many channels, partial tiles and vectors, and every way to end a sum.
    let broad = try layer(image, point, 104)
    let wide = try layer(broad, square, 51, activation(.relu))
    add(wide)
    add(try layer(broad, square, 51, activation(.silu), addend: wide, .afterActivation))
    add(try layer(broad, square, 51, Epilogue(activation: .parametricReLU)))
    add(
      try layer(
        image, Window(kernel: [3, 3], padBegin: [2, 0], padEnd: [0, 1]), 64, activation(.gelu(approximate: false))))
    let corner = try graph.insert(
      Slice(starts: [0, 0, 3, 2], counts: [2, 104, 5, 4], steps: [1, 1, 1, 1]), name: "corner", inputs: [broad])[0]
    let small = try layer(corner, Window(kernel: [3, 3], padBegin: [1, 1], padEnd: [1, 1]), 40, activation(.relu))
    add(small)
    add(try layer(corner, square, 40, addend: small, .beforeActivation))
    // Few channels, and many of one pixel.
    let planes = try graph.insert(
      Slice(starts: [0, 5, 0, 0], counts: [2, 3, 13, 11], steps: [1, 1, 1, 1]), name: "planes", inputs: [image])[0]
    add(try layer(planes, Window(kernel: [7, 7], strides: [2, 2], padBegin: [3, 3], padEnd: [3, 3]), 24))
    let pixel = try graph.insert(
      Slice(starts: [0, 0, 6, 5], counts: [2, 36, 1, 1], steps: [1, 1, 1, 1]), name: "pixel", inputs: [image])[0]
    add(try layer(pixel, point, 301))
    // What follows layers.
    let gate = try graph.insert(Unary(.hardSigmoid(alpha: 0.2, beta: 0.5)), name: "gate", inputs: [sum])[0]
    let gated = try graph.insert(Binary(.multiply), name: "gated", inputs: [silu, gate])[0]
    let largest = Pool(.maximum, window: Window(kernel: [3, 2], strides: [2, 1], padBegin: [1, 0], padEnd: [0, 1]))
    add(try graph.insert(largest, name: "largest", inputs: [silu])[0])
    let fives = Window(kernel: [5, 5], padBegin: [2, 2], padEnd: [2, 2])
    let averages = Pool(.average(countsPadding: false), window: fives)
    add(try graph.insert(averages, name: "averages", inputs: [sum])[0])
    add(try graph.insert(Reduction(.mean, axes: [2, 3], keepsAxes: true), name: "means", inputs: [gated])[0])
    let joined = try graph.insert(Concat(axis: 1), name: "joined", inputs: [gated, sum])[0]
    let joint = try layer(joined, square, 40)
    let shuffled = try graph.insert(
      DepthToSpace(block: 2, channelIsOuter: false), name: "shuffled", inputs: [joint])[0]
    add(shuffled)
    let flat = try graph.insert(Reshape(to: [2, 10 * 26 * 22]), name: "rows", inputs: [shuffled])[0]
    add(try dense(flat, 21))
    let parts = try results.enumerated().map { index, value in
      try graph.insert(Reshape(to: [graph.type(of: value).elementCount]), name: "flat\(index)", inputs: [value])[0]
    }
    graph.addOutput("numbers", try graph.insert(Concat(axis: 0), name: "numbers", inputs: parts)[0])
  }

  private mutating func add(_ value: ValueID) { results.append(value) }

  private mutating func numbers(_ shape: [Int], scale: Float) -> Tensor {
    Tensor(
      shape: shape,
      floats: (0..<shape.reduce(1, *)).map { _ in
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return (Float(state >> 40) / 0x1p23 - 1) * scale
      })
  }

  private mutating func layer(
    _ input: ValueID, _ window: Window, _ channels: Int, groups: Int = 1, _ epilogue: Epilogue = Epilogue(),
    addend: ValueID? = nil, _ position: AddendPosition? = nil
  ) throws -> ValueID {
    let name = "layer\(results.count)"
    let shape = [channels, graph.type(of: input).shape[1] / groups] + window.kernel
    let scale = 1 / Float(shape.dropFirst().reduce(1, *)).squareRoot()
    var epilogue = epilogue
    epilogue.addend = position
    var inputs: [ValueID?] = [
      input, graph.addConstant("\(name).weight", numbers(shape, scale: scale)),
      graph.addConstant("\(name).bias", numbers([channels], scale: 0.3)), addend,
    ]
    if epilogue.activation == .parametricReLU {
      inputs.append(graph.addConstant("\(name).slope", numbers([channels], scale: 0.5)))
    }
    return try graph.insert(
      Convolution(window: window, groups: groups, epilogue: epilogue), name: name, inputs: inputs)[0]
  }

  private mutating func dense(_ input: ValueID, _ outputs: Int) throws -> ValueID {
    let inputs = graph.type(of: input).shape[1]
    return try graph.insert(
      Linear(), name: "dense",
      inputs: [
        input, graph.addConstant("dense.weight", numbers([outputs, inputs], scale: 1 / Float(inputs).squareRoot())),
      ])[0]
  }
}
