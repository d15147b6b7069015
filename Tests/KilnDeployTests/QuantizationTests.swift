import Foundation
import KilnGraph
import KilnONNX
import KilnPasses
import Testing

@testable import KilnDeploy

/// From float32 to numbers of 8 bits.
struct QuantizationTests {
  private static let digits = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Examples/digits")

  private func quantization(_ numbers: [Float]) -> TensorQuantization {
    var range = ActivationRange()
    let isFinite = range.widen(to: numbers)
    #expect(isFinite)
    range.count(numbers)
    return range.quantization()
  }

  @Test func `numbers that are spread evenly have the whole range`() {
    let result = quantization((0...4096).map { Float($0) / 1024 - 1 })
    #expect(abs(result.scale - 4.0 / 255) < 1e-3 && abs(result.zeroPoint + 64) <= 1)
    let positive = quantization((0...4096).map { Float($0) / 1024 })
    #expect(positive.zeroPoint == -128)
  }

  @Test func `a number far from all others is cut where their rounding weighs more`() {
    // Where the range ends at 6.4, the 8 has an error of 1.6, whose square is 2.56. That saves more than it costs: the squared
    // errors of rounding the others add up to 10.5 then, and to 16.4 where the range ends at 8.
    let result = quantization((0..<200_000).map { Float($0 % 1000) / 1000 } + [8])
    #expect(abs(result.scale - 6.4 / 255) < 0.2 / 255)
  }

  @Test func `zeros and infinities`() {
    #expect(quantization([0, 0]) == TensorQuantization(scale: 1, zeroPoint: 0))
    for number in [Float.infinity, -.infinity, .nan] {
      var range = ActivationRange()
      let isFinite = range.widen(to: [1, number])
      #expect(!isFinite)
    }
  }

  @Test func `calibration inputs`() throws {
    let interface = NetworkInterface(try digitsModel())
    let samples = try CalibrationInputs(folder: Self.digits.appending(path: "calibration").path, for: interface)
    #expect(samples.samples.count == 64 && !samples.isRandom)
    #expect(samples.samples.allSatisfy { $0.map(\.shape) == [[1, 1, 8, 8]] })
    #expect(try CalibrationInputs(folder: "random", for: interface).isRandom)
    try withTemporaryFolder { folder in
      #expect(throws: FileError.self) { try CalibrationInputs(folder: "\(folder.path)/none", for: interface) }
      #expect(throws: FileError.self) { try CalibrationInputs(folder: folder.path, for: interface) }
      try Npy.write(Tensor(shape: [3, 1, 8, 9], floats: [Float](repeating: 0, count: 216)), to: "\(folder.path)/a.npy")
      #expect(throws: FileError.self) { try CalibrationInputs(folder: folder.path, for: interface) }
    }
  }

