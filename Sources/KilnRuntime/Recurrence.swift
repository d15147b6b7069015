// Recurrent layers: what each step makes of the state before it, and of the input's products, which are there already. The
// error of a step is that
// of the products of its state, of its functions, and of at most four roundings; what later steps make of it depends on the
// weights.

import KilnGeometry

/// Long short-term memory: states of all steps, and the last cells.
///
/// - Parameters:
///   - input: `[steps, rows, 4 * units]`, the gates i, o, f and the candidate.
///   - weights: a panel as `multiplyPanel` takes it for each vector of units, of the gates' vectors in their order.
///   - peepholes: what the gates i, o and f take of the cells, `[3 * units]`.
///   - products: memory for four vectors of each row.
///   - limit: the largest magnitude of what gates are functions of.
@inline(__always)
func recurLongShortTerm(
  _ input: UnsafePointer<Float>, weights: UnsafePointer<Float>, peepholes: UnsafePointer<Float>?,
  initialState: UnsafePointer<Float>?, initialCells: UnsafePointer<Float>?, to states: UnsafeMutablePointer<Float>,
  cells: UnsafeMutablePointer<Float>, products: UnsafeMutablePointer<Float>, _ geometry: RecurrenceGeometry,
  limit: Float, couplesForget: Bool, gate: (Vector) -> Vector, candidate: (Vector) -> Vector,
  output: (Vector) -> Vector
) {
  let (rows, units, lanes) = (geometry.rows, geometry.units, Vector.scalarCount)
  let panels = vectorCount(units)
  if let initialCells {
    cells.update(from: initialCells, count: rows &* units)
  } else {
    cells.update(repeating: 0, count: rows &* units)
  }
  forEachStep(geometry, initialState, states) { step, before, after, pass in
    if pass == .ofZeros { products.update(repeating: 0, count: rows &* (4 &* lanes)) }
    var turn = 0
    while turn < panels {
      let panel = pass == .backward ? panels &- 1 &- turn : turn
      if pass != .ofZeros {
        multiplyPanel(
          before, rows: rows, depth: units, weights + panel &* (4 &* lanes &* units), to: products, stride: 4 &* lanes)
      }
      // The gates of a panel are computed while the next one is on its way from memory.
      let unit = panel &* lanes
      let count = units &- unit
      var row = 0
      while row < rows {
        let own = input + ((step &* rows &+ row) &* (4 &* units) &+ unit)
        let product = products + row &* (4 &* lanes)
        let (cell, state) = (cells + (row &* units &+ unit), after + (row &* units &+ unit))
        func sum(_ index: Int, _ cell: Vector) -> Vector {
          let sum = loadPart(own + index &* units, count) + load(product + index &* lanes)
          guard let peepholes, index < 3 else { return clip(sum, -limit, limit) }
          return clip(fma(sum, loadPart(peepholes + (index &* units &+ unit), count), cell), -limit, limit)
        }
        let old = loadPart(cell, count)
        let taken = gate(sum(0, old))
        let kept = couplesForget ? 1 - taken : gate(sum(2, old))
        let new = fma(kept * old, taken, candidate(sum(3, old)))
        storePart(new, cell, count)
        storePart(gate(sum(1, new)) * output(new), state, count)
        row &+= 1
      }
      turn &+= 1
    }
  }
}

/// A gated recurrent unit: states of all steps.
///
/// - Parameters:
///   - input: `[steps, rows, 3 * units]`, the gates z, r and the candidate.
///   - weights: panels as `multiplyState` takes them: of all three where the product is reset, otherwise those of the gates
///     and after them those of the candidate.
///   - candidateBias: what is added to the candidate's product `[units]`.
///   - products: memory for the rows' products, each filled up to whole vectors, and where the state is reset for that.
///   - limit: the largest magnitude of what gates are functions of.
@inline(__always)
func recurGated(
  _ input: UnsafePointer<Float>, weights: UnsafePointer<Float>, candidateBias: UnsafePointer<Float>?,
  initialState: UnsafePointer<Float>?, to states: UnsafeMutablePointer<Float>,
  products: UnsafeMutablePointer<Float>, _ geometry: RecurrenceGeometry, limit: Float, resetsProduct: Bool,
  gate: (Vector) -> Vector, candidate: (Vector) -> Vector
) {
  let (rows, units) = (geometry.rows, geometry.units)
  let vectors = vectorCount(resetsProduct ? 3 &* units : 2 &* units)
  let stride = vectors &* Vector.scalarCount
  let candidateVectors = vectorCount(units)
  let candidateStride = resetsProduct ? stride : candidateVectors &* Vector.scalarCount
  let candidateProducts = products + (resetsProduct ? 2 &* units : rows &* stride)
  let resetState = products + rows &* (stride &+ candidateStride)
  forEachStep(geometry, initialState, states) { step, before, after, pass in
    multiplyState(
      before, rows: rows, depth: units, weights, vectors: vectors, to: products, stride: stride, pass)
    func gateSum(_ row: Int, _ index: Int, _ unit: Int, _ count: Int) -> Vector {
      let own = input + ((step &* rows &+ row) &* (3 &* units) &+ index &* units &+ unit)
      let product = products + (row &* stride &+ index &* units &+ unit)
      return clip(loadPart(own, count) + loadPart(product, count), -limit, limit)
    }
    if !resetsProduct {
      forEachVector(rows: rows, units: units) { row, unit, count in
        let reset = gate(gateSum(row, 1, unit, count)) * loadPart(before + (row &* units &+ unit), count)
        storePart(reset, resetState + (row &* units &+ unit), count)
      }
      multiplyState(
        resetState, rows: rows, depth: units, weights + vectors &* Vector.scalarCount &* units,
        vectors: candidateVectors, to: candidateProducts, stride: candidateStride, pass)
    }
    forEachVector(rows: rows, units: units) { row, unit, count in
      let kept = gate(gateSum(row, 0, unit, count))
      var product = loadPart(candidateProducts + (row &* candidateStride &+ unit), count)
      if let candidateBias { product += loadPart(candidateBias + unit, count) }
      if resetsProduct { product *= gate(gateSum(row, 1, unit, count)) }
      let own = loadPart(input + ((step &* rows &+ row) &* (3 &* units) &+ 2 &* units &+ unit), count)
      let new = candidate(clip(own + product, -limit, limit))
      let old = loadPart(before + (row &* units &+ unit), count)
      storePart(fma(kept * old, 1 - kept, new), after + (row &* units &+ unit), count)
    }
  }
}

