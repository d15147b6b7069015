import KilnGeometry
import KilnGraph
import KilnKernels

/// Panels of weights in the tables of a program.
struct PanelTables {
  private enum Tables {
    case wide(TableID)
    case narrow(heads: TableID, weights: TableID, WeightPanels.Rows)
  }

  private let tables: Tables
  /// Floats of a panel as kernels take it, and of its rows.
  let step: Int
  let width: Int

  /// Adds the tables of some panels, named after `name`.
  ///
  /// - Parameters:
  ///   - packing: the dimensions around a panel's rows, for people.
  ///   - weights: what the panels were made of.
  init(
    _ panels: WeightPanels, named name: String, packing: String, of weights: ConvolutionWeights,
    _ context: inout LoweringContext
  ) {
    (step, width) = (panels.step, panels.width)
    switch panels.storage {
    case .wide(let packed):
      tables = .wide(context.addTable(name, packing: "\(packing)[\(weights.packing)][channel]", packed))
    case .narrow(let heads, let elements, let rows):
      tables = .narrow(
        heads: context.addTable("\(name)_bias", packing: "\(packing)[\(rows.packing)][channel]", heads),
        weights: context.addTable(name, packing: "\(packing)[\(weights.tapsPacking)][channel]\(rows.note)", elements),
        rows
      )
    }
  }

  /// The panels from one on, for a kernel that takes panels of float32, or makes one after the other in the layer's
  /// workspace.
  func panels(from panel: Int) -> Convolve.Panels {
    switch tables {
    case .wide(let table): .wide(Operand(.table(table), offset: panel * step))
    case .narrow(let heads, let weights, let rows):
      .narrow(narrowPanels(heads, weights, rows, from: panel), workspace: Operand(.workspace(count: step)))
    }
  }

  /// As `panels(from:)` for a kernel that takes `count` panels of float32 at once, and the call that makes them of narrow
  /// ones.
  func widened(
    from panel: Int, count: Int, _ context: inout LoweringContext
  ) -> (preparation: KernelCall?, panels: Operand) {
    switch tables {
    case .wide(let table): return (nil, Operand(.table(table), offset: panel * step))
    case .narrow(let heads, let weights, let rows):
      let workspace = context.workspace(count * step)
      var call = KernelCall(
        WidenPanels(narrowPanels(heads, weights, rows, from: panel), to: workspace, count: count))
      call.isPreparation = true
      return (call, workspace)
    }
  }

  private func narrowPanels(
    _ heads: TableID, _ weights: TableID, _ rows: WeightPanels.Rows, from panel: Int
  ) -> NarrowPanels {
    NarrowPanels(
      heads: Operand(.table(heads), offset: panel * rows.allHeads * width),
      weights: Operand(.table(weights), offset: panel * rows.weights * width), of: rows.scalar,
      NarrowRows(
        width: width, heads: rows.heads, hasScales: rows.hasScales, hasZeroPoints: rows.hasZeroPoints,
        weights: rows.weights))
  }
}