  @Test func `ranges by what is seen, and by a percentile of it`() {
    var range = ActivationRange()
    let numbers = (0..<10_000).map { Float($0 % 1000) / 1000 } + [8]
    let isFinite = range.widen(to: numbers)
    range.count(numbers)
    let all = range.quantization(by: .extremes)
    #expect(isFinite && abs(all.scale - 8.0 / 255) < 1e-4 && all.zeroPoint == -128)
    #expect(range.clippedShare(all) == 0)
    let most = range.quantization(by: .percentile(99.9))
    #expect(abs(most.scale - 1.0 / 255) < 1e-4 && range.clippedShare(most) > 0 && range.clippedShare(most) < 1e-3)
    #expect(range.quantization(by: .percentile(100)) == all)
    #expect(RangeMethod("99.9%") == .percentile(99.9) && RangeMethod("mse") == .leastError)
    for text in ["", "49%", "101%", "99.9", "nan%", "max"] { #expect(RangeMethod(text) == nil) }
  }

  @Test func `a plan is read as it is written, and refused line by line`() throws {
    var plan = QuantizationPlan(tensors: [
      "a b": TensorQuantization(scale: 0.015625, zeroPoint: -128), "c": TensorQuantization(scale: 3e-7, zeroPoint: 127),
    ])
    plan.layers = ["conv 1": .float32, "conv2": .float16]
    plan.exponents = ["conv2": [0, -3]]
    plan.corrections = ["conv2": [0.1, -1e-9]]
    plan.isRandom = true
    plan.limitsPairs = true
    let names = PlanNames(
      tensors: ["a b", "c", "d"], layers: ["conv 1": 3, "conv2": 2], equalizable: ["conv2"])
    #expect(try QuantizationPlan(text: plan.fileText, path: "p", names: names) == plan)
    for (text, reason) in [
      ("0.5 3", "p:1: a line has"), ("# \n\nx 3 c", "p:3: the scale 'x'"), ("0 3 c", "p:1: the scale '0'"),
      ("nan 3 c", "the scale"), ("inf 3 c", "the scale"), ("1 128 c", "the zero point '128'"),
      ("1 1.5 c", "the zero point"), ("1 3 e", "no tensor 'e'"), ("1 3 c\n2 3 c", "p:2: 'c' has a line already"),
      ("float16 conv3", "no convolution or fully connected layer 'conv3'"), ("float32", "layer ''"),
      ("float16 conv2\nfloat32 conv2", "p:2: 'conv2' has a line already"), ("int8 conv2", "leave the line out"),
      ("exponents 1,2 conv2\nexponents 1,2 conv2", "p:2: 'conv2' has a line already"),
      ("exponents 1 conv2", "2 output channels, the line has 1"), ("exponents 1,99 conv2", "'99' is no number"),
      ("exponents 1,,2 conv2", "the line has 3 numbers"), ("exponents 1,2,3 conv 1", "can't be divided"),
      ("bias 1,inf conv2", "'inf' is no number"), ("bias 1,2", "has numbers with commas"),
      ("random numbers", "no other words"), ("pairs 2", "no other words"),
    ] {
      let error = #expect(throws: FileError.self) { try QuantizationPlan(text: text, path: "p", names: names) }
      #expect("\(error.map { "\($0)" } ?? "")".contains(reason), "\(text)")
    }
  }

  @Test func `layers go back in the order of what they gain for what they cost`() {
    // Three layers in a row: the tensor between the last two is loudest, and is freed by taking both back.
    var search = PrecisionSearch(
      tensorNoise: [1, 1, 50, 1], layerNoise: [4, 1, 1], costs: [100, 1, 1],
      layersOfTensor: [[0], [0, 1], [1, 2], [2]])
    #expect(search.noise == 59)
    let first = search.takeBack()
    #expect(first && search.integerLayers == [0] && search.noise == 6)
    let second = search.takeBack()
    #expect(second && search.integerLayers.isEmpty && search.noise == 0)
    let third = search.takeBack()
    #expect(!third)
  }

  /// Channels that differ by three orders of magnitude between a layer and a depthwise one, and between that and the next.
  @Test func `equalised channels change no bit in float32, and gain decibels in int8`() throws {
    let graph = try spreadNetwork()
    let calibration = try Calibration(of: graph)
    let inputs = (0..<8).map { RandomInputs.tensors(for: [TensorType(.float32, [1, 3, 8, 8])], seed: $0) }
    let result = try calibration.result(on: CalibrationInputs(samples: inputs)) {
      try Interpreter(calibration.graph).run($0)
    }
    #expect(result.plan.exponents.count == 2)
    var equalized = try Passes.foldedForQuantization(graph)
    try EqualizeChannels(result.plan.exponents).run(on: &equalized)
    func loss(_ plan: QuantizationPlan) throws -> QuantizationLoss {
      let quantized = try Passes.runBeforeLayout(on: graph, options: PassOptions(quantization: plan))
      var loss = QuantizationLoss()
      for input in inputs { loss.add(try Interpreter(graph).run(input)[0], try Interpreter(quantized).run(input)[0]) }
      return loss
    }
    for input in inputs {
      #expect(
        try Interpreter(equalized).run(input)[0].floats() == Interpreter(calibration.folded).run(input)[0].floats())
    }
    // The same ranges without what equalises them, each as wide as its largest channel.
    var plain = try calibration.result(on: CalibrationInputs(samples: inputs), by: .extremes) {
      try Interpreter(calibration.graph).run($0)
    }.plan
    plain.exponents = [:]
    plain.corrections = [:]
    let (before, after) = (try loss(plain), try loss(result.plan))
    #expect(after.decibels > 25 && after.decibels > before.decibels + 6)
  }

  private func spreadNetwork() throws -> Graph {
    var graph = Graph(name: "spread")
    let input = graph.addInput("x", TensorType(.float32, [1, 3, 8, 8]))
    var seed: UInt64 = 100
    func weight(_ shape: [Int], _ factor: (_ output: Int, _ input: Int) -> Float) -> ValueID {
      seed += 1
      let numbers = RandomInputs.tensors(for: [TensorType(.float32, shape)], seed: seed)[0].floats()
      let inner = shape[2] * shape[3]
      let scaled = numbers.enumerated().map { $1 * factor($0 / inner / shape[1], $0 / inner % shape[1]) }
      return graph.addConstant("w\(seed)", Tensor(shape: shape, floats: scaled))
    }
    let spread = (0..<16).map { Float(Foundation.pow(10, -3 * Double($0) / 15)) }
    let first = weight([16, 3, 1, 1]) { output, _ in spread[output] }
    let second = weight([16, 1, 3, 3]) { output, _ in spread[15 - output] / spread[output] }
    let third = weight([8, 16, 1, 1]) { _, input in 1 / spread[15 - input] }
    let last = weight([4, 8, 1, 1]) { _, _ in 1 }
    var value = input
    for (name, weight, kernel, groups) in [
      ("expand", first, 1, 1), ("depthwise", second, 3, 16), ("project", third, 1, 1), ("last", last, 1, 1),
    ] {
      let pad = kernel / 2
      let window = Window(kernel: [kernel, kernel], padBegin: [pad, pad], padEnd: [pad, pad])
      value = try graph.insert(
        Convolution(window: window, groups: groups), name: name, inputs: [value, weight])[0]
      if name != "last" { value = try graph.insert(Unary(.relu), name: "\(name).relu", inputs: [value])[0] }
    }
    graph.addOutput("y", value)
    return graph
  }

