import KilnGraph
import KilnKernels
import KilnLowering

/// Where every value of a program lies: which share memory, which have a border of zeros, how each is strided.
struct StoragePlan {
  /// The graph, with the paddings that had to be made explicit and the copies that results needed.
  var graph: Graph
  /// Each computed value's and each model input's view.
  var views: [ValueID: View]
  /// The runs of memory.
  var buffers: [Buffer]
  /// Buffers that need zeros around their images, with the value that fills them.
  var borders: [Buffer.ID: BorderedImage]
}

/// A buffer of channels-last images with zeros around each.
struct BorderedImage {
  /// The value that is the whole buffer.
  var root: ValueID
  /// The zeros.
  var border: Border
}
