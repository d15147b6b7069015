import KilnGraph

/// Where a value lies: element `(i0, i1, …)` is `offset + i0 * strides[0] + …` elements into a buffer.
public struct View: Hashable, Sendable {
  /// The buffer.
  public var buffer: Buffer.ID
  /// The first element's index in the buffer.
  public var offset: Int
  /// The value's dimensions.
  public var shape: [Int]
  /// Elements between neighbours along each axis.
  public var strides: [Int]

  /// Whether the elements are contiguous and in row-major order.
  public var isDense: Bool { KilnCompiler.isDense(shape, strides) }

  /// Rank-4 images only: elements between images. Channels are contiguous.
  public var imageStride: Int { strides[0] }
  /// Rank-4 images only: elements between rows.
  public var rowStride: Int { strides[1] }
  /// Rank-4 images only: elements between pixels of a row.
  public var pixelStride: Int { strides[2] }
}

/// A run of memory that holds one value, or several that share it.
public struct Buffer: Hashable, Sendable {
  /// Names a buffer of one program.
  public struct ID: Hashable, Sendable {
    /// The buffer's index.
    public let index: Int
  }

  /// Whose memory a buffer is.
  public enum Owner: Hashable, Sendable {
    /// The arena's.
    case arena
    /// The caller's: a model input, never written.
    case input(Int)
    /// The caller's: a model output.
    case output(Int)
  }

  /// Whose memory it is.
  public var owner: Owner
  /// The element type.
  public var scalar: ScalarType
  /// Elements, border included.
  public var elementCount: Int

  /// Bytes, border included.
  public var byteCount: Int { elementCount * scalar.byteCount }
}
