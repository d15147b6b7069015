import KilnGraph

/// Additions and subtractions, and multiply-adds between them, of which each but the root is read only by another one:
/// together, a sum of terms with a factor each, and a shift.
struct SumTree {
  /// One of what is added.
  struct Term {
    /// The value.
    let value: ValueID
    /// What it is multiplied by: one number, or one per channel.
    ///
    /// Its shift is 0.
    let factor: PerChannelAffine
    /// Whether it is subtracted.
    let isNegative: Bool

    /// The factor with the sign in it.
    var signedFactor: PerChannelAffine {
      isNegative ? factor.followed(by: PerChannelAffine(scale: [-1], shift: [0])) : factor
    }
  }

  /// The last addition or subtraction.
  let root: NodeID
  /// What is added, from left to right.
  private(set) var terms: [Term] = []
  /// What is added to the whole.
  private(set) var shift = PerChannelAffine(scale: [1], shift: [0])
  /// The axis of the channels; `nil` when all are treated alike.
  private(set) var axis: Int?
  /// The other nodes, in topological order.
  private(set) var inner: [NodeID] = []
  /// How many of them are multiply-adds.
  private(set) var stepCount = 0
  /// The additions and subtractions that multiply-adds read.
  private(set) var scaledSums: [NodeID] = []

  /// The most numbers that the factors of a tree may be.
  private static let mostFactors = 1 << 22

  /// Finds a tree.
  ///
  /// - Parameter passesSteps: whether multiply-adds are a part of it, or their results are terms.
  init(root: NodeID, passesSteps: Bool, _ graph: Graph) {
    self.root = root
    var factorCount = 0
    var pending: [Term] = []
    func push(_ sum: NodeID, _ term: (factor: PerChannelAffine, isNegative: Bool)) {
      let operands = graph[sum].inputs.compactMap(\.self)
      let subtracts = graph.isPlainSubtraction(sum)
      for (index, value) in operands.enumerated().reversed() {
        let isNegative = term.isNegative != (subtracts && index == 1)
        pending.append(Term(value: value, factor: term.factor, isNegative: isNegative))
      }
    }
    push(root, (PerChannelAffine(scale: [1], shift: [0]), false))
    while let term = pending.popLast() {
      guard let (sum, steps) = graph.sum(before: term.value), passesSteps || steps.isEmpty,
        steps.allSatisfy({ $0.axis ?? axis == axis || axis == nil }), Set(steps.compactMap(\.axis)).count <= 1
      else {
        terms.append(term)
        continue
      }
      let affine = steps.composed
      let scaled = PerChannelAffine(scale: affine.scale, shift: affine.shift.map { _ in 0 }).followed(by: term.factor)
      factorCount += steps.isEmpty ? 0 : scaled.scale.count
      guard factorCount <= Self.mostFactors else {
        terms.append(term)
        continue
      }
      if !steps.isEmpty {
        axis = axis ?? steps.compactMap(\.axis).first
        stepCount += steps.count
        scaledSums.append(sum)
        let added = PerChannelAffine(scale: affine.scale.map { _ in 0 }, shift: affine.shift)
          .followed(by: term.signedFactor)
        shift = shift.adding(added.shift)
      }
      inner += steps.reversed().map(\.node) + [sum]
      push(sum, (scaled, term.isNegative))
    }
    inner.reverse()
  }
}

extension PerChannelAffine {
  /// The same with more added.
  ///
  /// Precondition: there is one number, or one per channel.
  fileprivate func adding(_ more: [Double]) -> PerChannelAffine {
    followed(by: PerChannelAffine(scale: more.map { _ in 1 }, shift: more))
  }
}

extension Graph {
  /// Whether the node subtracts one computed tensor from another of the same type.
  func isPlainSubtraction(_ id: NodeID?) -> Bool {
    guard let id, let binary = self[id].operation as? Binary, binary.function == .subtract else { return false }
    return hasEqualComputedOperands(id)
  }

  /// Whether the node adds two computed tensors of the same type, or subtracts one from the other.
  func isSum(_ id: NodeID?) -> Bool { isPlainAddition(id) || isPlainSubtraction(id) }

  /// The addition or subtraction that alone makes `value`, and the multiply-adds of its result that lead there; all of
  /// them are read by nobody else.
  func sum(before value: ValueID) -> (sum: NodeID, steps: [AffineStep])? {
    var (current, steps): (ValueID, [AffineStep]) = (value, [])
    while soleUser(of: current) != nil, let producer = producer(of: current) {
      if isSum(producer) { return (producer, steps.reversed()) }
      guard let step = affineStep(producer) else { return nil }
      steps.append(step)
      current = step.input
    }
    return nil
  }

  /// Whether an addition or subtraction alone reads `value`, perhaps through multiply-adds.
  func isTermOfSum(_ value: ValueID) -> Bool {
    var current = value
    while let user = soleUser(of: current) {
      if isSum(user) { return true }
      guard let step = affineStep(user), step.input == current else { return false }
      current = step.output
    }
    return false
  }
}
