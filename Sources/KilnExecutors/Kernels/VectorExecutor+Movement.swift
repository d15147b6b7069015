import KilnGraph
import KilnKernels

// Kernels that move elements of any type. Those of float32 have functions of their own in the runtime where that pays.

extension VectorExecutor {
  package func execute(_ kernel: CopyRuns) {
    if kernel.file == .copy {
      var a = arguments(kernel)
      let source: UnsafePointer<Float> = a.pointer()
      copyRuns(source, a.axes(), to: a.target("to"), a.axes(), shape: a.axes("shape"), count: a.integer("count"))
      a.end()
    } else {
      copy(kernel, element(kernel.source))
    }
  }

  private func copy<Element: KernelElement>(_ kernel: CopyRuns, _: Element.Type) {
    var a = arguments(kernel)
    let source: UnsafePointer<Element> = a.pointer()
    copyRuns(source, a.axes(), to: a.target("to"), a.axes(), shape: a.axes("shape"), count: a.integer("count"))
    a.end()
  }

  package func execute(_ kernel: KeepRows) { keep(kernel, element(kernel.first)) }

  private func keep<Element: KernelElement>(_ kernel: KeepRows, _: Element.Type) {
    var a = arguments(kernel)
    let first: UnsafeMutablePointer<Element> = a.target()
    keepRows(
      first, images: a.integer("images"), imageStride: a.integer("imageStride"),
      rowStride: a.integer("rowStride"), from: a.integer("from"), rows: a.integer("rows"))
    a.end()
  }

  package func execute(_ kernel: CopyTransposed) {
    if kernel.file == .copy {
      var a = arguments(kernel)
      let source: UnsafePointer<Float> = a.pointer()
      copyTransposed(
        source, a.axes(), stride: a.integer("stride"), to: a.target("to"), a.axes(), stride: a.integer("stride"),
        shape: a.axes("shape"), rows: a.integer("rows"), columns: a.integer("columns"))
      a.end()
    } else {
      copy(kernel, element(kernel.source))
    }
  }

  private func copy<Element: KernelElement>(_ kernel: CopyTransposed, _: Element.Type) {
    var a = arguments(kernel)
    let source: UnsafePointer<Element> = a.pointer()
    copyTransposed(
      source, a.axes(), stride: a.integer("stride"), to: a.target("to"), a.axes(), stride: a.integer("stride"),
      shape: a.axes("shape"), rows: a.integer("rows"), columns: a.integer("columns"))
    a.end()
  }

  package func execute(_ kernel: CopySteps) { copy(kernel, element(kernel.source)) }

  private func copy<Element: KernelElement>(_ kernel: CopySteps, _: Element.Type) {
    var a = arguments(kernel)
    let source: UnsafePointer<Element> = a.pointer()
    copySteps(
      source, a.axes(), step: a.integer("step"), to: a.target("to"), a.axes(), step: a.integer("step"),
      shape: a.axes("shape"), count: a.integer("count"))
    a.end()
  }

  package func execute(_ kernel: FillRuns) {
    if kernel.file == .copy {
      var a = arguments(kernel)
      let destination: UnsafeMutablePointer<Float> = a.target()
      fillRuns(destination, a.axes(), shape: a.axes("shape"), count: a.integer("count"), value: a.number("value"))
      a.end()
    } else {
      fill(kernel, element(kernel.destination))
    }
  }

  private func fill<Element: KernelElement>(_ kernel: FillRuns, _: Element.Type) {
    var a = arguments(kernel)
    let destination: UnsafeMutablePointer<Element> = a.target()
    fillRuns(destination, a.axes(), shape: a.axes("shape"), count: a.integer("count"), value: a.number("value"))
    a.end()
  }

  package func execute(_ kernel: SelectScalars) { select(kernel, element(kernel.destination)) }

  private func select<Element: KernelElement>(_ kernel: SelectScalars, _: Element.Type) {
    var a = arguments(kernel)
    selectScalars(
      a.pointer(), a.axes(), step: a.integer("step"), a.pointer() as UnsafePointer<Element>, a.axes(),
      step: a.integer("step"), a.pointer(), a.axes(), step: a.integer("step"), to: a.target("to"), a.axes(),
      step: a.integer("step"), shape: a.axes("shape"), count: a.integer("count"))
    a.end()
  }

  package func execute(_ kernel: Resample) {
    var a = arguments(kernel)
    switch kernel.form {
    case .nearest where memory.scalar(of: kernel.source) != .float32:
      resample(kernel, element(kernel.source))
      return
    case .nearest:
      let source: UnsafePointer<Float> = a.pointer()
      resampleNearest(
        source, a.axes(), to: a.target("to"), a.axes(), shape: a.axes("shape"), rows: a.geometry("rows"), a.pointer(),
        columns: a.geometry("columns"), a.pointer(), count: a.integer("count"))
    case .linear:
      resampleLinear(
        a.pointer(), a.axes(), to: a.target("to"), a.axes(), shape: a.axes("shape"), rows: a.geometry("rows"),
        a.pointer(), columns: a.geometry("columns"), a.pointer(), count: a.integer("count"))
    case .taps:
      resampleTaps(
        a.pointer(), a.axes(), to: a.target("to"), a.axes(), shape: a.axes("shape"), rows: a.geometry("rows"),
        a.pointer(), columns: a.geometry("columns"), a.pointer(), count: a.integer("count"))
    }
    a.end()
  }

  private func resample<Element: KernelElement>(_ kernel: Resample, _: Element.Type) {
    var a = arguments(kernel)
    let source: UnsafePointer<Element> = a.pointer()
    resampleNearest(
      source, a.axes(), to: a.target("to"), a.axes(), shape: a.axes("shape"), rows: a.geometry("rows"), a.pointer(),
      columns: a.geometry("columns"), a.pointer(), count: a.integer("count"))
    a.end()
  }
}
