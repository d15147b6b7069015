import KilnGraph
import KilnSelection

/// The registry: every operator that can be compiled, one line each.
package enum Lowerings {
  /// All lowerings.
  ///
  /// Concat, Slice and Reshape are here for the cases in which they are not just views.
  package static let all: [any Lowering] = [
    ConvolutionLowering(),
    LinearLowering(),
    TransposedConvolutionLowering(),
    UnaryLowering(),
    BinaryLowering(),
    ChannelAffineLowering(),
    TransposeLowering(),
    ReshapeLowering(),
    ConcatLowering(),
    SliceLowering(),
    ExpandLowering(),
    TileLowering(),
    DepthToSpaceLowering(),
    SpaceToDepthLowering(),
    PadLowering(),
    PoolLowering(),
    ReductionLowering(),
    SoftmaxLowering(),
    ResizeLowering(),
    LayerNormalizationLowering(),
    GroupNormalizationLowering(),
    MeanVarianceNormalizationLowering(),
    LpNormalizationLowering(),
    LocalResponseNormalizationLowering(),
    MatMulLowering(),
    IntegerMatMulLowering(),
    IntegerConvolutionLowering(),
    RequantizedConvolutionLowering(),
    RequantizedSumLowering(),
    ByteTableLowering(),
    QuantizeLinearLowering(),
    DynamicQuantizeLinearLowering(),
    DequantizeLinearLowering(),
    PixelConversionLowering(),
    GatherLowering(),
    GatherElementsLowering(),
    GatherNDLowering(),
    ScatterElementsLowering(),
    ScatterNDLowering(),
    TopKLowering(),
    CastLowering(),
    SelectLowering(),
    ArgReductionLowering(),
    CumulativeSumLowering(),
    RecurrenceLowering(),
    NonMaxSuppressionLowering(),
    NonZeroLowering(),
    RoiAlignLowering(),
    GridSampleLowering(),
    DeterminantLowering(),
  ]

  /// The lowering of an operator; `nil` when it can't be compiled.
  package static func lowering(for operation: any Operator) -> AnyLowering? {
    byOperator[ObjectIdentifier(type(of: operation))]
  }

  /// The convolutions with register tiles that a node becomes.
  package static func sites(of node: Node, _ context: LoweringContext) -> [WeightedSite] {
    lowering(for: node.operation)?.sites(node, context) ?? []
  }

  /// Everything in a final graph that can't be compiled.
  package static func obstacles(in graph: Graph) -> [UnsupportedError.Item] {
    graph.nodeIDs.compactMap { obstacle(to: graph[$0], in: graph) }
  }

  /// Why nodes of an operator that has no kernel can't be compiled.
  package static let noKernel = "has no kernel; cut the model before it and do this in the application"

  /// Why a node can't be compiled; `nil` when it can.
  package static func obstacle(to node: Node, in graph: Graph) -> UnsupportedError.Item? {
    guard let lowering = lowering(for: node.operation) else {
      return node.unsupported("\(noKernel), or use --interpret", in: graph)
    }
    // Constants are converted when their tables are made, or only tell the lowering what to do.
    let computed = node.inputs.compactMap(\.self).filter { graph.constant($0) == nil } + node.outputs
    let types = computed.map(graph.type(of:))
    let missing = types.first { !lowering.elementTypes.contains($0.scalar) }
    let mismatch = missing.map { type in
      let names = ScalarType.allCases.filter(lowering.elementTypes.contains).map(\.rawValue)
      return "works on \(type); its kernels compute \(names.joined(separator: ", ")) only"
    }
    guard let reason = mismatch ?? lowering.obstacle(node, graph) else { return nil }
    // A conversion is refused for what it converts from or to, everything else for what it works on.
    let suspects = node.operation is Cast ? types : missing.map { [$0] } ?? []
    guard lowering.elementTypes.contains(.float32),
      let type = suspects.first(where: { $0.scalar.isFloatingPoint && $0.scalar != .float32 })
    else { return node.unsupported(reason, in: graph) }
    return node.unsupported(
      "there are no kernels for \(type.scalar.rawValue) yet; convert the model to float32", isPrecision: true, in: graph
    )
  }

  private static let byOperator = Dictionary(
    uniqueKeysWithValues: all.map { AnyLowering($0) }.map { ($0.operatorType, $0) })
}

/// A lowering with its operator's type erased.
package struct AnyLowering: Sendable {
  /// The type of the operators that it lowers.
  package let operatorType: ObjectIdentifier
  /// The element types that its kernels compute.
  package let elementTypes: Set<ScalarType>
  /// Why a node can't be lowered, in words; `nil` when it can.
  package let obstacle: @Sendable (Node, Graph) -> String?
  /// What a node asks of the memory of its operands.
  package let storage: @Sendable (Node, Graph) -> NodeStorage
  /// The convolutions that a node computes, for whose tiles there is a choice.
  package let sites: @Sendable (Node, LoweringContext) -> [WeightedSite]
  /// The calls that a node becomes.
  package let calls: @Sendable (Node, inout LoweringContext) -> [KernelCall]

  init<L: Lowering>(_ lowering: L) {
    @Sendable func operation(_ node: Node) -> L.Operation {
      guard let operation = node.operation as? L.Operation else {
        preconditionFailure("\(node.name) is no \(L.Operation.self)")
      }
      return operation
    }
    operatorType = ObjectIdentifier(L.Operation.self)
    elementTypes = lowering.elementTypes
    obstacle = { lowering.obstacle(to: operation($0), $0, in: $1) }
    storage = { lowering.storage(of: operation($0), $0, in: $1) }
    sites = { lowering.sites(of: operation($0), $0, $1) }
    calls = { lowering.calls(for: operation($0), $0, &$1) }
  }
}

extension Node {
  /// This node's line in the list of what can't be compiled.
  package func unsupported(_ reason: String, isPrecision: Bool = false, in graph: Graph) -> UnsupportedError.Item {
    let types = inputs.compactMap { $0.map(graph.type(of:)) }
    return UnsupportedError.Item(
      node: name, operation: operation.name, inputs: types, reason: reason, isPrecision: isPrecision)
  }
}
