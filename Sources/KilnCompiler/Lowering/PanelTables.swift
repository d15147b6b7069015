import KilnGraph

/// Panels of weights in the tables of a program.
struct PanelTables {
  private enum Tables {
    case wide(WeightTable.ID)
    case narrow(heads: WeightTable.ID, weights: WeightTable.ID, NarrowRows)
  }

  private let tables: Tables
  /// Floats of a panel as kernels take it, and of its rows.
  let step: Int
  let width: Int

  /// Adds the tables of some panels, named after `name`.
  ///
  /// - Parameters:
  ///   - layout: the dimensions around a panel's rows, for people.
  ///   - weights: what the panels were made of.
  init(
    _ panels: WeightPanels, named name: String, layout: String, of weights: ConvolutionWeights,
    _ context: inout LoweringContext
  ) {
    (step, width) = (panels.step, panels.width)
    switch panels.storage {
    case .wide(let packed):
      tables = .wide(context.addTable(name, layout: "\(layout)[\(weights.layout)][channel]", packed))
    case .narrow(let heads, let elements, let rows):
      tables = .narrow(
        heads: context.addTable("\(name)_bias", layout: "\(layout)[\(rows.layout)][channel]", heads),
        weights: context.addTable(name, layout: "\(layout)[\(weights.tapsLayout)][channel]", elements), rows)
    }
  }

  /// Arguments for a kernel that takes panels of float32, or makes one after the other in the layer's workspace: the panels
  /// from one on.
  func arguments(from panel: Int) -> [KernelCall.Argument] {
    switch tables {
    case .wide(let table): [.init(nil, .table(table, offset: panel * step))]
    case .narrow(let heads, let weights, let rows):
      [.init("heads", .table(heads, offset: panel * rows.allHeads * width))]
        + narrowArguments(weights, rows, from: panel, label: "weights")
        + [.init("workspace", .workspace(offset: 0, count: step))]
    }
  }

  /// As `arguments(from:)` for a kernel that takes `count` panels of float32 at once, and the call that makes them of narrow
  /// ones.
  func widened(
    from panel: Int, count: Int, _ context: inout LoweringContext
  ) -> (preparation: KernelCall?, argument: KernelCall.Argument) {
    switch tables {
    case .wide(let table): return (nil, .init(nil, .table(table, offset: panel * step)))
    case .narrow(let heads, let weights, let rows):
      let workspace = context.workspace(count * step)
      var call = KernelCall(
        "widenPanels",
        [.init(nil, .table(heads, offset: panel * rows.allHeads * width))]
          + narrowArguments(weights, rows, from: panel, label: nil)
          + [.init("to", workspace), .init("count", .integer(count))], files: [.narrowWeights])
      call.isPreparation = true
      return (call, .init(nil, workspace))
    }
  }

  private func narrowArguments(
    _ weights: WeightTable.ID, _ rows: NarrowRows, from panel: Int, label: String?
  ) -> [KernelCall.Argument] {
    [
      .init(label, .table(weights, offset: panel * rows.weights * width)),
      .init("as", .code("\(rows.elementSource).self")), .init(nil, .code(rows.source(width: width))),
    ]
  }
}
