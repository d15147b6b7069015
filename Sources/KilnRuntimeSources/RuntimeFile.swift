extension RuntimeFile {
  /// Its name, without its folder: what the copy in an emitted package is called.
  public var name: String { rawValue.split(separator: "/").last.map(String.init) ?? rawValue }

  /// Its text.
  public var text: String { RuntimeSources.text(rawValue) }

  /// Files that this one uses.
  public var requires: [RuntimeFile] {
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
