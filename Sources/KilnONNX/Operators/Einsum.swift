import KilnGraph

/// Einstein's sums: products of matrices between transpositions and reshapes.
enum EinsumOperators {
  /// The operators.
  static let all: [OperatorImporter] = [einsum]

  static let einsum = OperatorImporter(
    "Einsum", since: [12], attributes: [.text("equation")],
    examples: [
      NodeExample([.computed([2, 3, 4]), .computed([2, 4, 5])], [.text("equation", "bij,bjk->bik")]),
      NodeExample([.computed([2, 3, 4])], [.text("equation", "...i->...")]),
      NodeExample([.computed([2, 3, 3])], [.text("equation", "bii->bi")]),
    ]
  ) { context throws(ImportFailure) in
    guard let equation = try context.node.attributes.text("equation") else {
      throw .malformed("the attribute equation is missing")
    }
    var operands: [Factor] = []
    var shapes: [[Int]] = []
    for index in context.node.inputs.indices { shapes.append(context.shape(try context.input(index))) }
    let axes = try EinsumEquation(equation, ranks: shapes.map(\.count))
    var extents: [Int: Int] = [:]
    for (labels, shape) in zip(axes.operands, shapes) {
      for (label, extent) in zip(labels, shape) where extents[label] ?? 1 == 1 { extents[label] = extent }
    }
    for (index, labels) in axes.operands.enumerated() {
      var own: [Int: Int] = [:]
      let fits = zip(labels, shapes[index]).allSatisfy { label, extent in
        (extent == 1 || extent == extents[label]) && own.updateValue(extent, forKey: label) ?? extent == extent
      }
      guard fits else { throw .malformed("axes of \(shapes) that it joins differ") }
      var operand = Factor(value: try context.input(index), labels: labels)
      try operand.dropRepeating(extents, "operand\(index)", &context)
      try operand.takeDiagonals("operand\(index)", &context)
      operands.append(operand)
    }
    var sum = Sum(extents: extents, result: axes.result)
    for (index, operand) in operands.enumerated() {
      let wanted = Set(axes.result).union(operands[(index + 1)...].flatMap(\.labels))
      try sum.multiply(operand, keeping: wanted, number: index, &context)
    }
    return [try sum.finish(&context)]
  }

  /// A value whose axes have labels.
  private struct Factor {
    var value: ValueID
    var labels: [Int]

    /// Leaves out axes of one element that stand for longer ones, `extents` of the labels: what they repeat is a factor.
    mutating func dropRepeating(
      _ extents: [Int: Int], _ role: String, _ context: inout ImportContext
    ) throws(ImportFailure) {
      let shape = context.shape(value)
      let kept = labels.indices.filter { shape[$0] == extents[labels[$0]] }
      guard kept.count < labels.count else { return }
      value = try context.reshape(value, to: kept.map { shape[$0] }, role: "\(role)/axes")
      labels = kept.map { labels[$0] }
    }

    /// Makes axes with the same label one, the diagonal through them.
    ///
    /// When they come last, its elements lie in regular steps: in a matrix of `n` rows, `n + 1` from one to the next.
    mutating func takeDiagonals(_ role: String, _ context: inout ImportContext) throws(ImportFailure) {
      while let repeated = labels.first(where: { label in labels.count { $0 == label } > 1 }) {
        let rest = labels.indices.filter { labels[$0] != repeated }
        let axes = labels.indices.filter { labels[$0] == repeated }
        let role = "\(role)/diagonal\(axes[0])"
        let extent = context.shape(value)[axes[0]]
        let outer = rest.map { context.shape(value)[$0] }
        value = try context.emit(Transpose(rest + axes), [value], role: "\(role)/order")
        // Its type was accepted, so that these products fit.
        let count = axes.reduce(1) { count, _ in count * extent }
        let step = axes.reduce(0) { step, _ in step * extent + 1 }
        value = try context.reshape(value, to: outer + [count], role: "\(role)/line")
        let slice = Slice(
          starts: outer.map { _ in 0 } + [0], counts: outer + [extent], steps: outer.map { _ in 1 } + [step])
        value = try context.emit(slice, [value], role: role)
        labels = rest.map { labels[$0] } + [repeated]
      }
    }
  }

  /// The product of some operands, summed over the axes that nobody else has.
  private struct Sum {
    let extents: [Int: Int]
    let result: [Int]
    private var product: Factor?

    init(extents: [Int: Int], result: [Int]) {
      self.extents = extents
      self.result = result
    }

    private func shape(_ labels: [Int]) -> [Int] { labels.map { extents[$0] ?? 1 } }

    private func count(_ labels: [Int]) throws(ImportFailure) -> Int {
      var count = 1
      for extent in shape(labels) {
        let (product, overflow) = count.multipliedReportingOverflow(by: extent)
        guard !overflow else { throw .malformed("its axes \(shape(labels)) are too long") }
        count = product
      }
      return count
    }

