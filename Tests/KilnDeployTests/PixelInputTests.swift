import Foundation
import KilnCompiler
import KilnExecution
import KilnGraph
import Testing

@testable import KilnDeploy
@testable import KilnEmission
@testable import KilnLowering
@testable import KilnMachine
@testable import KilnPasses
@testable import KilnPlanning

/// Inputs that take interleaved bytes give what the float images give that the bytes stand for.
struct PixelInputTests {
  private static let formats = [
    PixelFormat(.rgb8, mean: [123.675, 116.28, 103.53], scale: [1 / 58.395, 1 / 57.12, 1 / 57.375]),
    PixelFormat(.bgr8, mean: [1, 2, 3], scale: [0.5, 0.25, 2]), PixelFormat(.rgba8, mean: [127.5, 127.5, 127.5]),
    PixelFormat(.gray8, mean: [33], scale: [1.0 / 255]),
  ]

  /// A network with an image as its input, and what reads it.
  private struct Model {
    let name: String
    let graph: Graph
    let isChannelsLast: Bool
    let size: (images: Int, height: Int, width: Int)

    init(
      _ name: String, channels: Int, size: (images: Int, height: Int, width: Int), isChannelsLast: Bool = false,
      _ build: (inout Graph, _ image: ValueID) throws -> Void
    ) throws {
      self.name = name
      self.isChannelsLast = isChannelsLast
      self.size = size
      let shape =
        isChannelsLast
        ? [size.images, size.height, size.width, channels] : [size.images, channels, size.height, size.width]
      var graph = Graph()
      try build(&graph, graph.addInput("image", TensorType(.float32, shape)))
      self.graph = graph
    }
  }

  /// Numbers that look random.
  private static func numbers(_ count: Int, seed: Int) -> [Float] {
    (0..<count).map { Float((($0 + seed) * 7919 + 13) % 211) / 105 - 1 }
  }

  private static func convolve(
    _ graph: inout Graph, _ x: ValueID, _ window: Window, outputs: Int, groups: Int = 1
  ) throws -> ValueID {
    let shape = [outputs, graph.type(of: x).shape[1] / groups] + window.kernel
    let weight = Tensor(shape: shape, floats: numbers(shape.reduce(1, *), seed: 1))
    let bias = Tensor(shape: [outputs], floats: numbers(outputs, seed: 5))
    let operands = [x, graph.addConstant("w", weight), graph.addConstant("b", bias)]
    return try graph.insert(Convolution(window: window, groups: groups), name: "conv", inputs: operands)[0]
  }

  /// The weight of a network's convolution.
  private static func weight(of graph: Graph) throws -> Tensor {
    let layer = try #require(graph.nodeIDs.first { graph[$0].operation is Convolution })
    return try #require(graph.constant(graph[layer].inputs[LinearOperand.weight]))
  }