  /// Of both arrangements: output channels first, and input channels first.
  @Test(arguments: [0, 1])
  func `weights of neighbouring input channels are limited together`(axis: Int) throws {
    let shape = axis == 0 ? [6, 8, 3, 1] : [8, 6]
    let step = axis == 0 ? 3 : 6
    for seed in 0..<20 {
      var floats = RandomInputs.tensors(for: [TensorType(.float32, shape)], seed: UInt64(seed))[0].floats()
      // A sum that meets the limit exactly, however its terms are rounded.
      if seed < 10 { (floats[0], floats[step]) = (3 + Float(seed) / 9, 5 - Float(seed) / 9) }
      let weight = Tensor(shape: shape, floats: floats)
      let inner = shape[(axis + 1)...].reduce(1, *)
      func codes(limitsPairs: Bool) throws -> (codes: [Int], scales: [Float]) {
        let quantized = try #require(weight.quantized(along: axis, limitsPairs: limitsPairs)?.narrow(along: axis))
        return (quantized.codes.bytes.map { Int(Int8(bitPattern: $0)) }, quantized.scales)
      }
      let (free, limited) = (try codes(limitsPairs: false), try codes(limitsPairs: true))
      for first in stride(from: 0, to: floats.count, by: 2 * step) {
        for place in first..<first + step {
          let (left, right) = (limited.codes[place], limited.codes[place + step])
          #expect(left * right <= 0 || abs(left + right) <= 128)
        }
      }
      for (index, float) in floats.enumerated() {
        let scale = limited.scales[index / inner % shape[axis]]
        let most: Float = 0.51 + (seed < 10 ? 0.5 : 0)
        #expect(abs(Float(limited.codes[index]) * scale - float) <= most * scale)
      }
      for (narrow, wide) in zip(limited.scales, free.scales) { #expect(narrow >= wide && narrow <= 2 * wide) }
    }
    // An odd number of input channels has no pairs.
    let odd = Tensor(shape: [1, 3], floats: [1, 1, 1])
    #expect(odd.quantized(along: 0, limitsPairs: true)?.floats() == [1, 1, 1])
  }

  @Test(arguments: [false, true])
  func `rounding doesn't shift means where biases are corrected`(limitsPairs: Bool) throws {
    let graph = try spreadNetwork()
    let folded = try Passes.foldedForQuantization(graph)
    let id = try #require(folded.nodeIDs.first { folded[$0].name == "project" })
    let means = (0..<16).map { Double($0) + 1 }
    let correction = try #require(
      CorrectBiases.correction(
        of: id, in: folded, means: means, limitsPairs: limitsPairs))
    let weight = try #require(folded.constant(folded[id].inputs[1]))
    let rounded = try #require(weight.quantized(along: 0, limitsPairs: limitsPairs)).floats()
    for output in 0..<8 {
      let shift = (0..<16).reduce(0.0) {
        $0 + Double(rounded[output * 16 + $1] - weight.floats()[output * 16 + $1]) * means[$1]
      }
      #expect(abs(shift + Double(correction[output])) <= 1e-6 * max(1, abs(shift)))
    }
  }

  private func digitsModel() throws -> Graph {
    try ONNXImporter.importGraph(at: Self.digits.appending(path: "digits.onnx").path)
  }

