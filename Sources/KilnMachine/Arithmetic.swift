/// Arithmetic on vectors of one element type.
package struct Arithmetic: Hashable, Sendable {
  /// Products that a multiply-add sums up in each 32 bits of a vector: 1 for float32, 2 for float16 and for pairs of
  /// int16, 4 for dot products of int8.
  ///
  /// 0 where the processor has no such arithmetic.
  package var productsPerLane: Double
  /// Multiply-adds of a vector per cycle; where a product and its sum are two instructions, pairs of these.
  package var multiplyAddsPerCycle: Double
  /// Cycles from a factor to the sum.
  package var multiplyAddLatency: Double
  /// Cycles from one sum to the next that it is added to; less than the latency where the sum enters late.
  package var accumulationLatency: Double
  /// Additions, comparisons, maxima and the like of a vector per cycle, when no multiply-add is issued.
  package var additionsPerCycle: Double
  /// Cycles from an operand of such an instruction to its result.
  package var additionLatency: Double

  /// Makes the arithmetic of a type; sums enter no later than factors unless the arguments say so.
  package init(
    productsPerLane: Double, multiplyAddsPerCycle: Double, multiplyAddLatency: Double,
    accumulationLatency: Double? = nil, additionsPerCycle: Double, additionLatency: Double
  ) {
    self.productsPerLane = productsPerLane
    self.multiplyAddsPerCycle = multiplyAddsPerCycle
    self.multiplyAddLatency = multiplyAddLatency
    self.accumulationLatency = accumulationLatency ?? multiplyAddLatency
    self.additionsPerCycle = additionsPerCycle
    self.additionLatency = additionLatency
  }

  /// What a processor has that can't compute with a type.
  package static let missing = Arithmetic(
    productsPerLane: 0, multiplyAddsPerCycle: 0, multiplyAddLatency: 0, additionsPerCycle: 0, additionLatency: 0)
}
