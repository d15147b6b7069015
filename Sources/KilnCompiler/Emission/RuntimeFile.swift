/// A source file of KilnRuntime that can be copied into an emitted package.
package enum RuntimeFile: String, CaseIterable, Sendable {
  /// The vector type of the target, and how vectors are loaded and stored.
  case vector = "Vector.swift"
  /// The exponential function and its relatives.
  case exponential = "Exponential.swift"
  /// Activations and other functions of one number.
  case activations = "Activations.swift"

  /// The zeros around images.
  case border = "Border.swift"
  /// The rows of layers that are computed together in strips.
  case strips = "Strips.swift"

  /// Walks over strided operands.
  case strided = "Strided.swift"
  /// Functions of one or two tensors, element by element.
  case elementwise = "Elementwise.swift"
  /// One multiply-add a channel.
  case channelAffine = "ChannelAffine.swift"
  /// Copies between strided operands.
  case copy = "Copy.swift"

  /// Functions of elements of any type.
  case scalars = "Scalars.swift"
  /// Functions of integers, and conversions between numbers.
  case numbers = "Numbers.swift"
  /// Copies of elements of any type.
  case copyScalars = "CopyScalars.swift"
  /// Reductions of elements of any type.
  case scalarReduction = "ScalarReduction.swift"
  /// Maxima of elements of any type in moving windows, and where they are.
  case scalarPool = "ScalarPool.swift"
  /// Convolutions and matrix products of elements of other types.
  case scalarProduct = "ScalarProduct.swift"

  /// Max, average and Lp pooling.
  case pool = "Pool.swift"
  /// Reductions over whole axes.
  case reduction = "Reduction.swift"
  /// Softmax and its logarithm.
  case softmax = "Softmax.swift"
  /// Normalisation over whole axes.
  case normalization = "Normalization.swift"
  /// Normalisation by a channel's neighbours.
  case localResponse = "LocalResponse.swift"
  /// Resampling along axes.
  case resample = "Resample.swift"
  /// Slices picked by a table.
  case gather = "Gather.swift"
  /// Products of computed matrices.
  case matrixProduct = "MatrixProduct.swift"

  /// The driver of direct convolutions, and what their tiles are.
  case directConvolution = "DirectConvolution.swift"
  /// The driver of Winograd convolutions.
  case winogradConvolution = "WinogradConvolution.swift"
  /// Winograd's transforms for tiles of 4 x 4 sums.
  case winogradTransform4 = "WinogradTransform4.swift"
  /// Winograd's transforms for tiles of 2 x 2 sums.
  case winogradTransform2 = "WinogradTransform2.swift"
  /// The driver of depthwise convolutions, and what their tiles are.
  case depthwiseConvolution = "DepthwiseConvolution.swift"
  /// The driver of convolutions between planar images, and what their tiles are.
  case planarConvolution = "PlanarConvolution.swift"

  /// Files that this one uses.
  package var requires: [RuntimeFile] {
    switch self {
    case .vector, .numbers, .scalarPool: []
    case .scalars, .copyScalars, .scalarReduction: [.strided]
    case .scalarProduct: [.strided, .scalarPool]
    case .exponential, .border, .strips, .directConvolution, .planarConvolution, .strided: [.vector]
    case .depthwiseConvolution, .winogradConvolution: [.directConvolution]
    case .winogradTransform4, .winogradTransform2: [.winogradConvolution]
    case .activations: [.vector, .exponential]
    case .elementwise, .channelAffine: [.vector, .strided]
    case .copy: [.vector, .strided, .elementwise]
    case .pool: [.vector, .exponential]
    case .reduction, .matrixProduct: [.vector, .strided]
    case .normalization: [.vector, .strided, .exponential, .elementwise, .reduction]
    case .localResponse: [.vector, .strided, .exponential]
    case .softmax: [.vector, .strided, .exponential, .elementwise, .reduction]
    case .resample: [.vector, .strided, .copy]
    case .gather: [.strided]
    }
  }
}
