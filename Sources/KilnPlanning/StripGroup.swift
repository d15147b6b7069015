import KilnGraph
import KilnKernels

/// A run of convolutions, each of which alone reads the one before, that are computed together in strips of rows.
///
/// The images between them are never whole in memory: only the rows that a strip works on are, which so stay in the
/// second cache. A strip computes of each layer the rows after those of earlier strips, up to the last that the next
/// layer reads; what the next strip reads again is moved to the front. No row is computed twice, and each by the kernel
/// that would compute it alone, so that no bit changes.
package struct StripGroup {
  /// One of the layers.
  struct Member {
    /// The layer.
    var node: NodeID
    /// Rows of its result.
    var height: Int
    /// Rows that it computes in a strip.
    var step: Int
    /// Rows that it computes in the first strip besides: fewer when negative.
    var ahead: Int
    /// Its result, if that is an image between two of the layers.
    var image: Image?

    /// The most rows that it computes in a strip.
    var rowCount: Int { min(height, step + max(0, ahead)) }
  }

  /// An image between a layer and the next, of which some rows are in memory.
  struct Image {
    /// The whole image.
    var value: ValueID
    /// Rows in memory, zeros above and below included.
    var rowCount: Int
    /// Rows from one that the next layer begins at to the next.
    var stride: Int
    /// Rows that two strips of the next layer both read.
    var keptRows: Int
    /// The zeros around the whole image.
    var border: Border
  }

  /// The layers, in order.
  var members: [Member]
  /// The strips.
  var count: Int

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
    /// The zeros around its result, which the next layer reads.
    var border: Border
  }

  /// Groups layers in strips of `stripRows` rows of the last.
  init(_ layers: [Layer], stripRows: Int) {
    let height = layers.last?.height ?? 0
    count = height.dividedRoundingUp(by: stripRows)
    members = []
    // From the last to the first: what a layer reads is what the one before computes.
    var (step, ahead) = (stripRows, 0)
    var next: Layer?
    for layer in layers.reversed() {
      var image: Image?
      if let next {
        let kept = next.extent - next.stride
        let most = next.stride * (step + max(0, ahead)) + kept + layer.border.bottom
        image = Image(
          value: layer.output, rowCount: most, stride: next.stride, keptRows: kept, border: layer.border)
        (step, ahead) = (step * next.stride, ahead * next.stride + kept - next.padding)
      }
      members.insert(Member(node: layer.node, height: layer.height, step: step, ahead: ahead, image: image), at: 0)
      next = layer
    }
  }
}
