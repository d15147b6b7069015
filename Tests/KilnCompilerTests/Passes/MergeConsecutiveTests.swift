import KilnGraph
import KilnPasses
import Testing

/// Linear layers after linear layers, and poolings over the whole image.
struct MergeConsecutiveTests {
  @Test(arguments: layers) func `merges layers`(_ row: PassCase) throws { try row.check() }
  @Test(arguments: poolings) func `unifies poolings`(_ row: PassCase) throws { try row.check() }

  static let layers: [PassCase] = {
    let pass: [any Pass] = [MergeConsecutiveLinear()]
    return [
      PassCase("1x1, 3x3", pass, expect: ["Conv"]) {
        $0.finished(try $0.conv(try $0.conv($0.input([1, 3, 6, 5]), 8, kernel: 1), 4, stride: 2))
      },
      PassCase("1x1 without bias, padded 3x3", pass, expect: ["Conv"]) {
        $0.finished(try $0.conv(try $0.conv($0.input([1, 3, 6, 5]), 8, kernel: 1, bias: false), 4, pad: 1))
      },
      PassCase("1x1 with bias, padded 3x3", pass, expect: ["Conv", "Conv"]) {
        $0.finished(try $0.conv(try $0.conv($0.input([1, 3, 6, 5]), 8, kernel: 1), 4, pad: 1))
      },
      PassCase("padded 3x3, 1x1", pass, expect: ["Conv"]) {
        $0.finished(try $0.conv(try $0.conv($0.input([1, 2, 6, 5]), 8, pad: 1, dilation: 2), 2, kernel: 1))
      },
      PassCase("three 1x1", pass, expect: ["Conv"]) {
        var y = try $0.conv($0.input([1, 3, 4, 4]), 8, kernel: 1)
        y = try $0.conv(y, 8, kernel: 1, bias: false)
        return $0.finished(try $0.conv(y, 3, kernel: 1))
      },
      PassCase("linear, linear", pass, expect: ["Linear"]) {
        $0.finished(try $0.linear(try $0.linear($0.input([2, 3, 4]), 8), 3))
      },
      PassCase("linear, linear whose weights have the inputs first", pass, expect: ["Linear"]) {
        $0.finished(try $0.linear(try $0.linear($0.input([2, 3, 4]), 8, .inputFirst), 3, .inputFirst))
      },
      PassCase("a bottleneck would cost more", pass, expect: ["Linear", "Linear"]) {
        $0.finished(try $0.linear(try $0.linear($0.input([2, 8]), 2), 8))
      },
      PassCase("3x3, 3x3", pass, expect: ["Conv", "Conv"]) {
        $0.finished(try $0.conv(try $0.conv($0.input([1, 3, 6, 6]), 8), 3))
      },
      PassCase("depthwise, 1x1", pass, expect: ["Conv", "Conv"]) {
        $0.finished(try $0.conv(try $0.conv($0.input([1, 4, 6, 6]), 4, groups: 4), 4, kernel: 1))
      },
      PassCase("several users", pass, expect: ["Linear", "Linear"]) {
        let y = try $0.linear($0.input([2, 4]), 8)
        return $0.finished(try $0.linear(y, 3), y)
      },
    ]
  }()

  static let poolings: [PassCase] = {
    let pass: [any Pass] = [UnifyGlobalPooling()]
    return [
      PassCase("average of the image", pass, expect: ["ReduceMean"]) {
        let pool = Pool(.average(countsPadding: false), window: Window(kernel: [4, 5]))
        return $0.finished(try $0.node(pool, [$0.input([2, 3, 4, 5])]))
      },
      PassCase("maximum of the image", pass, expect: ["ReduceMax"]) {
        $0.finished(try $0.node(Pool(.maximum, window: Window(kernel: [4, 5])), [$0.input([2, 3, 4, 5])]))
      },
      PassCase("a smaller window", pass, expect: ["MaxPool"]) {
        $0.finished(try $0.node(Pool(.maximum, window: Window(kernel: [3, 5])), [$0.input([2, 3, 4, 5])]))
      },
      PassCase("a padded window", pass, expect: ["AveragePool"]) {
        let window = Window(kernel: [4, 5], padBegin: [1, 0], padEnd: [0, 0])
        return $0.finished(try $0.node(Pool(.average(countsPadding: true), window: window), [$0.input([2, 3, 4, 5])]))
      },
      PassCase("axes that are dropped", pass, expect: ["ReduceMean", "Reshape"]) {
        $0.finished(try $0.node(Reduction(.mean, axes: [2, 3], keepsAxes: false), [$0.input([2, 3, 4, 5])]))
      },
      PassCase("one axis, then the other", pass, expect: ["ReduceMean"]) {
        let rows = try $0.node(Reduction(.mean, axes: [3], keepsAxes: true), [$0.input([2, 3, 4, 5])])
        return $0.finished(try $0.node(Reduction(.mean, axes: [2], keepsAxes: true), [rows]))
      },
      PassCase("sums of squares", pass, expect: ["ReduceSumSquare", "ReduceSumSquare"]) {
        let rows = try $0.node(Reduction(.sumOfSquares, axes: [3], keepsAxes: true), [$0.input([2, 3, 4, 5])])
        return $0.finished(try $0.node(Reduction(.sumOfSquares, axes: [2], keepsAxes: true), [rows]))
      },
    ]
  }()

  @Test func `equal constants are shared`() throws {
    var builder = GraphBuilder()
    let x = builder.input([1, 2])
    let one = builder.scalar(1, shape: [2])
    let ones = builder.scalar(1, shape: [2])
    let two = builder.scalar(2, shape: [2])
    let y = try builder.add(try builder.add(try builder.add(x, one), ones), two)
    let result = try rewritten(builder.finished(y), by: [ShareConstants()])
    #expect(result.nodeIDs.map { result[$0].inputs[1] } == [one, one, two])
  }
}
