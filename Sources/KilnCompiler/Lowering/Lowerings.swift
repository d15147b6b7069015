import KilnGraph

/// The registry: every operator that can be compiled, one line each.
public enum Lowerings {
  /// All lowerings. Concat, Slice and Reshape are here for the cases in which they are not just views.
  static let all: [any Lowering] = []

  /// The lowering of an operator; `nil` when it can't be compiled.
  static func lowering(for operation: any Operator) -> AnyLowering? {
    byOperator[ObjectIdentifier(type(of: operation))]
  }

  private static let byOperator = Dictionary(
    uniqueKeysWithValues: all.map { AnyLowering($0) }.map { ($0.operatorType, $0) })
}

/// A lowering with its operator's type erased.
struct AnyLowering: Sendable {
  let operatorType: ObjectIdentifier
  let obstacle: @Sendable (Node, Graph) -> String?
  let storage: @Sendable (Node, Graph) -> NodeStorage
  let calls: @Sendable (Node, inout LoweringContext) -> [KernelCall]

  init<L: Lowering>(_ lowering: L) {
    @Sendable func operation(_ node: Node) -> L.Operation {
      guard let operation = node.operation as? L.Operation else {
        preconditionFailure("\(node.name) is no \(L.Operation.self)")
      }
      return operation
    }
    operatorType = ObjectIdentifier(L.Operation.self)
    obstacle = { lowering.obstacle(to: operation($0), $0, in: $1) }
    storage = { lowering.storage(of: operation($0), $0, in: $1) }
    calls = { lowering.calls(for: operation($0), $0, &$1) }
  }
}
