import KilnGeometry

/// What a pooling does with the elements of its window.
protocol PoolReduction {
  /// The type of the images' elements.
  associatedtype Element
  /// A vector of channels.
  associatedtype Lanes: SIMD
  /// What the reduction starts from.
  static var identity: Lanes { get }
  /// Reads a vector from unaligned memory.
  static func read(_ address: UnsafePointer<Element>) -> Lanes
  /// Reads the first `count` lanes; memory after them isn't touched.
  static func read(_ address: UnsafePointer<Element>, count: Int) -> Lanes
  /// Takes one more element of each channel.
  static func accumulate(_ result: Lanes, _ x: Lanes) -> Lanes
  /// Writes the results, given by how many elements they are to be divided, to unaligned memory.
  static func finish(_ result: Lanes, _ count: Float, _ address: UnsafeMutablePointer<Element>)
  /// Writes the first of them, of as many lanes as `lanes`; memory after them isn't touched.
  static func finish(_ result: Lanes, _ count: Float, _ address: UnsafeMutablePointer<Element>, lanes: Int)
}

/// A reduction of numbers that are computed with as float32.
protocol VectorPoolReduction: PoolReduction where Element: VectorElement, Lanes == Vector {
  /// The result, given by how many elements it is to be divided.
  static func finish(_ result: Vector, _ count: Float) -> Vector
}

extension VectorPoolReduction {
  @inline(__always) static func read(_ address: UnsafePointer<Element>) -> Vector { load(address) }

  @inline(__always) static func read(_ address: UnsafePointer<Element>, count: Int) -> Vector {
    load(address, count: count)
  }

  @inline(__always) static func finish(_ result: Vector, _ count: Float, _ address: UnsafeMutablePointer<Element>) {
    store(finish(result, count), address)
  }

  @inline(__always) static func finish(
    _ result: Vector, _ count: Float, _ address: UnsafeMutablePointer<Element>, lanes: Int
  ) { store(finish(result, count), address, count: lanes) }
}

/// The largest element; NaN where there is one.
///
/// Zeros become +0.
enum MaximumPool<Element: VectorElement>: VectorPoolReduction {
  @inline(__always) static var identity: Vector { Vector(repeating: -.infinity) }
  @inline(__always) static func accumulate(_ result: Vector, _ x: Vector) -> Vector { maximumOrNaN(result, x) }
  @inline(__always) static func finish(_ result: Vector, _ count: Float) -> Vector { result + 0 }
}

/// The mean of n elements, summed row by row: the error is at most `n * 2^-24` of the mean magnitude.
enum AveragePool<Element: VectorElement>: VectorPoolReduction {
  @inline(__always) static var identity: Vector { Vector(repeating: 0) }
  @inline(__always) static func accumulate(_ result: Vector, _ x: Vector) -> Vector { result + x }
  @inline(__always) static func finish(_ result: Vector, _ count: Float) -> Vector { result / count }
}

/// The sum of magnitudes.
enum MagnitudePool<Element: VectorElement>: VectorPoolReduction {
  @inline(__always) static var identity: Vector { Vector(repeating: 0) }
  @inline(__always) static func accumulate(_ result: Vector, _ x: Vector) -> Vector { result + absolute(x) }
  @inline(__always) static func finish(_ result: Vector, _ count: Float) -> Vector { result }
}

/// The square root of the sum of squares.
enum EuclideanPool<Element: VectorElement>: VectorPoolReduction {
  @inline(__always) static var identity: Vector { Vector(repeating: 0) }
  @inline(__always) static func accumulate(_ result: Vector, _ x: Vector) -> Vector { fma(result, x, x) }
  @inline(__always) static func finish(_ result: Vector, _ count: Float) -> Vector { squareRoot(result) }
}

