import KilnRuntimeSources

/// Makes panels of float32 of panels that are stored narrowly: `(element - zero point) * scale`, rounded once; exact where there
/// is no scale.
package struct WidenPanels: Kernel {
  package var name: String { "widenPanels" }
  package var panels: NarrowPanels
  /// Where the panels of float32 go.
  package var destination: Operand
  /// How many.
  package var count: Int

  /// Makes the kernel.
  package init(_ panels: NarrowPanels, to destination: Operand, count: Int) {
    self.panels = panels
    self.destination = destination
    self.count = count
  }

  package var file: RuntimeFile { .narrowWeights }

  package var arguments: [KernelArgument] {
    [
      .pointer(panels.heads), .pointer(panels.weights), .strategy("as", panels.elementName), .geometry(panels.rows),
      .pointer("to", destination), .integer("count", count),
    ]
  }

  package func execute(on executor: some KernelExecutor) { executor.execute(self) }

  package mutating func update(reads: (inout Operand) -> Void, writes: (inout Operand) -> Void) {
    panels.update(reads: reads)
    writes(&destination)
  }
}
