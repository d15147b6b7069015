import KilnGeometry
import KilnRuntimeSources

/// Resampling along two axes by tables of the input elements and weights that make each output element.
///
/// Nearest is exact; the comments of the forms in Resample.swift of the runtime state their bounds.
///
/// Axes: four around the images; then rows and columns, along which the tables move with the result; then the run.
package struct Resample: Kernel {
  /// How many input elements make an output element.
  package enum Form: Sendable {
    /// One, of weight 1; of any element type.
    case nearest
    /// Two rows and two columns.
    case linear
    /// Any number of rows and columns.
    case taps
  }

  /// An axis that is resampled, with its table: index and weight of each tap of each output element.
  package struct Axis: Sendable {
    package var geometry: ResampledAxis
    package var table: Operand

    /// Makes an axis.
    package init(_ geometry: ResampledAxis, _ table: TableID) {
      self.geometry = geometry
      self.table = Operand(.table(table))
    }

    fileprivate mutating func restrict(to range: Range<Int>) {
      geometry.extent = range.count
      table.offset += 2 * range.lowerBound * geometry.taps
    }
  }

  package var form: Form
  package var source: Operand
  package var destination: Operand
  package var rows: Axis
  package var columns: Axis
  /// The extents around the images.
  package var nest: [Int]
  /// Contiguous elements that are resampled alike.
  package var count: Int

  /// Makes the kernel for the innermost axes of a loop nest of source and destination.
  package init(
    _ form: Form, _ source: Operand, to destination: Operand, _ nest: [LoopNest.Axis], rows: Axis, columns: Axis,
    count: Int
  ) {
    self.form = form
    self.source = source.along(nest, operand: 0)
    self.destination = destination.along(nest, operand: 1)
    self.nest = nest.paddedExtents
    self.rows = rows
    self.columns = columns
    self.count = count
  }

  package var name: String {
    switch form {
    case .nearest: "resampleNearest"
    case .linear: "resampleLinear"
    case .taps: "resampleTaps"
    }
  }

  package var file: RuntimeFile { .resample }

  package var arguments: [KernelArgument] {
    [
      .pointer(source), .axes(source.outerStrides), .pointer("to", destination), .axes(destination.outerStrides),
      .axes("shape", nest), .geometry("rows", rows.geometry), .pointer(rows.table),
      .geometry("columns", columns.geometry), .pointer(columns.table), .integer("count", count),
    ]
  }

  /// The rows, or the columns where there is one row.
  package var axes: [IterationAxis] {
    [.divisible(rows.geometry.extent > 1 ? rows.geometry.extent : columns.geometry.extent)]
  }

  package var elementCount: Int {
    nest.reduce(count, *) * rows.geometry.extent * rows.geometry.taps * columns.geometry.extent * columns.geometry.taps
  }

  package func execute(on executor: some KernelExecutor) { executor.execute(self) }

  package mutating func update(reads: (inout Operand) -> Void, writes: (inout Operand) -> Void) {
    reads(&source)
    reads(&rows.table)
    reads(&columns.table)
    writes(&destination)
  }

  package mutating func restrict(_ axis: Int, to range: Range<Int>) {
    if rows.geometry.extent > 1 {
      destination.offset += range.lowerBound * rows.geometry.destinationStride
      rows.restrict(to: range)
    } else {
      destination.offset += range.lowerBound * columns.geometry.destinationStride
      columns.restrict(to: range)
    }
  }
}
