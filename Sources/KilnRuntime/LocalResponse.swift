import KilnGeometry

/// Multiplies each element by `factor(sum of the squares of its neighbours in the channels)`: the channels from
/// `before` earlier ones to `after` later ones, where they exist.
///
/// The squares are summed in the order of the channels.
///
/// - Parameters:
///   - stride: elements between channels.
///   - count: contiguous elements of each channel; 1 when the channels themselves are contiguous.
///   - shape: how often, by the strides. The destination lies as the source does, elsewhere.
@inline(__always)
func normalizeLocally(
  _ source: UnsafePointer<Float>, _ strides: Axes, to destination: UnsafeMutablePointer<Float>, shape: Axes,
  channels: Int, stride: Int, count: Int, before: Int, after: Int, factor: (Vector) -> Vector
) {
  forEachOffset(in: shape, strides, strides) { offset, _ in
    let x = source + offset
    let y = destination + offset
    var channel = 0
    while channel < channels {
      let first = channel < before ? 0 : channel &- before
      let last = channel &+ after < channels ? channel &+ after : channels &- 1
      // Contiguous channels go together where all of them have all of their neighbours.
      let isInside = channel >= before && channel &+ after &+ Vector.scalarCount <= channels
      let run = count == 1 && stride == 1 && isInside ? Vector.scalarCount : count
      var i = 0
      while i < run {
        let lanes = run &- i < Vector.scalarCount ? run &- i : Vector.scalarCount
        var sum = Vector(repeating: 0)
        var neighbour = first
        while neighbour <= last {
          let z = load(x + (neighbour &* stride &+ i), count: lanes)
          sum = fma(sum, z, z)
          neighbour &+= 1
        }
        let place = channel &* stride &+ i
        store(load(x + place, count: lanes) * factor(sum), y + place, count: lanes)
        i &+= Vector.scalarCount
      }
      channel &+= run == count ? 1 : Vector.scalarCount
    }
  }
}

/// `(bias + scale * squares) ^ exponent`.
@inline(__always)
func localResponse(_ squares: Vector, bias: Float, scale: Float, exponent: Float) -> Vector {
  power(fma(Vector(repeating: bias), squares, Vector(repeating: scale)), Vector(repeating: exponent))
}
