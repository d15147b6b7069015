import Foundation
import KilnGraph
import KilnPasses

/// A plan as text that people read and edit.
///
/// A line for each tensor with its scale, its zero point and its name: a tensor without a line stays float32, and so do the layers that
/// would read or write it in integers. A line for each layer that has another precision than its tensors say, and for what is done so that
/// little is lost.
extension QuantizationPlan {
  private static let heading = """
    # Kiln's precision plan: edit it, and give it with --precision-plan and without --calibration.
    # SCALE ZERO-POINT TENSOR       this tensor has 8 bits; one without a line stays float32
    # float32 LAYER, float16 LAYER  this layer isn't computed in integers, whatever its tensors are
    # exponents E,E,... LAYER       output channels are divided by 2^E, which the next layer makes up for
    # bias B,B,... LAYER            is added to the biases of a layer in integers, for what rounding shifts
    # pairs                         weights are small enough for AVX2 to add two products in 16 bits
    # random                        ranges come from made inputs: for speed only, never accuracy

    """

  /// The lines of a file: the same plan gives the same text.
  package var fileText: String { Self.heading + text }

  /// The lines without what explains them.
  package var text: String {
    var lines = (isRandom ? ["random"] : []) + (limitsPairs ? ["pairs"] : [])
    lines += layers.sorted { $0.key < $1.key }.map { "\($1.rawValue) \($0)" }
    lines += tensors.sorted { $0.key < $1.key }.map { "\($1.scale) \($1.zeroPoint) \($0)" }
    func list(_ numbers: [some CustomStringConvertible]) -> String {
      numbers.map(\.description).joined(separator: ",")
    }
    lines += exponents.sorted { $0.key < $1.key }.map { "exponents \(list($1)) \($0)" }
    lines += corrections.sorted { $0.key < $1.key }.map { "bias \(list($1)) \($0)" }
    return lines.map { "\($0)\n" }.joined()
  }

  /// Reads a file.
  ///
  /// - Parameter names: what may have a line.
  /// - Throws: `FileError` for a file that can't be read, and for the first line that isn't one of a plan.
  package init(path: String, names: PlanNames) throws(FileError) {
    let file = try Files.read(path)
    let text = withExtendedLifetime(file) { String(decoding: file.bytes, as: UTF8.self) }
    try self.init(text: text, path: path, names: names)
  }

  /// Reads the lines of a file.
  package init(text: String, path: String, names: PlanNames) throws(FileError) {
    self.init()
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let line = line.hasSuffix("\r") ? line.dropLast() : line
      if line.hasPrefix("#") || line.allSatisfy(\.isWhitespace) { continue }
      do {
        try add(line, names)
      } catch {
        throw FileError(.malformed, "\(path):\(index + 1): \(error.reason)")
      }
    }
  }

  private struct Refusal: Error {
    let reason: String
  }

  private mutating func add(_ line: Substring, _ names: PlanNames) throws(Refusal) {
    let word = line.prefix { $0 != " " }
    switch word {
    case "random", "pairs":
      guard line == word else { throw Refusal(reason: "the line '\(word)' has no other words") }
      if word == "random" { isRandom = true } else { limitsPairs = true }
    case "int8":
      throw Refusal(reason: "layers have 8 bits where their tensors have: leave the line out")
    case "float16", "float32":
      guard let precision = LayerPrecision(rawValue: String(word)) else { return }
      let name = try Self.layer(line.dropFirst(word.count + 1), names)
      try Self.put(precision, name, into: &layers)
    case "exponents":
      let (name, numbers) = try Self.list(line, names) { Int($0).flatMap { (-64...64).contains($0) ? $0 : nil } }
      guard names.equalizable.contains(name) else {
        throw Refusal(reason: "the channels of '\(name)' can't be divided: not one layer alone reads them as they are")
      }
      try Self.put(numbers, name, into: &exponents)
    case "bias":
      let (name, numbers) = try Self.list(line, names) { Float($0).flatMap { $0.isFinite ? $0 : nil } }
      try Self.put(numbers, name, into: &corrections)
    default: try addTensor(line, names)
    }
  }

  private mutating func addTensor(_ line: Substring, _ names: PlanNames) throws(Refusal) {
    let fields = line.split(separator: " ", maxSplits: 2)
    guard fields.count == 3 else { throw Refusal(reason: "a line has a scale, a zero point and a tensor's name") }
    guard let scale = Float(fields[0]), scale.isNormal, scale > 0 else {
      throw Refusal(reason: "the scale '\(fields[0])' is no positive number")
    }
    guard let zeroPoint = Int(fields[1]), (-128...127).contains(zeroPoint) else {
      throw Refusal(reason: "the zero point '\(fields[1])' is no integer from -128 to 127")
    }
    let name = String(fields[2])
    guard names.tensors.contains(name) else {
      throw Refusal(reason: "the network has no tensor '\(name)' that could have 8 bits")
    }
    try Self.put(TensorQuantization(scale: scale, zeroPoint: zeroPoint), name, into: &tensors)
  }

  private static func put<Value>(
    _ value: Value, _ name: String, into lines: inout [String: Value]
  ) throws(Refusal) {
    guard lines.updateValue(value, forKey: name) == nil else {
      throw Refusal(reason: "'\(name)' has a line already")
    }
  }

  private static func layer(_ text: Substring, _ names: PlanNames) throws(Refusal) -> String {
    guard names.layers[String(text)] != nil else {
      throw Refusal(reason: "the network has no convolution or fully connected layer '\(text)'")
    }
    return String(text)
  }

  /// The layer and the numbers of a line of three fields, one number for each output channel.
  private static func list<Number>(
    _ line: Substring, _ names: PlanNames, _ number: (Substring) -> Number?
  ) throws(Refusal) -> (layer: String, numbers: [Number]) {
    let fields = line.split(separator: " ", maxSplits: 2)
    guard fields.count == 3 else {
      throw Refusal(reason: "a line with '\(fields[0])' has numbers with commas between them, and a layer's name")
    }
    let name = try layer(fields[2], names)
    let texts = fields[1].split(separator: ",", omittingEmptySubsequences: false)
    guard texts.count == names.layers[name] else {
      throw Refusal(
        reason: "'\(name)' has \(names.layers[name] ?? 0) output channels, the line has \(texts.count) numbers")
    }
    var numbers: [Number] = []
    for text in texts {
      guard let number = number(text) else { throw Refusal(reason: "'\(text)' is no number for '\(fields[0])'") }
      numbers.append(number)
    }
    return (name, numbers)
  }
}