    /// Multiplies by an operand; afterwards only the axes in `keeping` are left.
    mutating func multiply(
      _ operand: Factor, keeping: Set<Int>, number: Int, _ context: inout ImportContext
    ) throws(ImportFailure) {
      let others = Set(product?.labels ?? [])
      // Axes of one operand alone are summed before it is multiplied.
      let right = try summed(operand, keeping: keeping.union(others), "operand\(number)", &context)
      guard let product else {
        self.product = right
        return
      }
      let left = try summed(product, keeping: keeping.union(right.labels), "product\(number)", &context)
      let shared = left.labels.filter(right.labels.contains)
      let batch = shared.filter(keeping.contains)
      let inner = shared.filter { !keeping.contains($0) }
      let rows = left.labels.filter { !shared.contains($0) }
      let columns = right.labels.filter { !shared.contains($0) }
      let isLinear = batch.isEmpty && context.constant(right.value) != nil
      let matrices = (isLinear ? [] : shape(batch))
      let a = try arranged(
        left, batch + rows + inner, to: matrices + [try count(rows), try count(inner)], "left\(number)", &context)
      let b = try arranged(
        right, batch + inner + columns, to: matrices + [try count(inner), try count(columns)], "right\(number)",
        &context)
      let isFloat = context.type(b).scalar.isFloatingPoint && context.constant(a) == nil
      let operation: any Operator = isLinear && isFloat ? Linear(arrangement: .inputFirst) : MatMul()
      let value = try context.emit(operation, [a, b], role: "matrices\(number)")
      let labels = batch + rows + columns
      self.product = Factor(
        value: try context.reshape(value, to: shape(labels), role: "axes\(number)"), labels: labels)
    }

    /// The product with the result's axes.
    func finish(_ context: inout ImportContext) throws(ImportFailure) -> ValueID {
      guard let product else { throw .malformed("it has no operand") }
      let order = result.compactMap(product.labels.firstIndex(of:))
      guard order.count == result.count, order.count == product.labels.count else {
        throw .malformed("its result has an axis that no operand has")
      }
      let isInOrder = order == Array(order.indices)
      return isInOrder ? product.value : try context.emit(Transpose(order), [product.value])
    }

    private func summed(
      _ factor: Factor, keeping: Set<Int>, _ role: String, _ context: inout ImportContext
    ) throws(ImportFailure) -> Factor {
      let axes = factor.labels.indices.filter { !keeping.contains(factor.labels[$0]) }
      guard !axes.isEmpty else { return factor }
      let sum = try context.emit(
        Reduction(.sum, axes: axes, keepsAxes: false), [factor.value], role: "\(role)/sum")
      return Factor(value: sum, labels: factor.labels.filter(keeping.contains))
    }

    private func arranged(
      _ factor: Factor, _ labels: [Int], to shape: [Int], _ role: String, _ context: inout ImportContext
    ) throws(ImportFailure) -> ValueID {
      let order = labels.compactMap(factor.labels.firstIndex(of:))
      let isInOrder = order == Array(order.indices)
      let value = isInOrder ? factor.value : try context.emit(Transpose(order), [factor.value], role: "\(role)/order")
      return try context.reshape(value, to: shape, role: role)
    }
  }
}

/// The axes of an Einstein sum: a number for each letter, and for each axis that three dots stand for.
struct EinsumEquation {
  /// Of each operand, and of the result.
  private(set) var operands: [[Int]] = []
  private(set) var result: [Int] = []

  /// Reads an equation for operands of these ranks.
  init(_ equation: String, ranks: [Int]) throws(ImportFailure) {
    func wrong() -> ImportFailure { .malformed("its equation '\(equation.prefix(60))' does not fit its operands") }
    let characters = Array(equation.utf8.filter { $0 != UInt8(ascii: " ") })
    let arrow = characters.indices.dropLast().first {
      characters[$0] == UInt8(ascii: "-") && characters[$0 + 1] == UInt8(ascii: ">")
    }
    let terms = characters[..<(arrow ?? characters.count)].split(
      separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
    guard terms.count == ranks.count else { throw wrong() }
    // The axes under dots are numbered from the last: -1, -2, ….
    var dotted = 0
    func labels(_ term: ArraySlice<UInt8>, dots: Int) throws(ImportFailure) -> [Int] {
      var (labels, rest, hasDots) = ([Int](), term, false)
      while let character = rest.popFirst() {
        switch character {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"):
          labels.append(Int(character))
        case UInt8(ascii: "."):
          guard !hasDots, rest.popFirst() == character, rest.popFirst() == character else { throw wrong() }
          hasDots = true
          labels += (0..<max(dots, 0)).map { $0 - max(dots, 0) }
        default: throw wrong()
        }
      }
      return labels
    }
    for (term, rank) in zip(terms, ranks) {
      let letters = term.filter { $0 != UInt8(ascii: ".") }.count
      let found = try labels(term, dots: rank - letters)
      guard found.count == rank else { throw wrong() }
      if term.contains(UInt8(ascii: ".")) { dotted = max(dotted, rank - letters) }
      operands.append(found)
    }
    guard let arrow else {
      // Without a result, it is what is there once, in the order of the alphabet.
      let all = operands.flatMap(\.self)
      let once = Set(all).filter { label in all.filter { $0 == label }.count == 1 && label >= 0 }
      result = (0..<dotted).map { $0 - dotted } + once.sorted()
      return
    }
    result = try labels(characters[(arrow + 2)...], dots: dotted)
    guard Set(result).isSubset(of: operands.flatMap(\.self)), Set(result).count == result.count else { throw wrong() }
  }
}
