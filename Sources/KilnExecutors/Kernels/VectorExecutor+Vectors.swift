import KilnGeometry
import KilnGraph
import KilnKernels

extension VectorExecutor {
  package func execute(_ kernel: ClearBorder) { clear(kernel, vectors(kernel.image)) }

  private func clear<Element: VectorKernelElement>(_ kernel: ClearBorder, _: Element.Type) {
    var a = arguments(kernel)
    let image: UnsafeMutablePointer<Element> = a.target()
    clearBorder(
      image, images: a.integer("images"), imageStride: a.integer("imageStride"), height: a.integer("height"),
      rowStride: a.integer("rowStride"), rowCount: a.integer("rowCount"), top: a.integer("top"),
      left: a.integer("left"), bottom: a.integer("bottom"), right: a.integer("right"))
    a.end()
  }

  package func execute(_ kernel: MapElements) { map(kernel, vectors(kernel.source), vectors(kernel.destination)) }

  private func map<Source: VectorKernelElement, Result: VectorKernelElement>(
    _ kernel: MapElements, _: Source.Type, _: Result.Type
  ) {
    var a = arguments(kernel)
    let source: UnsafePointer<Source> = a.pointer()
    if a.isAtAxes {
      let sourceStrides = a.axes()
      let destination: UnsafeMutablePointer<Result> = a.target("to")
      mapElements(
        source, sourceStrides, to: destination, a.axes(), shape: a.axes("shape"), count: a.integer("count"),
        VectorFunctions.unary(a.function()))
    } else {
      let destination: UnsafeMutablePointer<Result> = a.target("to")
      mapElements(source, to: destination, count: a.integer("count"), VectorFunctions.unary(a.function()))
    }
    a.end()
  }

  package func execute(_ kernel: CombineElements) {
    combine(kernel, vectors(kernel.left), vectors(kernel.right), vectors(kernel.destination))
  }

  private func combine<Left: VectorKernelElement, Right: VectorKernelElement, Result: VectorKernelElement>(
    _ kernel: CombineElements, _: Left.Type, _: Right.Type, _: Result.Type
  ) {
    var a = arguments(kernel)
    let left: UnsafePointer<Left> = a.pointer()
    if a.isAtAxes {
      let (leftStrides, leftStep) = (a.axes(), a.integer("step"))
      let right: UnsafePointer<Right> = a.pointer()
      let (rightStrides, rightStep) = (a.axes(), a.integer("step"))
      let destination: UnsafeMutablePointer<Result> = a.target("to")
      combineElements(
        left, leftStrides, step: leftStep, right, rightStrides, step: rightStep, to: destination,
        a.axes(), shape: a.axes("shape"), count: a.integer("count"), VectorFunctions.binary(a.function()))
    } else {
      let leftStep = a.integer("step")
      let right: UnsafePointer<Right> = a.pointer()
      let rightStep = a.integer("step")
      let destination: UnsafeMutablePointer<Result> = a.target("to")
      combineElements(
        left, step: leftStep, right, step: rightStep, to: destination, count: a.integer("count"),
        VectorFunctions.binary(a.function()))
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

  package func execute(_ kernel: SampleGrid) {
    var a = arguments(kernel)
    sampleGrid(
      a.pointer(), grid: a.pointer("grid"), to: a.target("to"), a.geometry(), steps: a.triple("steps"),
      images: a.integer("images"), points: a.integer("points"))
    a.end()
  }

  package func execute(_ kernel: ComputeDeterminants) {
    var a = arguments(kernel)
    computeDeterminants(
      a.pointer(), to: a.target("to"), rows: a.target("rows"), matrices: a.integer("matrices"),
      size: a.integer("size"))
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
    if kernel.isOfBytes { poolBytes(kernel, byte(kernel.scalar)) } else { pool(kernel, vectors(kernel.source)) }
  }

  private func pool<Element: VectorKernelElement>(_ kernel: PoolImages, _: Element.Type) {
    switch kernel.reduction {
    case .maximum: pool(kernel, by: MaximumPool<Element>.self)
    case .average: pool(kernel, by: AveragePool<Element>.self)
    case .magnitude: pool(kernel, by: MagnitudePool<Element>.self)
    case .euclidean: pool(kernel, by: EuclideanPool<Element>.self)
    }
  }

  private func poolBytes<Element: ExecutedByte>(_ kernel: PoolImages, _: Element.Type) {
    pool(kernel, by: MaximumPoolOfBytes<Element>.self)
  }

  private func pool<Reduction: PoolReduction>(_ kernel: PoolImages, by _: Reduction.Type)
  where Reduction.Element: KernelElement {
    var a = arguments(kernel)
    let (reduction, window): (Reduction.Type, PoolWindow) = (a.strategy(nil, Reduction.self), a.geometry())
    poolImages(
      reduction, window, a.pointer(), a.triple(), extent: a.pair("extent"), to: a.target("to"), a.triple(),
      images: a.integer("images"), rows: a.integer("rows"), columns: a.integer("columns"),
      channels: a.integer("channels"))
    a.end()
  }

  package func execute(_ kernel: ReduceRows) { reduce(kernel, vectors(kernel.source)) }

  private func reduce<Element: VectorKernelElement>(_ kernel: ReduceRows, _: Element.Type) {
    var a = arguments(kernel)
    let source: UnsafePointer<Element> = a.pointer()
    reduceRows(
      source, a.axes(), over: a.axes("over"), a.axes(), to: a.target("to"), a.axes(), shape: a.axes("shape"),
      count: a.integer("count"), from: a.number("from"), accumulate: VectorFunctions.binary(a.function("accumulate")),
      merge: VectorFunctions.binary(a.function("merge")), finish: VectorFunctions.unary(a.function("finish")))
    a.end()
  }

  package func execute(_ kernel: ReduceChannels) { reduce(kernel, vectors(kernel.source)) }

  private func reduce<Element: VectorKernelElement>(_ kernel: ReduceChannels, _: Element.Type) {
    var a = arguments(kernel)
    let source: UnsafePointer<Element> = a.pointer()
    reduceChannels(
      source, a.axes(), over: a.axes("over"), a.axes(), to: a.target("to"), a.axes(), shape: a.axes("shape"),
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
