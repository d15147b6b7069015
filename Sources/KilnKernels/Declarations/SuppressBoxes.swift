import KilnRuntimeSources

/// Boxes in the order of their scores, without those that overlap a better one: rows of image, class and box, and how many there are.
///
/// Exact: areas and overlaps are float32 with each operation rounded, as ONNX's reference has them.
package struct SuppressBoxes: Kernel {
  /// What decides which boxes are picked, each one number; without one there is no limit, but of boxes, of which there are none.
  package struct Limits: Hashable, Sendable {
    /// Boxes of a class, int64.
    package var mostPerClass: Operand?
    package var overlapThreshold: Operand?
    package var scoreThreshold: Operand?

    /// Makes the limits.
    package init(mostPerClass: Operand?, overlapThreshold: Operand?, scoreThreshold: Operand?) {
      self.mostPerClass = mostPerClass
      self.overlapThreshold = overlapThreshold
      self.scoreThreshold = scoreThreshold
    }
  }

  package var name: String { "suppressBoxes" }
  /// `[images, boxes, 4]`.
  package var boxes: Operand
  /// `[images, classes, boxes]`.
  package var scores: Operand
  package var limits: Limits
  /// Int64, `[capacity, 3]`.
  package var rows: Operand
  /// Int64, one number.
  package var found: Operand
  /// Workspace, a float for each box of an image.
  package var heap: Operand
  package var imageCount: Int
  package var classCount: Int
  package var boxCount: Int
  package var capacity: Int
  package var isCentered: Bool

  /// Makes the kernel.
  package init(
    _ boxes: Operand, scores: Operand, _ limits: Limits, to rows: Operand, found: Operand, heap: Operand, images: Int,
    classes: Int, boxCount: Int, capacity: Int, isCentered: Bool
  ) {
    self.boxes = boxes
    self.scores = scores
    self.limits = limits
    self.rows = rows
    self.found = found
    self.heap = heap
    (imageCount, classCount) = (images, classes)
    self.boxCount = boxCount
    self.capacity = capacity
    self.isCentered = isCentered
  }

  package var file: RuntimeFile { .suppression }

  package var elementCount: Int { imageCount * classCount * boxCount }

  package var arguments: [KernelArgument] {
    [
      .pointer(boxes), .pointer("scores", scores), .optionalPointer("mostPerClass", limits.mostPerClass),
      .optionalPointer("overlapThreshold", limits.overlapThreshold),
      .optionalPointer("scoreThreshold", limits.scoreThreshold), .pointer("to", rows), .pointer("found", found),
      .pointer("heap", heap), .integer("images", imageCount), .integer("classes", classCount),
      .integer("boxCount", boxCount), .integer("capacity", capacity), .boolean("isCentered", isCentered),
    ]
  }

  package func execute(on executor: some KernelExecutor) { executor.execute(self) }

  package mutating func update(reads: (inout Operand) -> Void, writes: (inout Operand) -> Void) {
    func read(_ operand: inout Operand?) {
      guard var present = operand else { return }
      reads(&present)
      operand = present
    }
    reads(&boxes)
    reads(&scores)
    read(&limits.mostPerClass)
    read(&limits.overlapThreshold)
    read(&limits.scoreThreshold)
    writes(&rows)
    writes(&found)
    writes(&heap)
  }
}