  /// Networks whose first layers treat borders, channels and images in different ways.
  private static func models(channels: Int) throws -> [Model] {
    func convolution(
      _ name: String, _ window: Window, outputs: Int, groups: Int = 1, size: (Int, Int, Int) = (2, 9, 13)
    ) throws -> Model {
      try Model(name, channels: channels, size: size) { graph, image in
        let layer = try convolve(&graph, image, window, outputs: outputs, groups: groups)
        graph.addOutput("y", try graph.insert(Unary(.relu), name: "relu", inputs: [layer])[0])
      }
    }
    return try [
      convolution("no padding", Window(kernel: [3, 3]), outputs: 8),
      convolution(
        "asymmetric padding", Window(kernel: [3, 2], strides: [2, 1], padBegin: [0, 2], padEnd: [3, 0]), outputs: 5),
      convolution(
        "dilation", Window(kernel: [2, 3], dilations: [3, 2], padBegin: [1, 2], padEnd: [2, 2]), outputs: 8),
      convolution(
        "large images, whose rows are converted as they are read",
        Window(kernel: [3, 3], strides: [2, 2], padBegin: [1, 1], padEnd: [1, 1]), outputs: 8, size: (2, 71, 80)),
      convolution(
        "a large kernel", Window(kernel: [7, 7], strides: [2, 2], padBegin: [3, 3], padEnd: [3, 2]), outputs: 8,
        size: (1, 70, 80)),
      convolution(
        "groups", Window(kernel: [3, 3], padBegin: [1, 1], padEnd: [1, 1]), outputs: 2 * channels, groups: channels),
      Model("no convolution, and the image as a result", channels: channels, size: (1, 5, 48)) { graph, image in
        let sum = try graph.insert(Binary(.add), name: "sum", inputs: [image, image])[0]
        let pool = Window(kernel: [3, 3], strides: [2, 2], padBegin: [1, 1], padEnd: [1, 1])
        graph.addOutput("y", try graph.insert(Pool(.maximum, window: pool), name: "pool", inputs: [sum])[0])
        graph.addOutput("same", image)
      },
      Model("a flattened image", channels: channels, size: (1, 3, 3)) { graph, image in
        graph.addOutput("y", try graph.insert(Transpose([0, 2, 3, 1]), name: "t", inputs: [image])[0])
      },
      Model("channels last", channels: channels, size: (1, 9, 33), isChannelsLast: true) { graph, image in
        let x = try graph.insert(Transpose([0, 3, 1, 2]), name: "nchw", inputs: [image])[0]
        let window = Window(kernel: [3, 3], strides: [2, 2], padBegin: [0, 0], padEnd: [1, 1])
        graph.addOutput("y", try convolve(&graph, x, window, outputs: 16))
      },
    ]
  }

  /// Bytes, and the image that they stand for, computed without anything of Kiln's.
  private static func inputs(_ model: Model, _ format: PixelFormat) -> (pixels: Tensor, image: Tensor) {
    let (images, height, width) = model.size
    let (byteCount, channels) = (format.order.byteCount, format.order.channelCount)
    let bytes = (0..<images * height * width * byteCount).map { ($0 * 7919 + 31) % 256 }
    var image = [Double](repeating: 0, count: images * height * width * channels)
    for pixel in 0..<images * height * width {
      let (n, place) = (pixel / (height * width), pixel % (height * width))
      for channel in 0..<channels {
        let byte = bytes[pixel * byteCount + (format.order == .bgr8 ? 2 - channel : channel)]
        let index =
          model.isChannelsLast ? pixel * channels + channel : (n * channels + channel) * height * width + place
        image[index] = (Double(byte) - format.mean[channel]) * format.scale[channel]
      }
    }
    let shape = model.isChannelsLast ? [images, height, width, channels] : [images, channels, height, width]
    return (
      Tensor(shape: [images, height, width, byteCount], doubles: bytes.map(Double.init), as: .uint8),
      Tensor(shape: shape, doubles: image, as: .float32)
    )
  }

  @Test(arguments: formats) func `bytes give what the image gives, interpreted and compiled`(format: PixelFormat) throws
  {
    for model in try Self.models(channels: format.order.channelCount) {
      let (pixels, image) = Self.inputs(model, format)
      let expected = try Interpreter(model.graph).run([image])
      var graph = model.graph
      try graph.takePixels(format, input: graph.inputs[0])
      #expect(graph.inputs.count == 1 && graph.type(of: graph.inputs[0]) == pixels.type)
      func expectSame(_ outputs: [Tensor], _ what: String) {
        #expect(outputs.count == expected.count)
        for (output, tensor) in zip(outputs, expected) {
          #expect(output.type == tensor.type)
          #expect(Comparison(output, tensor).isWithin(1e-5), "\(model.name), \(what): \(Comparison(output, tensor))")
        }
      }
      expectSame(try Interpreter(graph).run([pixels]), "interpreted")
      for folds in [true, false] {
        let optimized = try Passes.run(on: graph, options: PassOptions(folds: folds))
        for threads in [1, 3] {
          let costs = SharingCosts(leastCycles: 0, leastElements: 0)
          let options = PlanningOptions(sharing: WorkSharing(threads: threads, costs: costs))
          let program = try Planner.plan(optimized, for: HostTarget.detect(), options)
          expectSame(ProgramExecution(program).run([pixels]), "folds \(folds), \(threads) threads")
        }
      }
    }
  }

