import KilnGraph
import KilnKernels

/// A run of convolutions, each of which alone reads the one before, that are computed together in strips of rows; the first may
/// read what bytes of an image have become, which then is done in strips too.
///
/// The images between them are never whole in memory: only the rows that a strip works on are, which so stay in the
/// second cache. A strip computes of each layer the rows after those of earlier strips, up to the last that the next
/// layer reads; what the next strip reads again is moved to the front.
///
/// Each worker has a band of the last layer's rows, which it cuts into strips, and memory of its own for the images
/// between. Rows that two bands read are computed by both workers, so that nobody waits for anybody; no other row is
/// computed twice, and each by the kernel that would compute it alone, so that no bit changes.
package struct StripGroup {
  /// One of the layers.
  struct Member {
    /// The layer.
    var node: NodeID
    /// Rows of its result.
    var height: Int
    /// Its rows for each of the last layer's.
    var scale: Int
    /// Rows after those of a strip that the strip needs too: fewer when negative.
    var after: Int
    /// Rows before those of a strip that it needs too, where no strip before it has computed them.
    var before: Int
    /// The most rows that it computes in a strip.
    var rowCount: Int
    /// Its result, if that is an image between two of the layers.
    var image: Image?
  }

  /// An image between a layer and the next, of which some rows are in memory.
  struct Image {
    /// The whole image.
    var value: ValueID
    /// Rows in memory, those of the border included.
    var rowCount: Int
    /// Rows from one that the next layer begins at to the next.
    var stride: Int
    /// Rows that two strips of the next layer both read.
    var keptRows: Int
    /// The pixels around the whole image.
    var border: Border
    /// What they hold: 0, or what stands for it.
    var borderNumber: Int
  }

  /// The layers, in order.
  var members: [Member]
  /// Rows of the last layer in a strip.
  var stripRows: Int
  /// Other numbers of rows that strips could have.
  var otherStripRows: [Int] = []
  /// Those who compute a band of the last layer's rows each.
  var workers: Int

  /// A layer as far as a group's rows depend on it.
  struct Layer {
    var node: NodeID
    /// Its result and the result's rows.
    var output: ValueID
    var height: Int
    /// Its kernel's extent, its step and its padding above, in rows.
    var extent: Int
    var stride: Int
    var padding: Int
    /// The pixels around its result, which the next layer reads, and what they hold.
    var border: Border
    var borderNumber = 0
  }

  /// Groups layers in strips of `stripRows` rows of the last.
  init(_ layers: [Layer], stripRows: Int, workers: Int = 1) {
    self.stripRows = stripRows
    self.workers = workers
    members = []
    // From the last to the first: what a layer reads is what the one before computes.
    var (scale, after, before) = (1, 0, 0)
    var next: (layer: Layer, rowCount: Int)?
    for layer in layers.reversed() {
      var image: Image?
      if let (next, rowCount) = next {
        let kept = next.extent - next.stride
        image = Image(
          value: layer.output, rowCount: next.stride * rowCount + kept + layer.border.bottom, stride: next.stride,
          keptRows: kept, border: layer.border, borderNumber: layer.borderNumber)
        scale *= next.stride
        after = after * next.stride + kept - next.padding
        before = before * next.stride + next.padding
      }
      // One worker's first strip begins at the image's first row, which has none before it.
      let rowCount = min(layer.height, scale * stripRows + (workers == 1 ? max(0, after) : after + before))
      members.insert(
        Member(
          node: layer.node, height: layer.height, scale: scale, after: after, before: before, rowCount: rowCount,
          image: image), at: 0)
      next = (layer, rowCount)
    }
  }

  /// Rows of the last layer's result.
  var height: Int { members.last?.height ?? 0 }
  /// Whether there is more than one strip, none higher than a worker's band, what is moved is no more than what is computed, and
  /// the first strip of the lowest band computes something.
  var isPossible: Bool {
    let leastRows = min(stripRows, height / workers)
    let bandRows = height.dividedRoundingUp(by: workers)
    return 1...max(1, bandRows) ~= stripRows && workers * bandRows.dividedRoundingUp(by: stripRows) > 1
      && members.allSatisfy { member in
        member.scale * leastRows + member.after > 0 && member.image.map(\.keptRows) ?? 0 <= step(member)
      }
  }
  /// Rows that a layer computes in a strip which is neither a band's first nor its last.
  func step(_ member: Member) -> Int { member.scale * stripRows }
  /// Rows that a layer computes although another worker does so too, between two bands.
  func repeatedRows(_ member: Member) -> Int { workers == 1 ? 0 : member.after + member.before }
}

extension Node {
  /// How a layer of a group steps over the rows that it reads; `nil` for others.
  var rowWindow: Window? {
    switch operation {
    case let convolution as Convolution: convolution.window
    case let convolution as RequantizedConvolution: convolution.window
    case is PixelConversion: Window(kernel: [1, 1])
    default: nil
    }
  }
}
