// Boxes in the order of their scores, without those that overlap a better one. The candidates of a class are a heap of box numbers, which
// lie in the workspace's floats as bit patterns, so that N boxes of which k are looked at cost N + k log(N) comparisons.

/// Picks boxes image by image and class by class, and writes image, class and box of each in a row, as many as there are rows, then 0.
///
/// - Parameters:
///   - scores: `[images][classes][boxes]`; of equal ones the first comes first, NaN last.
///   - mostPerClass: the most boxes of a class; none without it.
///   - overlapThreshold: the largest intersection over union of two boxes of a class; 0 without it.
///   - scoreThreshold: what scores must exceed; nothing without it.
///   - heap: a number for each box of an image.
///   - isCentered: whether boxes are centres and sizes, otherwise two corners, y first.
@inline(never)
func suppressBoxes(
  _ boxes: UnsafePointer<Float>, scores: UnsafePointer<Float>, mostPerClass: UnsafePointer<Int64>?,
  overlapThreshold: UnsafePointer<Float>?, scoreThreshold: UnsafePointer<Float>?, to rows: UnsafeMutablePointer<Int64>,
  found: UnsafeMutablePointer<Int64>, heap: UnsafeMutablePointer<Float>, images: Int, classes: Int, boxCount: Int,
  capacity: Int, isCentered: Bool
) {
  let most = mostPerClass.map { $0[0] } ?? 0
  let overlap = overlapThreshold.map { $0[0] } ?? 0
  var count = 0
  var image = 0
  while image < images {
    let corners = boxes + 4 &* image &* boxCount
    var label = 0
    while label < classes {
      var candidates = RankedBoxes(
        numbers: heap, scores: scores + (image &* classes &+ label) &* boxCount, boxCount: boxCount,
        exceeding: scoreThreshold)
      let first = count
      while count < capacity && Int64(count &- first) < most, let box = candidates.removeBest() {
        let extents = BoxExtents(corners + 4 &* box, isCentered: isCentered)
        var isFree = true
        var other = first
        while isFree && other < count {
          let chosen = BoxExtents(corners + 4 &* Int(rows[3 &* other &+ 2]), isCentered: isCentered)
          isFree = !extents.overlaps(chosen, over: overlap)
          other &+= 1
        }
        if isFree {
          rows[3 &* count] = Int64(image)
          rows[3 &* count &+ 1] = Int64(label)
          rows[3 &* count &+ 2] = Int64(box)
          count &+= 1
        }
      }
      label &+= 1
    }
    image &+= 1
  }
  found[0] = Int64(count)
  var i = 3 &* count
  while i < 3 &* capacity {
    rows[i] = 0
    i &+= 1
  }
}

/// A heap of the boxes of a class, the best on top.
private struct RankedBoxes {
  private let numbers: UnsafeMutablePointer<Float>
  private let scores: UnsafePointer<Float>
  private var count = 0

  /// The boxes whose scores exceed the threshold, or all without one.
  @inline(__always)
  init(
    numbers: UnsafeMutablePointer<Float>, scores: UnsafePointer<Float>, boxCount: Int,
    exceeding threshold: UnsafePointer<Float>?
  ) {
    self.numbers = numbers
    self.scores = scores
    var box = 0
    while box < boxCount {
      if threshold.map({ scores[box] > $0[0] }) ?? true {
        numbers[count] = Float(bitPattern: UInt32(truncatingIfNeeded: box))
        count &+= 1
      }
      box &+= 1
    }
    var place = count / 2
    while place > 0 {
      place &-= 1
      sink(number(place), from: place)
    }
  }

  @inline(__always)
  private func number(_ place: Int) -> Int { Int(numbers[place].bitPattern) }

  /// Whether box `a` comes before box `b`.
  @inline(__always)
  private func isBetter(_ a: Int, _ b: Int) -> Bool {
    let (scoreOfA, scoreOfB) = (scores[a], scores[b])
    if scoreOfA > scoreOfB { return true }
    if scoreOfB > scoreOfA { return false }
    let (isNothingA, isNothingB) = (scoreOfA != scoreOfA, scoreOfB != scoreOfB)
    return isNothingA == isNothingB ? a < b : isNothingB
  }

  /// Puts a box in a place whose box is gone, or below it.
  @inline(__always)
  private func sink(_ box: Int, from start: Int) {
    var place = start
    while true {
      var child = 2 &* place &+ 1
      if child >= count { break }
      if child &+ 1 < count && isBetter(number(child &+ 1), number(child)) { child &+= 1 }
      if !isBetter(number(child), box) { break }
      numbers[place] = numbers[child]
      place = child
    }
    numbers[place] = Float(bitPattern: UInt32(truncatingIfNeeded: box))
  }

  /// Takes the best box out; `nil` when none is left.
  @inline(__always)
  mutating func removeBest() -> Int? {
    if count == 0 { return nil }
    let best = number(0)
    count &-= 1
    if count > 0 { sink(number(count), from: 0) }
    return best
  }
}

/// A box by its extents.
private struct BoxExtents {
  private let left: Float
  private let right: Float
  private let top: Float
  private let bottom: Float

  @inline(__always)
  init(_ box: UnsafePointer<Float>, isCentered: Bool) {
    if isCentered {
      left = box[0] - box[2] / 2
      right = box[0] + box[2] / 2
      top = box[1] - box[3] / 2
      bottom = box[1] + box[3] / 2
    } else {
      let isForward = box[1] < box[3]
      left = isForward ? box[1] : box[3]
      right = isForward ? box[3] : box[1]
      let isDownward = box[0] < box[2]
      top = isDownward ? box[0] : box[2]
      bottom = isDownward ? box[2] : box[0]
    }
  }

  @inline(__always)
  private var size: Float { (right - left) * (bottom - top) }

  /// Whether the intersection over the union exceeds a threshold; boxes without an area overlap nothing.
  @inline(__always)
  func overlaps(_ other: BoxExtents, over threshold: Float) -> Bool {
    let width = (other.right < right ? other.right : right) - (other.left > left ? other.left : left)
    let height = (other.bottom < bottom ? other.bottom : bottom) - (other.top > top ? other.top : top)
    if !(width > 0) || !(height > 0) { return false }
    let shared = width * height
    let union = size + other.size - shared
    if !(shared > 0) || !(size > 0) || !(other.size > 0) || !(union > 0) { return false }
    return shared / union > threshold
  }
}
