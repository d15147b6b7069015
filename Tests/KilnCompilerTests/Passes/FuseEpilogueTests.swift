import KilnGraph
import KilnPasses
import Testing

/// Activations and residuals that move into what produces them.
struct FuseEpilogueTests {
  @Test(arguments: activations) func `fuses activations`(_ row: PassCase) throws { try row.check() }
  @Test(arguments: residuals) func `fuses residuals`(_ row: PassCase) throws { try row.check() }
  @Test(arguments: recognized) func `recognizes activations`(_ row: PassCase) throws { try row.check() }

  static let fusible: [ScalarFunction] = [
    .relu, .clip(lower: 0, upper: 6), .leakyReLU(slope: 0.1), .sigmoid, .hardSigmoid(alpha: 0.2, beta: 0.5), .silu,
    .hardSwish, .tanh,
  ]

  static let activations: [PassCase] = {
    let pass: [any Pass] = [FuseActivations()]
    return fusible.map { function in
      PassCase("conv, \(function)", pass, expect: ["Conv+\(function.name)"]) {
        $0.finished(try $0.unary(function, try $0.conv($0.input([1, 3, 4, 4]), 4)))
      }
    } + [
      PassCase("transposed conv", pass, expect: ["ConvTranspose+Relu"]) {
        $0.finished(try $0.relu(try $0.transposedConv($0.input([1, 3, 4, 4]), 4)))
      },
      PassCase("linear", pass, expect: ["Linear+Tanh"]) {
        $0.finished(try $0.unary(.tanh, try $0.linear($0.input([2, 3]), 4)))
      },
      PassCase("PReLU, one slope per channel", pass, expect: ["Conv+PRelu"]) {
        let y = try $0.conv($0.input([1, 3, 4, 4]), 4)
        return $0.finished(try $0.binary(.parametricReLU, y, $0.constant([4, 1, 1])))
      },
      PassCase("PReLU, one slope a feature", pass, expect: ["Linear+PRelu"]) {
        let y = try $0.linear($0.input([2, 3]), 4)
        return $0.finished(try $0.binary(.parametricReLU, y, $0.constant([1, 4])))
      },
      PassCase("PReLU, one slope", pass, expect: ["Conv+PRelu"]) {
        let y = try $0.conv($0.input([1, 3, 4, 4]), 4)
        return $0.finished(try $0.binary(.parametricReLU, y, $0.constant([1, 1, 1])))
      },
      PassCase("PReLU along another axis", pass, expect: ["Conv", "PRelu"]) {
        let y = try $0.conv($0.input([1, 3, 4, 4]), 4, pad: 1)
        return $0.finished(try $0.binary(.parametricReLU, y, $0.constant([4])))
      },
      PassCase("PReLU with a computed slope", pass, expect: ["Conv", "PRelu"]) {
        let y = try $0.conv($0.input([1, 3, 4, 4]), 4)
        return $0.finished(try $0.binary(.parametricReLU, y, $0.input([4, 1, 1])))
      },
      PassCase("another function", pass, expect: ["Conv", "Elu"]) {
        $0.finished(try $0.unary(.elu(alpha: 1), try $0.conv($0.input([1, 3, 4, 4]), 4)))
      },
      PassCase("a second activation", pass, expect: ["Conv+Relu", "Tanh"]) {
        $0.finished(try $0.unary(.tanh, try $0.relu(try $0.conv($0.input([1, 3, 4, 4]), 4))))
      },
      PassCase("several users", pass, expect: ["Conv", "Relu", "Tanh"]) {
        let y = try $0.conv($0.input([1, 3, 4, 4]), 4)
        return $0.finished(try $0.relu(y), try $0.unary(.tanh, y))
      },
      PassCase("a result of the network", pass, expect: ["Conv", "Relu"]) {
        let y = try $0.conv($0.input([1, 3, 4, 4]), 4)
        return $0.finished(try $0.relu(y), y)
      },
    ]
  }()

  static let residuals: [PassCase] = {
    let pass: [any Pass] = [FuseActivations(), FuseResiduals(), FuseActivations()]
    return [
      PassCase("conv + x, ReLU", pass, expect: ["Conv+add+Relu"]) {
        let x = $0.input([1, 4, 4, 4])
        return $0.finished(try $0.relu(try $0.add(try $0.conv(x, 4, pad: 1), x)))
      },
      PassCase("x + conv", pass, expect: ["Conv+add"]) {
        let x = $0.input([1, 4, 4, 4])
        return $0.finished(try $0.add(x, try $0.conv(x, 4, pad: 1)))
      },
      PassCase("the addend comes later", pass, expect: ["Sigmoid", "Conv+add"]) {
        let x = $0.input([1, 4, 4, 4])
        let y = try $0.conv(x, 4, pad: 1)
        return $0.finished(try $0.add(y, try $0.unary(.sigmoid, x)))
      },
      PassCase("two convs", pass, expect: ["Conv", "Conv+add+Relu"]) {
        let x = $0.input([1, 4, 4, 4])
        return $0.finished(try $0.relu(try $0.add(try $0.conv(x, 4), try $0.conv(x, 4))))
      },
      PassCase("activation, then addition", pass, expect: ["Conv+Swish+add"]) {
        let x = $0.input([1, 4, 4, 4])
        return $0.finished(try $0.add(try $0.unary(.silu, try $0.conv(x, 4, pad: 1)), x))
      },
      PassCase("activation, addition, activation", pass, expect: ["Conv+Swish+add", "Relu"]) {
        let x = $0.input([1, 4, 4, 4])
        return $0.finished(try $0.relu(try $0.add(try $0.unary(.silu, try $0.conv(x, 4, pad: 1)), x)))
      },
      PassCase("the conv without activation takes the residual", pass, expect: ["Conv+Swish", "Conv+add+Relu"]) {
        let x = $0.input([1, 4, 4, 4])
        let plain = try $0.conv(x, 4)
        return $0.finished(try $0.relu(try $0.add(plain, try $0.unary(.silu, try $0.conv(x, 4)))))
      },
      PassCase("broadcast addend", pass, expect: ["Conv", "Add"]) {
        let y = try $0.conv($0.input([1, 4, 4, 4]), 4)
        return $0.finished(try $0.add(y, $0.input([1, 4, 1, 1])))
      },
      PassCase("broadcast conv", pass, expect: ["Conv", "Add"]) {
        let y = try $0.conv($0.input([1, 4, 1, 1]), 4, kernel: 1)
        return $0.finished(try $0.add(y, $0.input([1, 4, 4, 4])))
      },
      PassCase("added to itself", pass, expect: ["Conv", "Add"]) {
        let y = try $0.conv($0.input([1, 4, 4, 4]), 4)
        return $0.finished(try $0.add(y, y))
      },
      PassCase("several users", pass, expect: ["Conv", "Add"]) {
        let x = $0.input([1, 4, 4, 4])
        let y = try $0.conv(x, 4, pad: 1)
        return $0.finished(try $0.add(y, x), y)
      },
      PassCase("linear", pass, expect: ["Linear+add+Relu"]) {
        let x = $0.input([2, 4])
        return $0.finished(try $0.relu(try $0.add(try $0.linear(x, 4), x)))
      },
    ]
  }()

