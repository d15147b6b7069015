import KilnGraph
import KilnKernels

extension VectorExecutor {
  package func execute(_ kernel: ClearBorder) {
    var a = arguments(kernel)
    clearBorder(
      a.target(), images: a.integer("images"), imageStride: a.integer("imageStride"), height: a.integer("height"),
      rowStride: a.integer("rowStride"), rowCount: a.integer("rowCount"), top: a.integer("top"),
      left: a.integer("left"), bottom: a.integer("bottom"), right: a.integer("right"))
    a.end()
  }

  package func execute(_ kernel: KeepRows) {
    var a = arguments(kernel)
    keepRows(
      a.target(), images: a.integer("images"), imageStride: a.integer("imageStride"),
      rowStride: a.integer("rowStride"), from: a.integer("from"), rows: a.integer("rows"))
    a.end()
  }

  package func execute(_ kernel: MapElements) {
    var a = arguments(kernel)
    let source: UnsafePointer<Float> = a.pointer()
    if a.isAtAxes {
      mapElements(
        source, a.axes(), to: a.target("to"), a.axes(), shape: a.axes("shape"), count: a.integer("count"),
        VectorFunctions.unary(a.function()))
    } else {
      mapElements(source, to: a.target("to"), count: a.integer("count"), VectorFunctions.unary(a.function()))
    }
    a.end()
  }

  package func execute(_ kernel: CombineElements) {
    var a = arguments(kernel)
    let left: UnsafePointer<Float> = a.pointer()
    if a.isAtAxes {
      combineElements(
        left, a.axes(), step: a.integer("step"), a.pointer(), a.axes(), step: a.integer("step"), to: a.target("to"),
        a.axes(), shape: a.axes("shape"), count: a.integer("count"), VectorFunctions.binary(a.function()))
    } else {
      combineElements(
        left, step: a.integer("step"), a.pointer(), step: a.integer("step"), to: a.target("to"),
        count: a.integer("count"), VectorFunctions.binary(a.function()))
    }
    a.end()
  }

  package func execute(_ kernel: ScaleChannels) {
    var a = arguments(kernel)
    scaleChannels(
      a.pointer(), a.axes(), weight: a.pointer("weight"), bias: a.pointer("bias"), addend: a.pointer("addend"),
      a.axes(), slope: a.pointer("slope"), to: a.target("to"), a.axes(), shape: a.axes("shape"),
      count: a.integer("count"), VectorFunctions.epilogue(a.epilogue(takesSlope: true)))
    a.end()
  }

  package func execute(_ kernel: MultiplyMatrices) {
    var a = arguments(kernel)
    multiplyMatrices(
      a.pointer(), a.axes(), a.pointer(), a.axes(), to: a.target("to"), a.axes(), shape: a.axes("shape"),
      rows: a.integer("rows"), depth: a.integer("depth"), columns: a.integer("columns"))
    a.end()
  }

  package func execute(_ kernel: Normalize) {
    var a = arguments(kernel)
    func finish(_ epilogue: Epilogue) -> (Vector, _ addend: Vector) -> Vector {
      let finish = VectorFunctions.epilogue(epilogue)
      return { finish($0, $1, $0) }
    }
    switch kernel.form {
    case .rows:
      normalizeRows(
        a.pointer(), a.geometry(), to: a.target("to"), a.geometry(), scale: a.pointer("scale"),
        bias: a.pointer("bias"), a.geometry(), step: a.integer("step"), addend: a.pointer("addend"), a.geometry(),
        shape: a.axes("shape"), over: a.axes("over"), count: a.integer("count"), isCentered: a.boolean("isCentered"),
        accumulate: VectorFunctions.binary(a.function("accumulate")),
        multiplier: VectorFunctions.unary(a.function("multiplier")), finish(a.epilogue(takesSlope: false)))
    case .channels:
      normalizeChannels(
        a.pointer(), a.geometry(), to: a.target("to"), a.geometry(), scale: a.pointer("scale"),
        bias: a.pointer("bias"), a.geometry(), step: a.integer("step"), addend: a.pointer("addend"), a.geometry(),
        shape: a.axes("shape"), over: a.axes("over"), count: a.integer("count"), members: a.integer("members"),
        isCentered: a.boolean("isCentered"), accumulate: VectorFunctions.binary(a.function("accumulate")),
        multiplier: VectorFunctions.unary(a.function("multiplier")), finish(a.epilogue(takesSlope: false)))
    }
    a.end()
  }

  package func execute(_ kernel: NormalizeLocally) {
    var a = arguments(kernel)
    normalizeLocally(
      a.pointer(), a.axes(), to: a.target("to"), shape: a.axes("shape"), channels: a.integer("channels"),
      stride: a.integer("stride"), count: a.integer("count"), before: a.integer("before"), after: a.integer("after"),
      factor: VectorFunctions.unary(a.function("factor")))
    a.end()
  }

  package func execute(_ kernel: PoolImages) {
    switch kernel.reduction {
    case .maximum: pool(kernel, MaximumPool.self)
    case .average: pool(kernel, AveragePool.self)
    case .magnitude: pool(kernel, MagnitudePool.self)
    case .euclidean: pool(kernel, EuclideanPool.self)
    }
  }

  private func pool<Reduction: PoolReduction>(_ kernel: PoolImages, _: Reduction.Type) {
    var a = arguments(kernel)
    poolImages(
      a.strategy(nil, Reduction.self), a.geometry(), a.pointer(), a.triple(), extent: a.pair("extent"),
      to: a.target("to"), a.triple(), images: a.integer("images"), rows: a.integer("rows"),
      columns: a.integer("columns"), channels: a.integer("channels"))
    a.end()
  }

  package func execute(_ kernel: ReduceRows) {
    var a = arguments(kernel)
    reduceRows(
      a.pointer(), a.axes(), over: a.axes("over"), a.axes(), to: a.target("to"), a.axes(), shape: a.axes("shape"),
      count: a.integer("count"), from: a.number("from"), accumulate: VectorFunctions.binary(a.function("accumulate")),
      merge: VectorFunctions.binary(a.function("merge")), finish: VectorFunctions.unary(a.function("finish")))
    a.end()
  }

  package func execute(_ kernel: ReduceChannels) {
    var a = arguments(kernel)
    reduceChannels(
      a.pointer(), a.axes(), over: a.axes("over"), a.axes(), to: a.target("to"), a.axes(), shape: a.axes("shape"),
      count: a.integer("count"), from: a.number("from"), accumulate: VectorFunctions.binary(a.function("accumulate")),
      merge: VectorFunctions.binary(a.function("merge")), finish: VectorFunctions.unary(a.function("finish")))
    a.end()
  }

  package func execute(_ kernel: SoftmaxRows) {
    var a = arguments(kernel)
    softmaxRows(
      a.pointer(), a.axes(), to: a.target("to"), a.axes(), shape: a.axes("shape"), count: a.integer("count"),
      isLogarithmic: a.boolean("isLogarithmic"))
    a.end()
  }

  package func execute(_ kernel: SoftmaxChannels) {
    var a = arguments(kernel)
    softmaxChannels(
      a.pointer(), a.axes(), stride: a.integer("stride"), to: a.target("to"), a.axes(), stride: a.integer("stride"),
      shape: a.axes("shape"), steps: a.integer("steps"), count: a.integer("count"),
      isLogarithmic: a.boolean("isLogarithmic"))
    a.end()
  }
}
