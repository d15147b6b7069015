import KilnGraph
import KilnPasses
import Testing

/// RepVGG's training form and its relatives.
struct MergeParallelBranchesTests {
  @Test(arguments: merged) func `merges`(_ row: PassCase) throws { try row.check() }
  @Test(arguments: kept) func `keeps`(_ row: PassCase) throws { try row.check() }

  static let pass: [any Pass] = [MergeParallelBranches()]

  static let merged = blocks + others

  static let blocks: [PassCase] = [1, 2, 4].map { groups in
    PassCase("RepVGG block, \(groups) groups", pass, expect: ["Conv"]) {
      let x = $0.input([1, 4, 5, 6])
      let dense = try $0.batchNorm(try $0.conv(x, 4, pad: 1, groups: groups, bias: false))
      let pointwise = try $0.batchNorm(try $0.conv(x, 4, kernel: 1, groups: groups, bias: false))
      return $0.finished(try $0.add(try $0.add(dense, pointwise), try $0.batchNorm(x)))
    }
  }

  static let others: [PassCase] = [
    PassCase("RepVGG block with stride", pass, expect: ["Conv"]) {
      let x = $0.input([1, 3, 8, 7])
      let pointwise = try $0.batchNorm(try $0.conv(x, 4, kernel: 1, stride: 2))
      return $0.finished(try $0.add(pointwise, try $0.batchNorm(try $0.conv(x, 4, stride: 2, pad: 1))))
    },
    PassCase("alpha, 5x5, identity without batch norm, batch norm behind", pass, expect: ["Conv", "Relu"]) {
      let x = $0.input([2, 3, 6, 6])
      let wide = try $0.conv(x, 3, kernel: 5, pad: 2)
      let scaled = try $0.binary(.multiply, $0.scalar(0.3), try $0.batchNorm(try $0.conv(x, 3, kernel: 1)))
      let sum = try $0.add(x, try $0.add(wide, scaled))
      return $0.finished(try $0.relu(try $0.batchNorm(sum)))
    },
    PassCase("alpha in front of a 1x1", pass, expect: ["Conv"]) {
      let x = $0.input([2, 3, 6, 6])
      let scaled = try $0.conv(try $0.binary(.multiply, x, $0.scalar(0.3)), 3, kernel: 1)
      return $0.finished(try $0.add(scaled, try $0.conv(x, 3, pad: 1)))
    },
    PassCase("asymmetric block: 3x3, 1x3, 3x1", pass, expect: ["Conv"]) {
      let x = $0.input([1, 2, 5, 5])
      let row = try $0.conv(x, 3, Window(kernel: [1, 3], padBegin: [0, 1], padEnd: [0, 1]))
      let column = try $0.conv(x, 3, Window(kernel: [3, 1], padBegin: [1, 0], padEnd: [1, 0]))
      return $0.finished(try $0.add(try $0.add(row, try $0.conv(x, 3, pad: 1)), column))
    },
    PassCase("dilated", pass, expect: ["Conv"]) {
      let x = $0.input([1, 2, 7, 7])
      return $0.finished(try $0.add(try $0.conv(x, 2, pad: 2, dilation: 2), try $0.conv(x, 2, kernel: 1)))
    },
    PassCase("one side padded", pass, expect: ["Conv"]) {
      let x = $0.input([1, 2, 6, 6])
      let even = try $0.conv(x, 2, Window(kernel: [2, 2], padBegin: [1, 0], padEnd: [0, 1]))
      return $0.finished(try $0.add(try $0.conv(x, 2, pad: 1), even))
    },
    PassCase("MobileOne: three depthwise branches", pass, expect: ["Conv"]) {
      let x = $0.input([1, 4, 5, 5])
      var sum = try $0.batchNorm(x)
      for _ in 0..<3 { sum = try $0.add(sum, try $0.batchNorm(try $0.conv(x, 4, pad: 1, groups: 4))) }
      return $0.finished(sum)
    },
    PassCase("fully connected", pass, expect: ["Linear"]) {
      let x = $0.input([2, 4])
      return $0.finished(try $0.add(try $0.add(try $0.linear(x, 4), x), try $0.linear(x, 4)))
    },
    PassCase("a branch with another input stays", pass, expect: ["Conv", "Add"]) {
      let (x, z) = ($0.input([1, 2, 5, 5]), $0.input([1, 2, 5, 5]))
      return $0.finished(try $0.add(try $0.add(try $0.conv(x, 2, pad: 1), z), try $0.conv(x, 2, kernel: 1)))
    },
    PassCase("a dense 1x1 beside grouped branches stays", pass, expect: ["Conv", "Conv", "Add"]) {
      let x = $0.input([1, 4, 5, 5])
      let grouped = try $0.add(try $0.conv(x, 4, pad: 1, groups: 2), try $0.batchNorm(x))
      return $0.finished(try $0.add(try $0.conv(x, 4, kernel: 1), grouped))
    },
    PassCase("grouped and dense where dense costs no more", pass, expect: ["Conv"]) {
      let x = $0.input([1, 4, 5, 5])
      return $0.finished(try $0.add(try $0.conv(x, 4, pad: 1), try $0.conv(x, 4, kernel: 1, groups: 2)))
    },
  ]