/// Reduces a moving window of each channel of channels-last images.
///
/// Padding is never read: windows are cut to the image.
///
/// - Parameters:
///   - source, sourceStrides: the images, and elements between images, rows and pixels.
///   - extent: rows and columns of an image.
///   - destination, destinationStrides: the results, likewise.
///   - images, rows, columns, channels: the results' dimensions.
@inline(never)
func poolImages<Reduction: PoolReduction>(
  _ reduction: Reduction.Type, _ window: PoolWindow,
  _ source: UnsafePointer<Reduction.Element>, _ sourceStrides: (Int, Int, Int), extent: (Int, Int),
  to destination: UnsafeMutablePointer<Reduction.Element>, _ destinationStrides: (Int, Int, Int),
  images: Int, rows: Int, columns: Int, channels: Int
) {
  let rowStep = window.dilations.0 &* sourceStrides.1
  let columnStep = window.dilations.1 &* sourceStrides.2
  var n = 0
  while n < images {
    var row = 0
    while row < rows {
      let vertical = TapRange(
        from: row &* window.strides.0 &- window.padBegin.0, step: window.dilations.0, taps: window.kernel.0,
        extent: extent.0, padding: window.padEnd.0)
      let line = source + (n &* sourceStrides.0 &+ vertical.first &* sourceStrides.1)
      let results = destination + (n &* destinationStrides.0 &+ row &* destinationStrides.1)
      var column = 0
      while column < columns {
        let horizontal = TapRange(
          from: column &* window.strides.1 &- window.padBegin.1, step: window.dilations.1, taps: window.kernel.1,
          extent: extent.1, padding: window.padEnd.1)
        let count =
          window.countsPadding
          ? vertical.paddedCount &* horizontal.paddedCount : vertical.count &* horizontal.count
        poolPixel(
          reduction, line + horizontal.first &* sourceStrides.2, rows: vertical.count, rowStep: rowStep,
          columns: horizontal.count, columnStep: columnStep, to: results + column &* destinationStrides.2,
          channels: channels, count: Float(count))
        column &+= 1
      }
      row &+= 1
    }
    n &+= 1
  }
}

/// The taps of a window that lie inside the image, along one axis.
private struct TapRange {
  /// The pixel of the first of them.
  var first: Int
  /// How many there are.
  var count: Int
  /// How many lie in the image or its padding.
  var paddedCount: Int

  @inline(__always)
  init(from start: Int, step: Int, taps: Int, extent: Int, padding: Int) {
    let last = start &+ (taps &- 1) &* step
    if start >= 0 && last < extent {
      (first, count, paddedCount) = (start, taps, taps)
      return
    }
    let skipped = start < 0 ? (step &- 1 &- start) / step : 0
    let end = TapRange.taps(from: start, step: step, taps: taps, below: extent)
    first = start &+ skipped &* step
    count = end > skipped ? end &- skipped : 0
    paddedCount = TapRange.taps(from: start, step: step, taps: taps, below: extent &+ padding)
  }

  /// How many taps from the first on lie below `limit`.
  @inline(__always)
  private static func taps(from start: Int, step: Int, taps: Int, below limit: Int) -> Int {
    if start >= limit { return 0 }
    let fitting = (limit &- start &+ step &- 1) / step
    return fitting < taps ? fitting : taps
  }
}

/// All channels of one result: four vectors at a time, then one, then what is left.
@inline(__always)
private func poolPixel<Reduction: PoolReduction>(
  _: Reduction.Type, _ source: UnsafePointer<Reduction.Element>, rows: Int, rowStep: Int, columns: Int,
  columnStep: Int, to destination: UnsafeMutablePointer<Reduction.Element>, channels: Int, count: Float
) {
  let lanes = Reduction.Lanes.scalarCount
  var c = 0
  while c &+ 4 &* lanes <= channels {
    var (r0, r1, r2, r3) = (Reduction.identity, Reduction.identity, Reduction.identity, Reduction.identity)
    var row = 0
    while row < rows {
      var x = source + (row &* rowStep &+ c)
      var column = 0
      while column < columns {
        r0 = Reduction.accumulate(r0, Reduction.read(x))
        r1 = Reduction.accumulate(r1, Reduction.read(x + lanes))
        r2 = Reduction.accumulate(r2, Reduction.read(x + 2 &* lanes))
        r3 = Reduction.accumulate(r3, Reduction.read(x + 3 &* lanes))
        x += columnStep
        column &+= 1
      }
      row &+= 1
    }
    Reduction.finish(r0, count, destination + c)
    Reduction.finish(r1, count, destination + (c &+ lanes))
    Reduction.finish(r2, count, destination + (c &+ 2 &* lanes))
    Reduction.finish(r3, count, destination + (c &+ 3 &* lanes))
    c &+= 4 &* lanes
  }
  while c < channels {
    let rest = channels &- c
    var result = Reduction.identity
    var row = 0
    while row < rows {
      var x = source + (row &* rowStep &+ c)
      var column = 0
      while column < columns {
        result = Reduction.accumulate(result, rest >= lanes ? Reduction.read(x) : Reduction.read(x, count: rest))
        x += columnStep
        column &+= 1
      }
      row &+= 1
    }
    if rest >= lanes {
      Reduction.finish(result, count, destination + c)
    } else {
      Reduction.finish(result, count, destination + c, lanes: rest)
    }
    c &+= lanes
  }
}
