import KilnGraph
import KilnSelection

/// How one operator becomes kernel calls: the file that an operator needs in this room.
///
/// Conforming types are stateless and listed in `Lowerings`.
package protocol Lowering<Operation>: Sendable {
  /// The operator it lowers.
  associatedtype Operation: Operator

  /// The element types of computed operands and results that its kernels have.
  var elementTypes: Set<ScalarType> { get }

  /// Why this node can't be compiled, and what would replace it; `nil` when it can.
  ///
  /// The graph is the final one: spatial operators are channels-last.
  func obstacle(to operation: Operation, _ node: Node, in graph: Graph) -> String?

  /// What the node's kernels ask of the storage of its operands.
  func storage(of operation: Operation, _ node: Node, in graph: Graph) -> NodeStorage

  /// The convolutions with register tiles that the calls consist of: what tiles and algorithms are chosen for before they
  /// are made.
  func sites(of operation: Operation, _ node: Node, _ context: LoweringContext) -> [WeightedSite]

  /// The calls that compute the node. Storage is decided: `context` tells every value's view.
  func calls(for operation: Operation, _ node: Node, _ context: inout LoweringContext) -> [KernelCall]
}

extension Lowering {
  package var elementTypes: Set<ScalarType> { [.float32] }
  package func obstacle(to operation: Operation, _ node: Node, in graph: Graph) -> String? { nil }
  package func sites(of operation: Operation, _ node: Node, _ context: LoweringContext) -> [WeightedSite] { [] }
  package func storage(of operation: Operation, _ node: Node, in graph: Graph) -> NodeStorage { NodeStorage() }
}
