import KilnGraph
import KilnRuntimeSources

/// An elementwise function of tensors of any element types, broadcast as in NumPy: one call a piece of the loop nest.
struct ScalarLoop {
  /// The kernel: `mapScalars`, `combineScalars` or `selectScalars`.
  var function: String
  /// What is read.
  var inputs: [ValueID]
  /// What is written.
  var output: ValueID
  /// The function of the elements `$0`, `$1`, … as Swift source; `nil` when the kernel has none.
  var formula: String?
  /// The files of the runtime that the kernel and the function are in.
  var files: Set<RuntimeFile> = [.scalars, .numbers]

  /// The calls.
  func calls(_ context: inout LoweringContext) -> [KernelCall] {
    let shape = context.graph.type(of: output).shape
    var nest = LoopNest(
      shape, inputs.map { context.strides(of: $0, broadcastTo: shape) } + [context.strides(of: output)])
    if nest.isEmpty { return [] }
    let run = nest.removeInnermost { _ in true }
    return nest.pieces().map { offsets, axes in
      var arguments: [KernelCall.Argument] = []
      for (index, input) in inputs.enumerated() {
        arguments.append(.init(nil, context.source(input, offset: offsets[index])))
        arguments += [.init(nil, axes.strides(of: index)), .init("step", .integer(run.strides[index]))]
      }
      let last = inputs.count
      arguments += [
        .init("to", .destination(output, offset: offsets[last])), .init(nil, axes.strides(of: last)),
        .init("step", .integer(run.strides[last])), .init("shape", axes.extents),
        .init("count", .integer(run.extent)),
      ]
      if let formula { arguments.append(.init(nil, .code("{ \(formula) }"))) }
      return KernelCall(function, arguments, files: files)
    }
  }
}

extension KernelCall.Value {
  /// A number as a literal of an element type: rounded to float32, or truncated and limited to the integers there are.
  static func number(_ value: Double, as scalar: ScalarType) -> KernelCall.Value {
    switch scalar {
    case .float32: return .float(Float(value))
    case .float64: return .code(value.swiftLiteral)
    case .float16, .bfloat16:
      let tensor = Tensor(shape: [1], doubles: [value], as: scalar)
      // The bytes live as long as the tensor.
      return withExtendedLifetime(tensor) {
        .integer(Int(tensor.storage.bytes[0]) | Int(tensor.storage.bytes[1]) << 8)
      }
    case .int8, .uint8, .int16, .uint16, .int32, .uint32, .int64, .bool:
      return .integer(Tensor(shape: [1], doubles: [value], as: scalar).integers()[0])
    case .uint64:
      return .code("\(UInt64(bitPattern: Int64(Tensor(shape: [1], doubles: [value], as: scalar).integers()[0])))")
    }
  }
}

extension Double {
  /// Swift source of this number, which reads back exactly.
  var swiftLiteral: String {
    if isNaN { return ".nan" }
    if isInfinite { return self < 0 ? "-.infinity" : ".infinity" }
    return "\(self)"
  }
}

extension Set<ScalarType> {
  /// Everything that can be moved around.
  static let anything = Set(ScalarType.allCases)
  /// The types that the kernels of single elements compute with; a `bool` is a byte there.
  static let numbers = anything.subtracting([.float16, .bfloat16])
  /// The integers that quantised numbers are stored as.
  static let quantized: Set<ScalarType> = [.int8, .uint8, .int16, .uint16]
  /// The integers, and `bool` as one of a byte.
  static let integers = numbers.filter { !$0.isFloatingPoint }
}
