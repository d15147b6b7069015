import KilnGraph
import KilnKernels

// Kernels that move elements of any type to and from places that indices say, and those that find such places.

extension VectorExecutor {
  package func execute(_ kernel: PickRuns) { pick(kernel, element(kernel.source), index(kernel.indices, kernel)) }

  private func pick<Element: KernelElement, Index: KernelElement & FixedWidthInteger>(
    _ kernel: PickRuns, _: Element.Type, _: Index.Type
  ) {
    var a = arguments(kernel)
    pickRuns(
      a.pointer() as UnsafePointer<Element>, a.axes(), stride: a.integer("stride"), extent: a.integer("extent"),
      indices: a.pointer("indices") as UnsafePointer<Index>, indexCount: a.integer("indexCount"), to: a.target("to"),
      a.axes(), stride: a.integer("stride"), shape: a.axes("shape"), count: a.integer("count"))
    a.end()
  }

  package func execute(_ kernel: PickSlices) { pick(kernel, element(kernel.source), index(kernel.tuples, kernel)) }

  private func pick<Element: KernelElement, Index: KernelElement & FixedWidthInteger>(
    _ kernel: PickSlices, _: Element.Type, _: Index.Type
  ) {
    var a = arguments(kernel)
    pickSlices(
      a.pointer() as UnsafePointer<Element>, a.axes(), tuples: a.pointer("tuples") as UnsafePointer<Index>, a.axes(),
      length: a.integer("length"), extents: a.tupleAxes("extents"), strides: a.tupleAxes("strides"),
      to: a.target("to"), a.axes(), shape: a.axes("shape"), count: a.integer("count"))
    a.end()
  }

  package func execute(_ kernel: PlaceSlices) { place(kernel, element(kernel.source), index(kernel.tuples, kernel)) }

  private func place<Element: KernelElement, Index: KernelElement & FixedWidthInteger>(
    _ kernel: PlaceSlices, _: Element.Type, _: Index.Type
  ) {
    guard let combine = Element.binary(kernel.combine) else { fatalError("KilnRuntime has no \(kernel.combine)") }
    var a = arguments(kernel)
    placeSlices(
      a.pointer() as UnsafePointer<Element>, a.axes(), tuples: a.pointer("tuples") as UnsafePointer<Index>, a.axes(),
      length: a.integer("length"), extents: a.tupleAxes("extents"), strides: a.tupleAxes("strides"),
      to: a.target("to"), a.axes(), shape: a.axes("shape"), count: a.integer("count"), combine)
    _ = a.function()
    a.end()
  }

  package func execute(_ kernel: RankElements) { rank(kernel, element(kernel.source)) }

  private func rank<Element: KernelElement>(_ kernel: RankElements, _: Element.Type) {
    guard let isBetter = Element.isBetter(kernel.isBetter) else { fatalError("KilnRuntime has no \(kernel.isBetter)") }
    var a = arguments(kernel)
    rankElements(
      a.pointer() as UnsafePointer<Element>, a.axes(), stride: a.integer("stride"), steps: a.integer("steps"),
      to: a.target("to"), numbers: a.target("numbers"), a.axes(), stride: a.integer("stride"),
      count: a.integer("count"), shape: a.axes("shape"), isBetter)
    _ = a.function()
    a.end()
  }

  /// The type of an operand's integers.
  func index(_ operand: Operand, _ kernel: some Kernel) -> any (KernelElement & FixedWidthInteger).Type {
    guard let index = memory.scalar(of: operand).integerElement else { fatalError("\(kernel.name) takes integers") }
    return index
  }
}