  static let kept: [PassCase] = [
    PassCase("residual block", pass, expect: ["Conv", "Conv", "Add"]) {
      let x = $0.input([1, 2, 5, 5])
      return $0.finished(try $0.add(try $0.conv(try $0.conv(x, 2, pad: 1), 2, pad: 1), x))
    },
    PassCase("an activation in a branch", pass, expect: ["Conv", "Conv", "Relu", "Add"]) {
      let x = $0.input([1, 2, 5, 5])
      return $0.finished(try $0.add(try $0.conv(x, 2, pad: 1), try $0.relu(try $0.conv(x, 2, kernel: 1))))
    },
    PassCase("a branch that somebody else reads", pass, expect: ["Conv", "Conv", "Add"]) {
      let x = $0.input([1, 2, 5, 5])
      let y = try $0.conv(x, 2, kernel: 1)
      return $0.finished(try $0.add(try $0.conv(x, 2, pad: 1), y), y)
    },
    PassCase("a shift in front of a padded conv", pass, expect: ["Add", "Conv", "Conv", "Add"]) {
      let x = $0.input([2, 3, 6, 6])
      let shifted = try $0.conv(try $0.add(x, $0.scalar(0.3)), 3, pad: 1)
      return $0.finished(try $0.add(shifted, try $0.conv(x, 3, kernel: 1)))
    },
    PassCase("different dilations", pass, expect: ["Conv", "Conv", "Add"]) {
      let x = $0.input([1, 2, 7, 7])
      return $0.finished(try $0.add(try $0.conv(x, 2, pad: 2, dilation: 2), try $0.conv(x, 2, pad: 1)))
    },
    PassCase("a cross that would become a square", pass, expect: ["Conv", "Conv", "Add"]) {
      let x = $0.input([1, 2, 5, 5])
      let row = try $0.conv(x, 3, Window(kernel: [1, 3], padBegin: [0, 1], padEnd: [0, 1]))
      let column = try $0.conv(x, 3, Window(kernel: [3, 1], padBegin: [1, 0], padEnd: [1, 0]))
      return $0.finished(try $0.add(row, column))
    },
    PassCase("a convolution and a transposed one", pass, expect: ["ConvTranspose", "Conv", "Add"]) {
      let x = $0.input([1, 4, 5, 5])
      let transposed = try $0.transposedConv(x, 4, kernel: 3, stride: 1, pad: 1)
      return $0.finished(try $0.add(try $0.conv(x, 4, pad: 1), transposed))
    },
    PassCase("grouped 3x3 and dense 1x1", pass, expect: ["Conv", "Conv", "Add"]) {
      let x = $0.input([1, 4, 5, 5])
      return $0.finished(try $0.add(try $0.conv(x, 4, pad: 1, groups: 4), try $0.conv(x, 4, kernel: 1)))
    },
  ]

  @Test func `the merged layer records its branches`() throws {
    var builder = GraphBuilder()
    let x = builder.input([1, 2, 5, 5])
    let dense = try builder.batchNorm(try builder.conv(x, 2, pad: 1, name: "dense"), name: "dense.norm")
    let pointwise = try builder.conv(x, 2, kernel: 1, name: "pointwise")
    let original = builder.finished(try builder.add(pointwise, dense))
    let result = try rewritten(original, by: Self.pass)
    let node = result[result.nodeIDs[0]]
    #expect(node.name == "dense")
    #expect(node.folded.map(\.operation) == ["BatchNormalization", "Conv", "Add"])
  }
}
