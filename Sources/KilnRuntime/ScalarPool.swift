import KilnGeometry

/// The largest element of any type in a moving window over up to three axes, and where it is: the first of equals, or
/// the last NaN.
///
/// Padding never wins.
///
/// - Parameters:
///   - identity: what no element is smaller than.
///   - indices: where each maximum's index goes, in the layout of the results; `nil` for nowhere.
///   - numbers: what an index grows by along each axis of the source.
@inline(never)
func poolMaxima<Element: BitwiseCopyable & Comparable>(
  _ source: UnsafePointer<Element>, _ sourceStrides: VolumeStrides,
  to destination: UnsafeMutablePointer<Element>, _ destinationStrides: VolumeStrides,
  indices: UnsafeMutablePointer<Int64>?, numbers: VolumeStrides, images: Int, channels: Int,
  _ planes: PoolAxis, _ rows: PoolAxis, _ columns: PoolAxis, from identity: Element
) {
  var n = 0
  while n < images &* channels {
    let (image, channel) = (n / channels, n % channels)
    let from = image &* sourceStrides.0 &+ channel &* sourceStrides.1
    let number = image &* numbers.0 &+ channel &* numbers.1
    let to = image &* destinationStrides.0 &+ channel &* destinationStrides.1
    var result = (0, 0, 0)
    while result.0 < planes.resultExtent {
      result.1 = 0
      while result.1 < rows.resultExtent {
        result.2 = 0
        while result.2 < columns.resultExtent {
          var best = identity
          var bestNumber = -1
          var tap = (0, 0, 0)
          while tap.0 < planes.kernel {
            let z = result.0 &* planes.stride &- planes.padding &+ tap.0 &* planes.dilation
            tap.1 = z >= 0 && z < planes.extent ? 0 : rows.kernel
            while tap.1 < rows.kernel {
              let y = result.1 &* rows.stride &- rows.padding &+ tap.1 &* rows.dilation
              tap.2 = y >= 0 && y < rows.extent ? 0 : columns.kernel
              while tap.2 < columns.kernel {
                let x = result.2 &* columns.stride &- columns.padding &+ tap.2 &* columns.dilation
                if x >= 0 && x < columns.extent {
                  let element = source[
                    from &+ z &* sourceStrides.2 &+ y &* sourceStrides.3 &+ x &* sourceStrides.4]
                  // A NaN wins, as it does in the reference.
                  if element > best || bestNumber < 0 || element != element {
                    best = element
                    bestNumber = number &+ z &* numbers.2 &+ y &* numbers.3 &+ x &* numbers.4
                  }
                }
                tap.2 &+= 1
              }
              tap.1 &+= 1
            }
            tap.0 &+= 1
          }
          let place =
            to &+ result.0 &* destinationStrides.2 &+ result.1 &* destinationStrides.3
            &+ result.2 &* destinationStrides.4
          destination[place] = best
          if let indices { indices[place] = Int64(truncatingIfNeeded: bestNumber) }
          result.2 &+= 1
        }
        result.1 &+= 1
      }
      result.0 &+= 1
    }
    n &+= 1
  }
}
