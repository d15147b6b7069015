import KilnGraph

extension ImportContext {
  /// Adds a node with one result to the network, or computes it when all its operands are known.
  ///
  /// - Parameter role: what the node does for the one at hand when it isn't the one that makes its result; distinguishes
  ///   their names.
  mutating func emit(
    _ operation: any Operator, _ inputs: [ValueID?], role: String? = nil
  ) throws(ImportFailure) -> ValueID {
    let outputs = try emitAll(operation, inputs, role: role)
    guard let output = outputs.first else { throw .malformed("it has no result") }
    return output
  }

  /// Adds a node to the network, or computes it when all its operands are known.
  mutating func emitAll(
    _ operation: any Operator, _ inputs: [ValueID?], role: String? = nil
  ) throws(ImportFailure) -> [ValueID] {
    try requireTensors(inputs)
    let name = role.map { "\(node.name)/\($0)" } ?? node.name
    let isCounted = inputs.contains { input in input.map { countedRows[$0] != nil } ?? false }
    return isCounted ? try insertCounting(operation, name: name, inputs) : try insert(operation, name: name, inputs)
  }

  /// Adds a node of that name, or computes it when all its operands are known, whatever of them is real.
  mutating func insert(
    _ operation: any Operator, name: String, _ inputs: [ValueID?]
  ) throws(ImportFailure) -> [ValueID] {
    if let folded = try fold(operation, inputs) {
      // What is moved keeps its type, and so does what is computed of it in the wider one: better once too often than lost.
      let narrow = narrow(inputs)
      let results = folded.enumerated().map { index, tensor in
        let value = graph.addConstant(index == 0 ? name : "\(name):\(index)", tensor)
        if let narrow, narrow.widened == tensor.scalar { narrowTypes[value] = narrow }
        return value
      }
      if !shorterConstants.isEmpty { foldShorter(operation, inputs, results) }
      return results
    }
    try requireIndependent(inputs)
    do {
      let results = try graph.insert(operation, name: name, inputs: inputs)
      if operation.onlyMoves, let narrow = narrow(inputs) {
        for result in results where type(result).scalar == narrow.widened { narrowTypes[result] = narrow }
      }
      return results
    } catch {
      throw .malformed(error.description)
    }
  }

  /// The type in the file of the first operand that has a wider one here.
  private func narrow(_ inputs: [ValueID?]) -> NarrowElementType? {
    inputs.lazy.compactMap { $0.flatMap { narrowTypes[$0] } }.first
  }

  /// The same numbers, no longer of the narrow type that they have in the file.
  mutating func forgetting(_ value: ValueID) throws(ImportFailure) -> ValueID {
    if let tensor = constant(value) { return graph.addConstant(node.name, tensor) }
    let result = try emit(Reshape(to: shape(value)), [value])
    narrowTypes[result] = nil
    return result
  }

  /// Adds a constant to the network.
  mutating func addConstant(_ tensor: Tensor, role: String) -> ValueID {
    graph.addConstant("\(node.name)/\(role)", tensor)
  }

  /// Adds a constant of the file.
  mutating func addConstant(_ proto: TensorProto, name: String) throws(ImportFailure) -> ValueID {
    let value = graph.addConstant(name, try decoder.tensor(proto))
    narrowTypes[value] = NarrowElementType(dataType: proto.dataType)
    return value
  }

  /// Adds a constant with one element.
  mutating func addScalar(_ value: Double, _ scalar: ScalarType, role: String) -> ValueID {
    addConstant(Tensor(shape: [], doubles: [value], as: scalar), role: role)
  }

  /// The same elements with other dimensions; the value itself when it has them already.
  mutating func reshape(_ value: ValueID, to shape: [Int], role: String? = nil) throws(ImportFailure) -> ValueID {
    self.shape(value) == shape ? value : try emit(Reshape(to: shape), [value], role: role)
  }

  /// Takes a new constant of `type` off the budget.
  ///
  /// - Throws: `.unsupported` when the file is too small to justify it.
  mutating func spend(_ type: TensorType) throws(ImportFailure) {
    guard limits.spend(bytes: type.byteCount, work: type.elementCount) else {
      throw .unsupported("it makes a constant of \(type.byteCount) bytes, more than a file of this size may")
    }
  }

  /// The results of an operator when all its operands are known, `nil` when they are not.
  private mutating func fold(_ operation: any Operator, _ inputs: [ValueID?]) throws(ImportFailure) -> [Tensor]? {
    var tensors: [Tensor?] = []
    for input in inputs {
      guard let input else {
        tensors.append(nil)
        continue
      }
      guard let tensor = graph.constant(input) else { return nil }
      tensors.append(tensor)
    }
    do throws(OperatorError) {
      let types = tensors.map { $0?.type }
      let results = try operation.outputTypes(for: types)
      // A view costs nothing, whatever it shows.
      let byteCount = operation is Reshape ? 0 : results.reduce(0) { $0 + $1.byteCount }
      if limits.spend(bytes: byteCount, work: foldingWork(operation, types, results)) {
        return try operation.evaluate(tensors)
      }
    } catch {
      throw .malformed(error.description)
    }
    throw .unsupported("computing it in advance costs more than a file of this size may; give it a run-time input")
  }

  /// An upper bound of the elements that the reference evaluation of an operator touches.
  private func foldingWork(_ operation: any Operator, _ inputs: [TensorType?], _ results: [TensorType]) -> Int {
    let taps =
      switch operation {
      case is Reshape: 0
      case let pool as Pool: pool.window.kernel.reduce(1, saturatingProduct)
      // A cubic kernel has 4 taps, and stretches over more when it filters what it reduces.
      case let resize as Resize:
        resize.scales.map { Int(min(max(8 / $0, 8), 1e9)) }.reduce(1, saturatingProduct)
      case let region as RoiAlign:
        saturatingProduct(region.sampleBound(of: inputs), 4)
      // Each box is compared with all that are picked.
      case let suppression as NonMaxSuppression: suppression.capacity
      default: 1
      }
    let products = operation.multiplyAccumulates(inputs: inputs, outputs: results)
    let operands = taps == 0 ? 0 : inputs.reduce(0) { $0 + ($1?.elementCount ?? 0) }
    if operation is NonMaxSuppression { return saturatingProduct(operands, taps) }
    let computed = saturatingProduct(results.reduce(0) { $0 + $1.elementCount }, taps)
    return [computed, products, operands].reduce(0) { min($0, .max / 4) + min($1, .max / 4) }
  }
}

private func saturatingProduct(_ a: Int, _ b: Int) -> Int {
  let (product, overflow) = a.multipliedReportingOverflow(by: b)
  return overflow ? .max : product
}
