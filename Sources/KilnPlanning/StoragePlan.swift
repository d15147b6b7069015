import KilnGraph
import KilnKernels
import KilnLowering

/// Where every value of a program lies: which share memory, which have a border, how each is strided.
struct StoragePlan {
  /// The graph, with the paddings that had to be made explicit and the copies that results needed.
  var graph: Graph
  /// Each computed value's and each model input's view.
  var views: [ValueID: View]
  /// The runs of memory.
  var buffers: [Buffer]
  /// Buffers that need a border around their images, with the value that fills them.
  var borders: [Buffer.ID: BorderedImage]
}

/// A buffer of channels-last images with a border around each.
struct BorderedImage {
  /// The value that is the whole buffer.
  var root: ValueID
  /// The pixels around it.
  var border: Border
  /// What they hold: 0, or what stands for it.
  var number = 0
}
