// Arithmetic on vectors under a name, for kernels that apply a function: each lane is rounded once for every operation.

/// `a + b`.
@inline(__always)
func add(_ a: Vector, _ b: Vector) -> Vector { a + b }

/// `a - b`.
@inline(__always)
func subtract(_ a: Vector, _ b: Vector) -> Vector { a - b }

/// `a * b`.
@inline(__always)
func multiply(_ a: Vector, _ b: Vector) -> Vector { a * b }

/// `a / b`.
@inline(__always)
func divide(_ a: Vector, _ b: Vector) -> Vector { a / b }

/// `a / b`, the same divisor for every lane.
@inline(__always)
func divide(_ a: Vector, by b: Float) -> Vector { a / b }

/// The larger of each two lanes, NaN where either is; zeros become +0, whatever the machine.
@inline(__always)
func largerOrNaN(_ a: Vector, _ b: Vector) -> Vector { maximumOrNaN(a, b) + 0 }

/// The smaller of each two lanes, NaN where either is; zeros become +0, whatever the machine.
@inline(__always)
func smallerOrNaN(_ a: Vector, _ b: Vector) -> Vector { minimumOrNaN(a, b) + 0 }

/// `x` with zeros as +0.
@inline(__always)
func withoutNegativeZero(_ x: Vector) -> Vector { x + 0 }

/// `sum + |x|`.
@inline(__always)
func addMagnitude(_ sum: Vector, _ x: Vector) -> Vector { sum + absolute(x) }

/// `sum + x * x`, rounded once.
@inline(__always)
func addSquare(_ sum: Vector, _ x: Vector) -> Vector { fma(sum, x, x) }

/// `x` to the power of 2.
@inline(__always)
func square(_ x: Vector) -> Vector { x * x }

/// `x` to the power of 3, within 2 ulp.
@inline(__always)
func cube(_ x: Vector) -> Vector { x * x * x }

/// `x` to the power of 4, within 2 ulp.
@inline(__always)
func fourthPower(_ x: Vector) -> Vector { (x * x) * (x * x) }

/// `x` to the power of 3/2, within 2 ulp.
@inline(__always)
func threeHalvesPower(_ x: Vector) -> Vector { x * squareRoot(x) }

/// `x` to the power of 3/4, within 2 ulp.
@inline(__always)
func threeQuarterPower(_ x: Vector) -> Vector { squareRoot(x) * squareRoot(squareRoot(x)) }

/// `x` to the power of -1/2, within 2 ulp.
@inline(__always)
func reciprocalSquareRoot(_ x: Vector) -> Vector { 1 / squareRoot(x) }
