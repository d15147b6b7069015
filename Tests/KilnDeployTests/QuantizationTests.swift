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
    return range.quantization
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

  @Test func `a plan is read as it is written, and refused line by line`() throws {
    let plan = QuantizationPlan(tensors: [
      "a b": TensorQuantization(scale: 0.015625, zeroPoint: -128), "c": TensorQuantization(scale: 3e-7, zeroPoint: 127),
    ])
    #expect(try QuantizationPlan(text: plan.fileText, path: "p", names: ["a b", "c", "d"]) == plan)
    for (text, reason) in [
      ("0.5 3", "p:1: a line has"), ("# \n\nx 3 c", "p:3: the scale 'x'"), ("0 3 c", "p:1: the scale '0'"),
      ("nan 3 c", "the scale"), ("inf 3 c", "the scale"), ("1 128 c", "the zero point '128'"),
      ("1 1.5 c", "the zero point"), ("1 3 e", "no tensor 'e'"), ("1 3 c\n2 3 c", "p:2: 'c' has a line already"),
    ] {
      let error = #expect(throws: FileError.self) { try QuantizationPlan(text: text, path: "p", names: ["c"]) }
      #expect("\(error.map { "\($0)" } ?? "")".contains(reason))
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
    let plan = try calibration.plan(on: inputs) { try Interpreter(calibration.graph).run($0) }
    let quantized = try Passes.run(on: model, options: PassOptions(quantization: plan)).graph

    let operations = quantized.nodeIDs.map { quantized[$0].operation }
    // All but the last layer, whose scores stay real numbers.
    #expect(operations.count { $0 is RequantizedConvolution } == 6)
    #expect(operations.count { $0 is RequantizedSum } == 1)
    #expect(operations.count { $0 is Convolution } == 0 && operations.count { $0 is Linear } == 1)

    var loss = QuantizationLoss()
    for name in ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"] {
      let image = try Npy.read(Self.digits.appending(path: "\(name).npy").path)
      loss.add(try Interpreter(model).run([image])[0], try Interpreter(quantized).run([image])[0])
    }
    #expect(loss.agreeingCount == 10 && loss.outputCount == 10)
    #expect(loss.decibels > 25)
  }
}
