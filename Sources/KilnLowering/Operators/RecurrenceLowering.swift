import KilnGeometry
import KilnGraph
import KilnKernels

/// A recurrence: one call, on one thread.
struct RecurrenceLowering: Lowering {
  func obstacle(to operation: Recurrence, _ node: Node, in graph: Graph) -> String? {
    let functions: [RecurrentActivation] =
      switch operation.cell {
      case .longShortTerm(let gate, let candidate, let output, _): [gate, candidate, output]
      case .gated(let gate, let candidate, _): [gate, candidate]
      case .simple(let function): [function]
      }
    return functions.contains { $0.vectorFunction == nil } ? "has a function that has no kernel" : nil
  }

  func calls(for operation: Recurrence, _ node: Node, _ context: inout LoweringContext) -> [KernelCall] {
    let shape = context.graph.type(of: node.outputs[0]).shape
    let geometry = RecurrenceGeometry(
      steps: shape[0], rows: shape[1], units: shape[2], isReversed: operation.isReversed)
    if shape.elementCount == 0 { return [] }
    let panels = RecurrentPanels(operation.cell, units: geometry.units, width: context.target.vectorWidth)
    let products = context.workspace(panels.productCount * geometry.rows)
    let weight = node.operand(RecurrenceOperand.weight)
    var calls: [KernelCall] = []
    let weights: Operand
    if let tensor = context.graph.constant(weight) {
      let table = context.addTable(
        "\(node.name)_weights", packing: "[panel][state][4][lane]", panels.packed(tensor, weight))
      weights = Operand(.table(table))
    } else {
      weights = Operand(.workspace(count: panels.elementCount), offset: products.workspaceCount)
      calls = panels.calls(context.source(weight), to: weights)
    }
    func operand(_ index: Int) -> Operand? { node.optionalOperand(index).map { context.source($0) } }
    let operands = Recur.Operands(
      input: context.source(node.operand(RecurrenceOperand.input)), weights: weights,
      candidateBias: operand(RecurrenceOperand.candidateBias), initialState: operand(RecurrenceOperand.initialState),
      initialCells: operand(RecurrenceOperand.initialCells), peepholes: operand(RecurrenceOperand.peepholes))
    calls.append(
      KernelCall(
        Recur(
          operation, operands, to: context.destination(node.outputs[0]),
          cells: node.outputs.count > 1 ? context.destination(node.outputs[1]) : nil, products: products, geometry),
        overwrites: true))
    return calls
  }
}
