import KilnGeometry

/// Neighbouring pixels of one row x all output planes, in registers through the whole reduction: emitted source.
///
/// `output[m, p] = activation(bias[m] + sum over k of input[k, p] * weight[k, m])`, the sum taken from the bias on, one
/// fused multiply-add a product, in the order kernel row, kernel column, input channel. With K products |error| <=
/// (K + 1) * 2^-24 * (|bias| + sum |input * weight|) to first order, before the activation.
protocol PlanarTile {
  /// Output pixels.
  static var pixels: Int { get }
  /// Computes the pixels of a row from `kernelRows` rows of the kernel. The pointers are those of the first tap's
  /// element, the biases, the first row's weights, and the first pixel in the first output plane.
  static func run(
    _ input: UnsafePointer<Float>, _ bias: UnsafePointer<Float>, _ weights: UnsafePointer<Float>,
    _ output: UnsafeMutablePointer<Float>, kernelRows: Int, _ geometry: UnsafePointer<PlanarGeometry>)
  /// The activation.
  static func activate(_ sums: Vector) -> Vector
}

/// Convolves planes with few channels on both sides, vectors along the pixels of a row: nothing is transposed.
///
/// `panel` is packed `[biases, KH x KW x Cin][Cout]`. Taps outside the input are left out, which is exact. The last tile
/// of a row overlaps the one before; pixels whose taps reach beyond the sides, and rows shorter than a tile, are
/// computed one by one.
@inline(__always)
func convolvePlanar<Tile: PlanarTile>(
  _: Tile.Type, _ input: UnsafePointer<Float>, _ panel: UnsafePointer<Float>,
  _ output: UnsafeMutablePointer<Float>, _ geometry: PlanarGeometry
) {
  let weights = panel + geometry.outputChannels
  let kernelRowWeights = geometry.kernelColumns &* geometry.inputChannels &* geometry.outputChannels
  // The columns all of whose taps lie inside.
  let reach = (geometry.kernelColumns &- 1) &* geometry.columnDilation
  let insideEnd = min(geometry.columns, geometry.inputColumns &- reach &+ geometry.left)
  let isTiled = insideEnd &- geometry.left >= Tile.pixels
  let first = isTiled ? geometry.left : geometry.columns
  let end = isTiled ? insideEnd : geometry.columns
  withUnsafePointer(to: geometry) { pointer in
    var image = 0
    while image < geometry.images {
      let planes = input + image &* geometry.inputChannels &* geometry.inputRows &* geometry.inputColumns
      let results = output + image &* geometry.outputChannels &* geometry.rows &* geometry.columns
      var row = geometry.firstRow
      while row < geometry.endRow {
        let y = results + row &* geometry.columns
        // The kernel's rows that lie inside.
        let inputRow = row &* geometry.rowStride &- geometry.top
        var tapRow = 0
        while tapRow < geometry.kernelRows && inputRow &+ tapRow &* geometry.rowDilation < 0 { tapRow &+= 1 }
        var tapRowEnd = geometry.kernelRows
        while tapRowEnd > tapRow && inputRow &+ (tapRowEnd &- 1) &* geometry.rowDilation >= geometry.inputRows {
          tapRowEnd &-= 1
        }
        let x = planes + (inputRow &+ tapRow &* geometry.rowDilation) &* geometry.inputColumns
        let w = weights + tapRow &* kernelRowWeights
        var column = 0
        while column < first {
          convolvePlanarPixel(Tile.self, x, panel, w, y, column: column, kernelRows: tapRowEnd &- tapRow, pointer)
          column &+= 1
        }
        while column < end {
          let start = min(column, end &- Tile.pixels)
          Tile.run(x + (start &- geometry.left), panel, w, y + start, kernelRows: tapRowEnd &- tapRow, pointer)
          column = start &+ Tile.pixels
        }
        while column < geometry.columns {
          convolvePlanarPixel(Tile.self, x, panel, w, y, column: column, kernelRows: tapRowEnd &- tapRow, pointer)
          column &+= 1
        }
        row &+= 1
      }
      image &+= 1
    }
  }
}

/// One pixel of every output plane.
///
/// `input` and `output` are the beginnings of rows.
@inline(never)
private func convolvePlanarPixel<Tile: PlanarTile>(
  _: Tile.Type, _ input: UnsafePointer<Float>, _ bias: UnsafePointer<Float>, _ weights: UnsafePointer<Float>,
  _ output: UnsafeMutablePointer<Float>, column: Int, kernelRows: Int, _ geometry: UnsafePointer<PlanarGeometry>
) {
  let channels = geometry.pointee.outputChannels
  let inputColumns = geometry.pointee.inputColumns
  let planeStep = geometry.pointee.inputRows &* inputColumns
  var channel = 0
  while channel < channels {
    var sum = bias[channel]
    var weight = weights + channel
    var row = 0
    while row < kernelRows {
      let x = input + row &* geometry.pointee.rowDilation &* inputColumns
      var tap = 0
      while tap < geometry.pointee.kernelColumns {
        let inputColumn = column &- geometry.pointee.left &+ tap &* geometry.pointee.columnDilation
        let isInside = inputColumn >= 0 && inputColumn < inputColumns
        var inputChannel = 0
        while inputChannel < geometry.pointee.inputChannels {
          if isInside { sum = fma(sum, x[inputColumn &+ inputChannel &* planeStep], weight[0]) }
          weight += channels
          inputChannel &+= 1
        }
        tap &+= 1
      }
      row &+= 1
    }
    output[column &+ channel &* geometry.pointee.rows &* geometry.pointee.columns] =
      Tile.activate(Vector(repeating: sum))[0]
    channel &+= 1
  }
}
