import KilnRuntimeSources

/// Moves rows of images to their front: what the next of several strips reads again.
///
/// Exact.
package struct KeepRows: Kernel {
  package var name: String { "keepRows" }
  /// The first element of the first row of the first image, its border included.
  package var first: Operand
  /// Images, and elements between images and between rows.
  package var images: Int
  package var imageStride: Int
  package var rowStride: Int
  /// The first row that is moved: the rows of a member's strip, times a stride.
  package var member: Int
  package var stride: Int
  /// Rows that are moved.
  package var rows: Int

  /// Makes the kernel.
  package init(
    _ first: Operand, images: Int, imageStride: Int, rowStride: Int, fromRowsOf member: Int, times stride: Int,
    rows: Int
  ) {
    self.first = first
    self.images = images
    self.imageStride = imageStride
    self.rowStride = rowStride
    self.member = member
    self.stride = stride
    self.rows = rows
  }

  package var file: RuntimeFile { .strips }

  package var arguments: [KernelArgument] {
    [
      .pointer(first), .integer("images", images), .integer("imageStride", imageStride),
      .integer("rowStride", rowStride),
      .stripRows("from", member: member, times: stride), .integer("rows", rows),
    ]
  }

  package func execute(on executor: some KernelExecutor) { executor.execute(self) }

  package mutating func update(reads: (inout Operand) -> Void, writes: (inout Operand) -> Void) { writes(&first) }
}