/// A function of the sums: states of all steps.
///
/// - Parameters:
///   - input: `[steps, rows, units]`.
///   - weights: panels as `multiplyState` takes them.
///   - products: memory for the rows' products, each filled up to whole vectors.
///   - limit: the largest magnitude of what the function is given.
@inline(__always)
func recurSimple(
  _ input: UnsafePointer<Float>, weights: UnsafePointer<Float>, initialState: UnsafePointer<Float>?,
  to states: UnsafeMutablePointer<Float>, products: UnsafeMutablePointer<Float>, _ geometry: RecurrenceGeometry,
  limit: Float, _ function: (Vector) -> Vector
) {
  let (rows, units) = (geometry.rows, geometry.units)
  let vectors = vectorCount(units)
  let stride = vectors &* Vector.scalarCount
  forEachStep(geometry, initialState, states) { step, before, after, pass in
    multiplyState(
      before, rows: rows, depth: units, weights, vectors: vectors, to: products, stride: stride, pass)
    forEachVector(rows: rows, units: units) { row, unit, count in
      let own = loadPart(input + ((step &* rows &+ row) &* units &+ unit), count)
      let sum = own + loadPart(products + (row &* stride &+ unit), count)
      storePart(function(clip(sum, -limit, limit)), after + (row &* units &+ unit), count)
    }
  }
}

/// `scale * x + offset`.
@inline(__always)
func affine(_ x: Vector, _ scale: Float, _ offset: Float) -> Vector {
  fma(Vector(repeating: offset), x, Vector(repeating: scale))
}

/// `scale * tanh(slope * x)` within 4 ulp, and what rounding `slope * x` does to the tangent.
@inline(__always)
func scaledTanh(_ x: Vector, _ scale: Float, _ slope: Float) -> Vector { tanh(x * slope) * scale }

/// Goes through the steps in their order, with the states before and after each.
///
/// Where there is no initial state, zeros stand where the first one's state goes.
@inline(__always)
private func forEachStep(
  _ geometry: RecurrenceGeometry, _ initialState: UnsafePointer<Float>?, _ states: UnsafeMutablePointer<Float>,
  _ body: (
    _ step: Int, _ before: UnsafePointer<Float>, _ after: UnsafeMutablePointer<Float>, _ pass: StatePass
  ) -> Void
) {
  let count = geometry.rows &* geometry.units
  let first = geometry.isReversed ? geometry.steps &- 1 : 0
  var before = initialState
  if initialState == nil { (states + first &* count).update(repeating: 0, count: count) }
  var turn = 0
  while turn < geometry.steps {
    let step = geometry.isReversed ? first &- turn : turn
    let after = states + step &* count
    let isZero = turn == 0 && initialState == nil
    body(step, before ?? UnsafePointer(after), after, isZero ? .ofZeros : turn % 2 == 1 ? .backward : .forward)
    before = UnsafePointer(after)
    turn &+= 1
  }
}

/// Goes through the units of all rows, a vector at a time; `count` are left from `unit` on.
@inline(__always)
private func forEachVector(rows: Int, units: Int, _ body: (_ row: Int, _ unit: Int, _ count: Int) -> Void) {
  var row = 0
  while row < rows {
    var unit = 0
    while unit < units {
      body(row, unit, units &- unit)
      unit &+= Vector.scalarCount
    }
    row &+= 1
  }
}

/// Vectors that hold `count` elements.
@inline(__always)
private func vectorCount(_ count: Int) -> Int { (count &+ Vector.scalarCount &- 1) / Vector.scalarCount }

/// A vector, or the `count` elements that are left.
@inline(__always)
private func loadPart(_ address: UnsafePointer<Float>, _ count: Int) -> Vector {
  count >= Vector.scalarCount ? load(address) : load(address, count: count)
}

/// Writes a vector, or the `count` elements that are left.
@inline(__always)
private func storePart(_ vector: Vector, _ address: UnsafeMutablePointer<Float>, _ count: Int) {
  if count >= Vector.scalarCount { store(vector, address) } else { store(vector, address, count: count) }
}