  static let recognized: [PassCase] = {
    let pass: [any Pass] = [RecognizeClips(), RecognizeHardSigmoid(), RecognizeGates()]
    func product(
      _ name: String, expect expected: [String],
      _ gate: @escaping @Sendable (inout GraphBuilder, ValueID) throws -> ValueID
    ) -> PassCase {
      PassCase(name, pass, expect: expected) {
        let x = $0.input([2, 3, 4])
        return $0.finished(try $0.binary(.multiply, try gate(&$0, x), x))
      }
    }
    return [
      product("x * sigmoid(x)", expect: ["Swish"]) { try $0.unary(.sigmoid, $1) },
      product("x * hardSigmoid(x)", expect: ["HardSwish"]) {
        try $0.unary(.hardSigmoid(alpha: Double(Float(1) / 6), beta: 0.5), $1)
      },
      product("x * hardSigmoid(x) of another slope", expect: ["HardSigmoid", "Mul"]) {
        try $0.unary(.hardSigmoid(alpha: 0.2, beta: 0.5), $1)
      },
      product("x * (clip(x + 3) / 6)", expect: ["HardSwish"]) {
        let clipped = try $0.unary(.clip(lower: 0, upper: 6), try $0.add($1, $0.scalar(3)))
        return try $0.binary(.divide, clipped, $0.scalar(6))
      },
      product("x * tanh(softplus(x))", expect: ["Mish"]) { try $0.unary(.tanh, try $0.unary(.softplus, $1)) },
      product("x * sigmoid(y)", expect: ["Relu", "Sigmoid", "Mul"]) {
        try $0.unary(.sigmoid, try $0.relu($1))
      },
      PassCase("x * clip(x + 3) / 6", pass, expect: ["HardSwish"]) {
        let x = $0.input([2, 3, 4])
        let clipped = try $0.unary(.clip(lower: 0, upper: 6), try $0.add(x, $0.scalar(3)))
        return $0.finished(try $0.binary(.divide, try $0.binary(.multiply, x, clipped), $0.scalar(6)))
      },
      PassCase("max(x, 0) and min(x, 6)", pass, expect: ["Clip"]) {
        let lower = try $0.binary(.maximum, $0.scalar(0), $0.input([2, 3]))
        return $0.finished(try $0.binary(.minimum, lower, $0.scalar(6, shape: [1, 1])))
      },
      PassCase("max(x, 0)", pass, expect: ["Relu"]) {
        $0.finished(try $0.binary(.maximum, $0.input([2, 3]), $0.scalar(0)))
      },
      PassCase("max(x, a * x)", pass, expect: ["LeakyRelu"]) {
        let x = $0.input([2, 3])
        return $0.finished(try $0.binary(.maximum, try $0.binary(.multiply, $0.scalar(0.2), x), x))
      },
      PassCase("max(x, a * x) with a large factor", pass, expect: ["Mul", "Max"]) {
        let x = $0.input([2, 3])
        return $0.finished(try $0.binary(.maximum, try $0.binary(.multiply, $0.scalar(2), x), x))
      },
      PassCase("max with bounds that vary", pass, expect: ["Max"]) {
        $0.finished(try $0.binary(.maximum, $0.input([2, 3]), $0.constant([3])))
      },
      PassCase("clips that do not overlap", pass, expect: ["Clip"]) {
        let inner = try $0.unary(.clip(lower: 3, upper: 5), $0.input([2, 3]))
        return $0.finished(try $0.unary(.clip(lower: -1, upper: 1), inner))
      },
      PassCase("PReLU with one slope", pass, expect: ["LeakyRelu"]) {
        $0.finished(try $0.binary(.parametricReLU, $0.input([2, 3]), $0.scalar(0.3, shape: [1])))
      },
      PassCase("an inner clip that somebody else reads", pass, expect: ["Clip", "Relu", "Neg"]) {
        let inner = try $0.unary(.clip(lower: -3, upper: 5), $0.input([2, 3]))
        return $0.finished(try $0.relu(inner), try $0.unary(.negate, inner))
      },
    ]
  }()
}
