import KilnEmission
import KilnGraph
import KilnPasses
import Testing

/// Padding that moves into convolutions and poolings.
struct FoldPaddingTests {
  @Test(arguments: cases) func `folds padding`(_ row: PassCase) throws { try row.check() }

  /// Pads rows by 1 and 0, columns by 0 and 1.
  static func pad(_ x: ValueID, _ mode: Pad.Mode, _ builder: inout GraphBuilder) throws -> ValueID {
    try builder.node(Pad(begin: [0, 0, 1, 0], end: [0, 0, 0, 1], mode: mode), [x])
  }

  static let window = Window(kernel: [3, 2], strides: [2, 1])
  static let paddedWindow = Window(kernel: [3, 2], padBegin: [1, 0], padEnd: [0, 0])

  static func row(
    _ name: String, expect expected: [String], mode: Pad.Mode = .constant(0),
    _ reader: @escaping @Sendable (inout GraphBuilder, ValueID) throws -> ValueID
  ) -> PassCase {
    PassCase(name, [FoldPadding()], expect: expected) {
      let padded = try pad($0.input([1, 2, 5, 6]), mode, &$0)
      return $0.finished(try reader(&$0, padded))
    }
  }

  static let cases: [PassCase] = [
    row("zeros, conv", expect: ["Conv"]) { try $0.conv($1, 3, stride: 2, pad: 1) },
    row("ones, conv", expect: ["Pad", "Conv"], mode: .constant(1)) { try $0.conv($1, 3) },
    row("reflection, conv", expect: ["Pad", "Conv"], mode: .reflect) { try $0.conv($1, 3) },
    row("replication, conv", expect: ["Pad", "Conv"], mode: .edge) { try $0.conv($1, 3) },
    row("repetition, conv", expect: ["Pad", "Conv"], mode: .wrap) { try $0.conv($1, 3) },
    row("zeros, transposed conv", expect: ["Pad", "ConvTranspose"]) { try $0.transposedConv($1, 3) },
    row("minus infinity, maximum", expect: ["MaxPool"], mode: .constant(-.infinity)) {
      try $0.node(Pool(.maximum, window: window), [$1])
    },
    row("minus infinity, maximum rounded up", expect: ["MaxPool"], mode: .constant(-.infinity)) {
      try $0.node(Pool(.maximum, window: Window(kernel: [3, 3], strides: [2, 2]), roundsUp: true), [$1])
    },
    row("zeros, maximum", expect: ["Pad", "MaxPool"]) { try $0.node(Pool(.maximum, window: window), [$1]) },
    row("minus infinity, window without image", expect: ["Pad", "MaxPool"], mode: .constant(-.infinity)) {
      try $0.node(Pool(.maximum, window: Window(kernel: [1, 1])), [$1])
    },
    row("zeros, average", expect: ["AveragePool"]) {
      try $0.node(Pool(.average(countsPadding: false), window: window), [$1])
    },
    row("zeros, padded average that counts padding", expect: ["AveragePool"]) {
      try $0.node(Pool(.average(countsPadding: true), window: paddedWindow), [$1])
    },
    row("zeros, padded average that doesn't count padding", expect: ["Pad", "AveragePool"]) {
      try $0.node(Pool(.average(countsPadding: false), window: paddedWindow), [$1])
    },
    row("zeros, average rounded up", expect: ["Pad", "AveragePool"]) {
      try $0.node(Pool(.average(countsPadding: true), window: window, roundsUp: true), [$1])
    },
    PassCase("zeros, maximum behind ReLU", [FoldPadding()], expect: ["Relu", "MaxPool"]) {
      let padded = try pad(try $0.relu($0.input([1, 2, 5, 6])), .constant(0), &$0)
      return $0.finished(try $0.node(Pool(.maximum, window: window), [padded]))
    },
    PassCase("two convs", [FoldPadding()], expect: ["Conv", "Conv"]) {
      let padded = try pad($0.input([1, 2, 5, 6]), .constant(0), &$0)
      return $0.finished(try $0.conv(padded, 3), try $0.conv(padded, 1))
    },
    PassCase("a reader that can't", [FoldPadding()], expect: ["Pad", "Conv", "Relu"]) {
      let padded = try pad($0.input([1, 2, 5, 6]), .constant(0), &$0)
      return $0.finished(try $0.conv(padded, 3), try $0.relu(padded))
    },
    PassCase("a result of the network", [FoldPadding()], expect: ["Pad", "Conv"]) {
      let padded = try pad($0.input([1, 2, 5, 6]), .constant(0), &$0)
      return $0.finished(try $0.conv(padded, 3), padded)
    },
    PassCase("twice", [FoldPadding()], expect: ["Conv"]) {
      let padded = try pad(try pad($0.input([1, 2, 5, 6]), .constant(0), &$0), .constant(0), &$0)
      return $0.finished(try $0.conv(padded, 3))
    },
    PassCase("cropping", [FoldPadding()], expect: ["Pad", "Conv"]) {
      let pad = Pad(begin: [0, 0, -1, 0], end: [0, 0, 0, 1], mode: .constant(0))
      return $0.finished(try $0.conv(try $0.node(pad, [$0.input([1, 2, 5, 6])]), 3))
    },
    PassCase("padded channels", [FoldPadding()], expect: ["Pad", "Conv"]) {
      let pad = Pad(begin: [0, 1, 1, 0], end: [0, 0, 0, 1], mode: .constant(0))
      return $0.finished(try $0.conv(try $0.node(pad, [$0.input([1, 2, 5, 6])]), 3))
    },
  ]
}
