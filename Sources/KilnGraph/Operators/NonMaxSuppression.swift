/// Boxes in the order of their scores, image by image and class by class, without those that overlap a better one: rows of image,
/// class and box, of which the first `count` are real and the rest is 0.
///
/// Operands: boxes `[images, N, 4]`, scores `[images, classes, N]`, the most boxes of a class (none without it), the largest
/// intersection over union of two boxes (0), the score that boxes must exceed (none without it). Results: `[capacity, 3]` and the count
/// `[1]`, both int64. Of equal scores the first box comes first; rows beyond the capacity are left out. Areas are float32, each operation
/// rounded, as in ONNX Runtime: an overlap that is close to the threshold is decided the same way. Source: ONNX NonMaxSuppression 11.
package struct NonMaxSuppression: Operator, Hashable {
  /// Rows of the result.
  package var capacity: Int
  /// Whether a box is its centre, width and height; otherwise two opposite corners, y first.
  package var isCentered: Bool

  /// Makes the operator.
  package init(capacity: Int, isCentered: Bool) {
    self.capacity = capacity
    self.isCentered = isCentered
  }

  package var name: String { "NonMaxSuppression" }

  package var details: String { "at most \(capacity) boxes" }

  package func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
    try inputs.requireCount(atMost: 5)
    let boxes = try inputs.operand(SuppressionOperand.boxes, "boxes")
    let scores = try inputs.operand(SuppressionOperand.scores, "scores")
    try boxes.require(.float32, "the boxes")
    try scores.require(.float32, "the scores")
    guard boxes.rank == 3, boxes.shape[2] == 4 else {
      throw OperatorError("boxes of \(boxes.shape) are not [images, boxes, 4]")
    }
    guard scores.rank == 3, scores.shape[0] == boxes.shape[0], scores.shape[2] == boxes.shape[1] else {
      throw OperatorError("scores of \(scores.shape) don't fit boxes of \(boxes.shape)")
    }
    if let most = inputs.optional(SuppressionOperand.mostPerClass) {
      try most.require(.int64, "the number of boxes for each class")
      guard most.elementCount == 1 else { throw OperatorError("the number of boxes for each class is \(most)") }
    }
    for index in [SuppressionOperand.overlapThreshold, SuppressionOperand.scoreThreshold] {
      guard let threshold = inputs.optional(index) else { continue }
      try threshold.require(.float32, "the threshold")
      guard threshold.elementCount == 1 else { throw OperatorError("the threshold is \(threshold)") }
    }
    return [try .checked(.int64, [capacity, 3]), TensorType(.int64, [1])]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    _ = try outputTypes(for: inputs.types)
    let boxes = try inputs.operand(SuppressionOperand.boxes)
    let scores = try inputs.operand(SuppressionOperand.scores)
    let (images, classes, count) = (scores.shape[0], scores.shape[1], scores.shape[2])
    let most = inputs.optional(SuppressionOperand.mostPerClass)?.integers()[0] ?? 0
    let overlap = inputs.optional(SuppressionOperand.overlapThreshold)?.floats()[0] ?? 0
    let limit = inputs.optional(SuppressionOperand.scoreThreshold)?.floats()[0]
    let (corners, scoreNumbers) = (boxes.floats(), scores.floats())
    var rows: [[Int]] = []
    for image in 0..<images {
      let areas = (0..<count).map { Area(corners[((image * count + $0) * 4)...].prefix(4), isCentered: isCentered) }
      for label in 0..<classes {
        let row = Array(scoreNumbers[((image * classes + label) * count)...].prefix(count))
        let candidates = row.indices.filter { box in limit.map { row[box] > $0 } ?? true }
        // NaN, which exceeds nothing, comes last.
        let ordered = candidates.sorted { a, b in
          row[a] > row[b] || !(row[b] > row[a]) && (row[a].isNaN == row[b].isNaN ? a < b : row[b].isNaN)
        }
        var chosen: [Int] = []
        for box in ordered where chosen.count < max(most, 0) && rows.count < capacity {
          guard !chosen.contains(where: { areas[box].overlaps(areas[$0], over: overlap) }) else { continue }
          chosen.append(box)
          rows.append([image, label, box])
        }
      }
    }
    let fill = [Int](repeating: 0, count: 3 * (capacity - rows.count))
    return [
      Tensor(shape: [capacity, 3], integers: rows.flatMap(\.self) + fill), Tensor(shape: [1], integers: [rows.count]),
    ]
  }
}

/// The operands of a NonMaxSuppression.
package enum SuppressionOperand {
  package static let boxes = 0
  package static let scores = 1
  package static let mostPerClass = 2
  package static let overlapThreshold = 3
  package static let scoreThreshold = 4
}

/// A box by its extents, in float32.
private struct Area {
  let left: Float
  let right: Float
  let top: Float
  let bottom: Float

  init(_ box: ArraySlice<Float>, isCentered: Bool) {
    let box = Array(box)
    if isCentered {
      (left, right) = (box[0] - box[2] / 2, box[0] + box[2] / 2)
      (top, bottom) = (box[1] - box[3] / 2, box[1] + box[3] / 2)
    } else {
      (left, right) = box[1] < box[3] ? (box[1], box[3]) : (box[3], box[1])
      (top, bottom) = box[0] < box[2] ? (box[0], box[2]) : (box[2], box[0])
    }
  }

  private var size: Float { (right - left) * (bottom - top) }

  /// Whether the intersection over the union exceeds a threshold; boxes without an area overlap nothing.
  func overlaps(_ other: Area, over threshold: Float) -> Bool {
    let width = (other.right < right ? other.right : right) - (other.left > left ? other.left : left)
    let height = (other.bottom < bottom ? other.bottom : bottom) - (other.top > top ? other.top : top)
    guard width > 0, height > 0 else { return false }
    let shared = width * height
    let union = size + other.size - shared
    guard shared > 0, size > 0, other.size > 0, union > 0 else { return false }
    return shared / union > threshold
  }
}