  @Test func `digits in int8 reads what digits reads`() throws {
    let model = try digitsModel()
    let calibration = try Calibration(of: model)
    let inputs = try CalibrationInputs(
      folder: Self.digits.appending(path: "calibration").path, for: NetworkInterface(model))
    let calibrated = try calibration.result(on: inputs) { try Interpreter(calibration.graph).run($0) }
    let plan = calibrated.plan
    let quantized = try Passes.run(on: model, options: PassOptions(quantization: plan)).graph

    let operations = quantized.nodeIDs.map { quantized[$0].operation }
    // All layers; the last one's scores stay real numbers.
    let convolutions = operations.compactMap { $0 as? RequantizedConvolution }
    #expect(convolutions.count == 7 && convolutions.count { $0.result == nil } == 1)
    #expect(operations.count { $0 is RequantizedSum } == 1)
    #expect(!operations.contains { $0 is Convolution || $0 is Linear })

    var loss = QuantizationLoss()
    for name in ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"] {
      let image = try Npy.read(Self.digits.appending(path: "\(name).npy").path)
      loss.add(try Interpreter(model).run([image])[0], try Interpreter(quantized).run([image])[0])
    }
    #expect(loss.agreeingCount == 10 && loss.outputCount == 10)
    #expect(loss.decibels > 25)
  }

  @Test func `switches turn each quantisation of digits on and off, and mixed keeps what it is told to`() throws {
    let model = try digitsModel()
    let calibration = try Calibration(of: model)
    let inputs = try CalibrationInputs(
      folder: Self.digits.appending(path: "calibration").path, for: NetworkInterface(model))
    let few = CalibrationInputs(samples: inputs.spread(6))
    let calibrated = try calibration.result(on: few) { try Interpreter(calibration.graph).run($0) }
    let switched = try calibration.switched(calibrated.plan)
    let network = try SwitchedNetwork(calibration.sites, on: few.samples) { try Interpreter(switched).run($0) }
    let off = try network.losses([SwitchedNetwork.Switches()], sampleCount: 6)[0]
    #expect(off.noise == 0 && off.outputCount == 6)

    // All on is what integers compute, but for how sums round.
    let sites = calibration.sites
    let all = try network.losses(
      [sites.switches(integerLayers: Set(sites.layers.indices))], sampleCount: 6)[0]
    let quantized = try Passes.runBeforeLayout(on: model, options: PassOptions(quantization: calibrated.plan))
    var loss = QuantizationLoss()
    for sample in few.samples {
      loss.add(try Interpreter(model).run(sample)[0], try Interpreter(quantized).run(sample)[0])
    }
    #expect(abs(all.decibels - loss.decibels) < 3)

    let analysis = PrecisionAnalysis(calibration, calibrated, network, for: HostTarget.detect())
    let wanted = all.decibels + 6
    let mixed = try analysis.result(for: PrecisionGoal(decibels: wanted))
    #expect(mixed.plan.layers.count > 0 && mixed.plan.layers.count <= sites.layers.count)
    #expect(mixed.report.layers.allSatisfy { $0.microseconds > 0 && $0.clippedShare < 0.1 })
    let better = try Passes.runBeforeLayout(on: model, options: PassOptions(quantization: mixed.plan))
    var rest = QuantizationLoss()
    for sample in few.samples {
      rest.add(try Interpreter(model).run(sample)[0], try Interpreter(better).run(sample)[0])
    }
    #expect(rest.decibels >= wanted)
    #expect(try analysis.result(for: nil).plan == calibrated.plan)
  }

  @Test func `ports take numbers of 8 bits or real ones`() throws {
    let model = try digitsModel()
    let calibration = try Calibration(of: model)
    let inputs = CalibrationInputs(samples: [[try Npy.read(Self.digits.appending(path: "seven.npy").path)]])
    let plan = try calibration.result(on: inputs) { try Interpreter(calibration.graph).run($0) }.plan
    let options = PassOptions(quantization: plan, portElements: .native)
    let native = try Passes.runBeforeLayout(on: model, options: options)
    #expect(native.type(of: native.inputs[0]) == TensorType(.int8, [1, 1, 8, 8]))
    let quantization = try #require(plan.tensors["image"])
    let numbers = inputs.samples[0][0].floats().map { number in
      min(max(Int((number / quantization.scale).rounded(.toNearestOrEven)) + quantization.zeroPoint, -128), 127)
    }
    let real = try Passes.runBeforeLayout(on: model, options: PassOptions(quantization: plan))
    let taken = try Interpreter(native).run([Tensor(shape: [1, 1, 8, 8], integers: numbers, as: .int8)])
    #expect(try taken[0].floats() == Interpreter(real).run(inputs.samples[0])[0].floats())
    // And back: what was native takes real numbers again.
    var described = try Passes.describingPorts(of: model, options: options)
    try SetPorts(.float32).run(on: &described)
    #expect(described.type(of: described.inputs[0]) == TensorType(.float32, [1, 1, 8, 8]))
    let back = try Interpreter(described).run(inputs.samples[0])[0].floats()
    #expect(zip(back, try Interpreter(real).run(inputs.samples[0])[0].floats()).allSatisfy { abs($0 - $1) < 0.02 })
  }
}
