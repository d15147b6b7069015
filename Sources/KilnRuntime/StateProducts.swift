// Products of a recurrent layer's state with its weights, which lie in panels of four vectors side by side, `[panel][unit of
// the state][4][lanes]`; the last panel has the vectors that are left. With H units, sums are of H products, in two chains
// where one row is multiplied: `|error| <= (H + 1) * 2^-24 * sum |state * weight|` to first order.

/// How a step's state is multiplied: not at all where it is zero, otherwise by all panels in one order or the other.
///
/// A caller that takes turns finds in the cache what it used last.
enum StatePass {
  case ofZeros, forward, backward
}

/// Multiplies `rows` rows of `depth` contiguous numbers by panels of `vectors` vectors in all.
///
/// - Parameter stride: elements from a row's products to the next's, at least the lanes of all vectors.
@inline(never)
func multiplyState(
  _ state: UnsafePointer<Float>, rows: Int, depth: Int, _ panels: UnsafePointer<Float>, vectors: Int,
  to products: UnsafeMutablePointer<Float>, stride: Int, _ pass: StatePass
) {
  if pass == .ofZeros {
    products.update(repeating: 0, count: rows &* stride)
    return
  }
  let isBackward = pass == .backward
  if isBackward { multiplyRest(state, rows, depth: depth, panels, vectors: vectors, to: products, stride: stride) }
  let (whole, lanes) = (vectors / 4, 4 &* Vector.scalarCount)
  var turn = 0
  while turn < whole {
    let panel = isBackward ? whole &- 1 &- turn : turn
    multiplyPanel(
      state, rows: rows, depth: depth, panels + panel &* (lanes &* depth), to: products + panel &* lanes,
      stride: stride)
    turn &+= 1
  }
  if !isBackward { multiplyRest(state, rows, depth: depth, panels, vectors: vectors, to: products, stride: stride) }
}

/// Multiplies `rows` rows of `depth` contiguous numbers by a panel of four vectors.
///
/// - Parameter stride: elements from a row's products to the next's.
@inline(__always)
func multiplyPanel(
  _ state: UnsafePointer<Float>, rows: Int, depth: Int, _ panel: UnsafePointer<Float>,
  to products: UnsafeMutablePointer<Float>, stride: Int
) {
  var row = 0
  while row &+ 2 <= rows {
    multiplyTwoRows(state + row &* depth, depth: depth, panel, to: products + row &* stride, stride: stride)
    row &+= 2
  }
  if row < rows { multiplyRow(state + row &* depth, depth: depth, panel, to: products + row &* stride) }
}

/// One row by a panel of four vectors: two chains of sums each, because one addition waits for the one before.
@inline(__always)
private func multiplyRow(
  _ state: UnsafePointer<Float>, depth: Int, _ panel: UnsafePointer<Float>, to products: UnsafeMutablePointer<Float>
) {
  let lanes = Vector.scalarCount
  let zero = Vector(repeating: 0)
  var (even0, even1, even2, even3) = (zero, zero, zero, zero)
  var (odd0, odd1, odd2, odd3) = (zero, zero, zero, zero)
  var weights = panel
  var k = 0
  while k &+ 2 <= depth {
    let even = Vector(repeating: state[k])
    even0 = fma(even0, even, load(weights))
    even1 = fma(even1, even, load(weights + lanes))
    even2 = fma(even2, even, load(weights + 2 &* lanes))
    even3 = fma(even3, even, load(weights + 3 &* lanes))
    let odd = Vector(repeating: state[k &+ 1])
    odd0 = fma(odd0, odd, load(weights + 4 &* lanes))
    odd1 = fma(odd1, odd, load(weights + 5 &* lanes))
    odd2 = fma(odd2, odd, load(weights + 6 &* lanes))
    odd3 = fma(odd3, odd, load(weights + 7 &* lanes))
    weights += 8 &* lanes
    k &+= 2
  }
  if k < depth {
    let even = Vector(repeating: state[k])
    even0 = fma(even0, even, load(weights))
    even1 = fma(even1, even, load(weights + lanes))
    even2 = fma(even2, even, load(weights + 2 &* lanes))
    even3 = fma(even3, even, load(weights + 3 &* lanes))
  }
  store(even0 + odd0, products)
  store(even1 + odd1, products + lanes)
  store(even2 + odd2, products + 2 &* lanes)
  store(even3 + odd3, products + 3 &* lanes)
}

/// Two rows by a panel of four vectors, which is read once.
@inline(__always)
private func multiplyTwoRows(
  _ state: UnsafePointer<Float>, depth: Int, _ panel: UnsafePointer<Float>, to products: UnsafeMutablePointer<Float>,
  stride: Int
) {
  let lanes = Vector.scalarCount
  let zero = Vector(repeating: 0)
  var (upper0, upper1, upper2, upper3) = (zero, zero, zero, zero)
  var (lower0, lower1, lower2, lower3) = (zero, zero, zero, zero)
  var weights = panel
  var k = 0
  while k < depth {
    let (upper, lower) = (Vector(repeating: state[k]), Vector(repeating: state[depth &+ k]))
    let (weight0, weight1) = (load(weights), load(weights + lanes))
    upper0 = fma(upper0, upper, weight0)
    lower0 = fma(lower0, lower, weight0)
    upper1 = fma(upper1, upper, weight1)
    lower1 = fma(lower1, lower, weight1)
    let (weight2, weight3) = (load(weights + 2 &* lanes), load(weights + 3 &* lanes))
    upper2 = fma(upper2, upper, weight2)
    lower2 = fma(lower2, lower, weight2)
    upper3 = fma(upper3, upper, weight3)
    lower3 = fma(lower3, lower, weight3)
    weights += 4 &* lanes
    k &+= 1
  }
  store(upper0, products)
  store(upper1, products + lanes)
  store(upper2, products + 2 &* lanes)
  store(upper3, products + 3 &* lanes)
  let next = products + stride
  store(lower0, next)
  store(lower1, next + lanes)
  store(lower2, next + 2 &* lanes)
  store(lower3, next + 3 &* lanes)
}

/// The vectors after the last whole panel, one at a time.
@inline(__always)
private func multiplyRest(
  _ state: UnsafePointer<Float>, _ rows: Int, depth: Int, _ panels: UnsafePointer<Float>, vectors: Int,
  to products: UnsafeMutablePointer<Float>, stride: Int
) {
  let lanes = Vector.scalarCount
  let whole = vectors &- vectors % 4
  let step = (vectors &- whole) &* lanes
  var vector = whole
  while vector < vectors {
    let panel = panels + (whole &* lanes &* depth &+ (vector &- whole) &* lanes)
    var row = 0
    while row < rows {
      let elements = state + row &* depth
      var (even, odd) = (Vector(repeating: 0), Vector(repeating: 0))
      var k = 0
      while k &+ 2 <= depth {
        even = fma(even, Vector(repeating: elements[k]), load(panel + k &* step))
        odd = fma(odd, Vector(repeating: elements[k &+ 1]), load(panel + (k &+ 1) &* step))
        k &+= 2
      }
      if k < depth { even = fma(even, Vector(repeating: elements[k]), load(panel + k &* step)) }
      store(even + odd, products + (row &* stride &+ vector &* lanes))
      row &+= 1
    }
    vector &+= 1
  }
}