  @Test func `pixels stay where inputs and outputs become channels-last`() throws {
    let format = Self.formats[0]
    let model = try #require(try Self.models(channels: 3).first)
    let (pixels, image) = Self.inputs(model, format)
    var graph = model.graph
    try graph.takePixels(format, input: graph.inputs[0])
    let optimized = try Passes.run(on: graph, options: PassOptions(portLayout: .channelsLast))
    #expect(NetworkInterface(optimized.graph).inputs[0].type == pixels.type)
    let output = try ProgramExecution(Planner.plan(optimized, for: HostTarget.detect())).run([pixels])[0]
    let expected = try Interpreter(model.graph).run([image])[0].permuted(by: [0, 2, 3, 1])
    #expect(Comparison(output, expected).isWithin(1e-5))
  }

  @Test func `the arena is not larger than with floats`() throws {
    let model = try NetworkFiles.program("mobilenet_v2.unfused", target: HostTarget.detect())
    var graph = try NetworkFiles.graph("mobilenet_v2.unfused")
    try graph.takePixels(Self.formats[0], input: graph.inputs[0])
    let program = try Planner.plan(Passes.run(on: graph), for: HostTarget.detect())
    #expect(program.arenaByteCount <= model.arenaByteCount)
    #expect(program.layers.count <= model.layers.count)
  }

  @Test(arguments: formats) func `the layer that reads bytes takes their scale and order`(format: PixelFormat) throws {
    let model = try #require(Self.models(channels: format.order.channelCount).first { $0.name == "dilation" })
    var graph = model.graph
    let weight = try Self.weight(of: graph)
    try graph.takePixels(format, input: graph.inputs[0])
    let optimized = try Passes.run(on: graph).graph
    let nodes = optimized.nodeIDs.map { optimized[$0] }
    #expect(nodes.map(\.operation.name) == ["PixelConversion", "Conv", "Transpose"], "\(nodes.map(\.operation.name))")
    let conversion = try #require(nodes[0].operation as? PixelConversion)
    #expect(conversion.places == Array(0..<format.order.channelCount) && conversion.order == format.order)
    // The shift of a padded convolution stays in the conversion: a border of zeros is one of means.
    #expect(optimized.constant(nodes[0].inputs[PixelOperand.weight])?.doubles().allSatisfy { $0 == 1 } == true)
    let folded = try #require(optimized.constant(nodes[1].inputs[LinearOperand.weight]))
    #expect(folded.shape == weight.shape)
    let (channels, taps) = (weight.shape[1], weight.shape[2] * weight.shape[3])
    for (index, number) in weight.doubles().enumerated() {
      let (row, channel, tap) = (index / taps / channels, index / taps % channels, index % taps)
      let place = (row * channels + format.order.place(ofChannel: channel)) * taps + tap
      #expect(abs(folded.doubles()[place] - number * format.scale[channel]) <= 1e-6 * abs(number))
    }
  }

  @Test func `of large images some rows are numbers at a time`() throws {
    for (name, kept) in [("large images, whose rows are converted as they are read", 1), ("a large kernel", 5)] {
      let model = try #require(Self.models(channels: 3).first { $0.name == name })
      var graph = model.graph
      let floats = try Planner.plan(Passes.run(on: graph), for: HostTarget.detect())
      try graph.takePixels(Self.formats[0], input: graph.inputs[0])
      let program = try Planner.plan(Passes.run(on: graph), for: HostTarget.detect())
      let layer = try #require(program.layers.first)
      #expect(layer.nodes.map(\.operation.name) == ["PixelConversion", "Conv"])
      #expect(layer.strips.map { $0.count > 1 && $0.members[0].scale == 2 } == true)
      let image = program.buffers[program.view(layer.nodes[0].outputs[0]).buffer.index]
      let rows = program.view(layer.nodes[0].outputs[0]).shape[1]
      #expect(rows > kept && rows < model.size.height / 2, "\(rows) rows")
      #expect(image.byteCount <= HostTarget.detect().model.cacheBudget.convertedRows)
      #expect(program.arenaByteCount < floats.arenaByteCount)
    }
  }

