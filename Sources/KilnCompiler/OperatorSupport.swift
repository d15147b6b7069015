import KilnGraph
import KilnKernels
import KilnLowering
import KilnPasses
import KilnRuntimeSources

/// What becomes of an ONNX operator that is imported, as `kiln operators` lists it.
package enum OperatorSupport: Hashable, Sendable {
  /// It has kernels for these types of computed elements.
  case compiled(Set<ScalarType>)
  /// The reference interpreter computes it; there is no kernel.
  case interpreted
  /// It is worked out while the model is imported, or becomes operators that are listed themselves.
  case resolved

  /// What becomes of an operator of the ONNX standard; `nil` when nobody has said.
  package static func ofStandardOperator(_ name: String) -> OperatorSupport? {
    if resolvedNames.contains(name) { return .resolved }
    return byName[aliases[name] ?? name]
  }

  /// What becomes of an operator of ONNX Runtime's domain `com.microsoft`, of which there are only quantised ones.
  package static func ofMicrosoftOperator(_ name: String) -> OperatorSupport {
    ofStandardOperator(name) ?? .compiled([.int8, .uint8])
  }

  /// Operators that only say what a shape or a constant is, pass their operand on, or are written with others.
  private static let resolvedNames: Set<String> = [
    "Constant", "ConstantOfShape", "Dropout", "EyeLike", "Identity", "If", "Range", "Shape", "Size", "CenterCropPad",
    "Hardmax", "CastLike",
  ]

  /// Operators that become a canonical one of another name.
  private static let aliases: [String: String] = [
    "Flatten": "Reshape", "Squeeze": "Reshape", "Unsqueeze": "Reshape", "Split": "Slice", "Sum": "Add", "Mean": "Add",
    "Gemm": "Linear", "GlobalAveragePool": "AveragePool", "GlobalMaxPool": "MaxPool", "GlobalLpPool": "LpPool",
    "Upsample": "Resize", "BitwiseNot": "BitwiseXor", "InstanceNormalization": "GroupNormalization",
    "RMSNormalization": "LayerNormalization", "Scatter": "ScatterElements", "LogSoftmax": "Softmax",
    "ArgMin": "ArgMax", "BatchNormalization": "ChannelAffine",
  ]

  private static let byName: [String: OperatorSupport] = {
    var support: [String: OperatorSupport] = [:]
    for function in functions {
      let types = ScalarType.allCases.filter { scalar in
        (try? Unary(function).outputTypes(for: [TensorType(scalar, [1])])) != nil
          && (scalar == .float32 && function.vectorFunction != nil || function.elementFunction(scalar) != nil)
      }
      support[function.name] = types.isEmpty ? .interpreted : .compiled(Set(types))
    }
    for function in binaries {
      // A shift, bits and logic have the types that their shape rule lets through.
      let types = Set<ScalarType>.numbers.filter { scalar in
        let type = TensorType(scalar, [1])
        return (try? Binary(function).outputTypes(for: [type, type])) != nil
          && (scalar == .float32 || function.elementFunction(scalar, scalar) != nil)
      }
      support[function.name] = .compiled(types)
    }
    for kind in reductions {
      let types = ScalarType.allCases.filter { scalar in
        let type = TensorType(scalar, [1])
        let reduction = Reduction(kind, axes: [0], keepsAxes: true)
        return (try? reduction.outputTypes(for: [type])) != nil
          && (scalar == .float32
            || Set.numbers.contains(scalar) && ElementReduction(kind, scalar, count: 1) != nil)
      }
      support[Reduction(kind, axes: [], keepsAxes: true).name] = .compiled(Set(types))
    }
    for operation in operations {
      let types = Lowerings.lowering(for: operation)?.elementTypes
      support[operation.name] = types.map { .compiled($0) } ?? .interpreted
    }
    // Passes write these with operators that are compiled.
    support["OneHot"] = .compiled(.numbers)
    support["Trilu"] = .compiled(.anything)
    support["QuantizeLinear"] = .compiled([.float32, .float64, .int32])
    support["DynamicQuantizeLinear"] = .compiled([.float32])
    support["DequantizeLinear"] = .compiled(Set.quantized.union([.int32]))
    for name in ["ConvInteger", "QLinearConv", "QLinearMatMul", "MatMulInteger"] {
      support[name] = .compiled(.quantized)
    }
    // Other types are copied only.
    support["Cast"] = .compiled(.numbers)
    for name in ["AveragePool", "LpPool"] { support[name] = .compiled([.float32]) }
    return support
  }()

  private static let functions: [ScalarFunction] = [
    .relu, .clip(lower: 0, upper: 6), .leakyReLU(slope: 0.1), .sigmoid, .hardSigmoid(alpha: 0.2, beta: 0.5), .silu,
    .hardSwish, .tanh, .elu(alpha: 1), .selu(alpha: 1, gamma: 1), .celu(alpha: 1), .thresholdedReLU(alpha: 1),
    .softplus, .softsign, .mish, .gelu(approximate: false), .shrink(lambda: 0.5, bias: 0), .absolute, .negate, .sign,
    .reciprocal, .exponential, .logarithm, .squareRoot, .errorFunction, .floor, .ceiling, .round, .sine, .cosine,
    .tangent, .arcSine, .arcCosine, .arcTangent, .hyperbolicSine, .hyperbolicCosine, .arcHyperbolicSine,
    .arcHyperbolicCosine, .arcHyperbolicTangent, .not, .isNaN, .isInfinite(positive: true, negative: true),
  ]

  private static let binaries: [Binary.Function] = [
    .add, .subtract, .multiply, .divide, .power, .minimum, .maximum, .modulo, .parametricReLU, .equal, .less,
    .lessOrEqual, .greater, .greaterOrEqual, .and, .or, .exclusiveOr, .bitwiseAnd, .bitwiseOr, .bitwiseExclusiveOr,
    .shiftLeft,
  ]

  private static let reductions: [Reduction.Kind] = [
    .sum, .mean, .maximum, .minimum, .product, .l1, .l2, .sumOfSquares, .logSum, .logSumExp,
  ]

  /// One of each other operator.
  private static let operations: [any Operator] = {
    let window = Window(kernel: [1, 1])
    return [
      ArgReduction(findsMinimum: false, axis: 0, keepsAxis: true, selectsLast: false), Cast(to: .float32),
      ChannelAffine(axis: 1), Concat(axis: 0), Convolution(window: window), CumulativeSum(axis: 0),
      DepthToSpace(block: 1, channelIsOuter: false), DequantizeLinear(), DynamicQuantizeLinear(), Expand(to: []),
      Gather(axis: 0), GatherElements(axis: 0), GatherND(), GroupNormalization(groups: 1, epsilon: 0),
      IntegerConvolution(window: window), IntegerMatMul(), LayerNormalization(axis: 0, epsilon: 0), Linear(),
      LocalResponseNormalization(size: 1, alpha: 0, beta: 0, bias: 1), LpNormalization(axis: 0, p: 2), MatMul(),
      MeanVarianceNormalization(axes: []), Pad(begin: [], end: [], mode: .edge), Pool(.maximum, window: window),
      QuantizedConvolution(window: window), QuantizedMatMul(), QuantizeLinear(to: .uint8), Reshape(to: []),
      Resize(to: [], scales: [], coordinates: .halfPixel, interpolation: .linear(antialias: false)),
      ScatterElements(axis: 0), ScatterND(), Select(), Slice(starts: [], counts: []), Softmax(axis: 0),
      SpaceToDepth(block: 1), Tile([]), TopK(axis: 0, count: 1), Transpose([]), TransposedConvolution(window: window),
    ]
  }()
}
