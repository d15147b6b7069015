import KilnGraph
import KilnKernels

/// Conversions between numbers; of a type to itself a copy.
struct CastLowering: Lowering {
  var elementTypes: Set<ScalarType> { .anything }

  func obstacle(to cast: Cast, _ node: Node, in graph: Graph) -> String? {
    guard let input = node.data else { return nil }
    let scalar = graph.type(of: input).scalar
    guard scalar != cast.scalar, !Self.isVector(from: scalar, to: cast.scalar),
      scalar.conversion(to: cast.scalar) == nil
    else { return nil }
    return "the runtime doesn't convert \(scalar.rawValue) to \(cast.scalar.rawValue)"
  }

  func storage(of operation: Cast, _ node: Node, in graph: Graph) -> NodeStorage {
    NodeStorage(stridedInputs: [0], stridedOutput: true)
  }

  func calls(for cast: Cast, _ node: Node, _ context: inout LoweringContext) -> [KernelCall] {
    let input = node.operand(0)
    let output = node.outputs[0]
    let type = context.graph.type(of: input)
    if Self.isVector(from: type.scalar, to: cast.scalar) {
      return mapElements(of: input, to: output, .identity, &context)
    }
    guard type.scalar == cast.scalar else {
      guard let conversion = type.scalar.conversion(to: cast.scalar) else { node.lacksKernel() }
      return mapScalars(of: input, to: output, conversion, &context)
    }
    return StridedCopy(
      shape: type.shape, source: .init(value: input, strides: context.strides(of: input)),
      destination: .init(value: output, strides: context.strides(of: output))
    ).calls(&context)
  }

  /// Whether vectors are read as one type and written as the other.
  private static func isVector(from scalar: ScalarType, to other: ScalarType) -> Bool {
    scalar != other && scalar.isReadAsFloat && other.isReadAsFloat
  }
}