  @Test func `networks that normalise bytes themselves become the same`() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: NetworkFiles.folder.path + "/cases")
    let names = files.filter { $0.hasPrefix("pixels_") && $0.hasSuffix(".onnx") }.map { "cases/" + $0.dropLast(5) }
    #expect(names.count > 15)
    for name in names {
      let graph = try Passes.run(on: NetworkFiles.graph(name)).graph
      let operations = graph.nodeIDs.map { graph[$0].operation }
      let isRecognised = !name.contains("not_recognised")
      #expect(operations.contains { $0 is PixelConversion } == isRecognised, "\(name)")
      #expect(operations.contains { $0 is Cast } != isRecognised, "\(name)")
      // Nothing is left that multiplies or adds by itself.
      if isRecognised { #expect(!operations.contains { $0 is Binary || $0 is ChannelAffine }, "\(name)") }
      let isLarge = name.contains("large")
      let program = try NetworkFiles.program(name, target: HostTarget.detect())
      #expect(program.layers.contains { $0.strips != nil } == isLarge, "\(name)")
    }
  }

  @Test func `what is computed in float16 has the model's own weights`() throws {
    let model = try #require(Self.models(channels: 3).first)
    var graph = model.graph
    let weight = try Self.weight(of: graph)
    try graph.takePixels(Self.formats[0], input: graph.inputs[0])
    let optimized = try Passes.run(on: graph, options: PassOptions(halves: .stored)).graph
    let stored = try Self.weight(of: optimized)
    for (a, b) in zip(stored.doubles(), weight.doubles()) { #expect(abs(a - b) <= 1e-3 * abs(b)) }
  }

  @Test func `inputs that are no such images are refused`() {
    for (type, format) in [
      (TensorType(.float32, [1, 3, 8]), Self.formats[0]), (TensorType(.float32, [1, 1, 8, 8]), Self.formats[0]),
      (TensorType(.float32, [1, 3, 8, 8]), Self.formats[3]), (TensorType(.uint8, [1, 3, 8, 8]), Self.formats[0]),
      (TensorType(.float32, [1, 4, 8, 8]), Self.formats[2]),
    ] {
      var graph = Graph()
      graph.addOutput("y", graph.addInput("x", type))
      #expect(throws: PixelFormatError.self) { try graph.takePixels(format, input: graph.inputs[0]) }
      #expect(graph.type(of: graph.inputs[0]) == type)
    }
  }

  @Test func `headers and packages say that bytes are taken`() throws {
    let model = try #require(try Self.models(channels: 3).first)
    var graph = model.graph
    try graph.takePixels(PixelFormat(.bgr8), input: graph.inputs[0])
    let library = try LibraryTexts.library(graph)
    let header = LibraryTexts.text(".h", of: library)
    #expect(header.contains("Input `image`: uint8[2, 9, 13, 3]. Its bytes are pixels, bgr8."), "\(header)")
    #expect(header.contains("network1_predict(const uint8_t *image, float *y, void *arena)"))
    #expect(LibraryTexts.text(".py", of: library).contains("uint8"))
  }

  @Test(.enabled(if: PythonModuleTests.python != nil, "needs Python's numpy package"))
  func `a library and its Python module take bytes`() throws {
    try withTemporaryFolder { folder in
      let format = Self.formats[2]
      let model = try #require(try Self.models(channels: 3).first)
      let (pixels, _) = Self.inputs(model, format)
      var graph = model.graph
      try graph.takePixels(format, input: graph.inputs[0])
      let library = try BuiltLibrary(graph, named: "Camera", for: [pixels], .shared, in: folder)
      try Files.write(
        """
        import sys, numpy, camera
        frame = numpy.fromfile(sys.argv[1], "uint8").reshape(2, 9, 13, 4)
        camera.Network()(frame).tofile(sys.argv[2])
        try: camera.Network()(frame[..., :3].copy())
        except ValueError as error: assert "wanted uint8[2, 9, 13, 4]" in str(error), error
        else: raise AssertionError
        """, to: folder.appending(path: "main.py").path)
      let output = folder.appending(path: "output").path
      let run = try outcome(
        of: try #require(PythonModuleTests.python),
        [folder.appending(path: "main.py").path, library.input, output])
      #expect(run.status == 0, "\(run.text)")
      #expect(try Data(contentsOf: URL(filePath: output)) == library.expected)
    }
  }
}
