import KilnGraph
import KilnKernels

// Kernels that compute with elements of any type, one at a time.

extension VectorExecutor {
  package func execute(_ kernel: MapScalars) { map(kernel, element(kernel.source), element(kernel.destination)) }

  private func map<Source: KernelElement, Result: KernelElement>(
    _ kernel: MapScalars, _: Source.Type, _: Result.Type
  ) {
    func call(_ function: (Source) -> Result) {
      var a = arguments(kernel)
      mapScalars(
        a.pointer(), a.axes(), step: a.integer("step"), to: a.target("to"), a.axes(), step: a.integer("step"),
        shape: a.axes("shape"), count: a.integer("count"), function)
      _ = a.function()
      a.end()
    }
    if let function = Source.unary(kernel.function) as? (Source) -> Result {
      call(function)
    } else if let function = brainFloatConversion(kernel.function) as? (Source) -> Result {
      call(function)
    } else if let function = Source.predicate(kernel.function) as? (Source) -> Result {
      call(function)
    } else if let function = Source.conversion(kernel.function, to: Result.self) {
      call(function)
    } else {
      fatalError("KilnRuntime has no function \(kernel.function) from \(Source.self) to \(Result.self)")
    }
  }

  /// The conversion between float32 and the bits of a bfloat16; `nil` for other functions.
  private func brainFloatConversion(_ function: RuntimeFunction) -> Any? {
    switch function.callee {
    case .elements(.brainFloat): { (x: Float) -> UInt16 in Elements.brainFloat(x) }
    case .elements(.widenedBrainFloat): { (bits: UInt16) -> Float in Elements.widenedBrainFloat(bits) }
    default: nil
    }
  }

  package func execute(_ kernel: CombineScalars) { combine(kernel, element(kernel.left), element(kernel.right)) }

  private func combine<Left: KernelElement, Right: KernelElement>(
    _ kernel: CombineScalars, _: Left.Type, _: Right.Type
  ) {
    func call<Other: KernelElement, Result: KernelElement>(_ function: (Left, Other) -> Result) {
      var a = arguments(kernel)
      combineScalars(
        a.pointer(), a.axes(), step: a.integer("step"), a.pointer(), a.axes(), step: a.integer("step"),
        to: a.target("to"), a.axes(), step: a.integer("step"), shape: a.axes("shape"), count: a.integer("count"),
        function)
      _ = a.function()
      a.end()
    }
    if let function = Left.binary(kernel.function) {
      call(function)
    } else if let function = Left.comparison(kernel.function) {
      call(function)
    } else if let function = Left.power(kernel.function, by: Right.self) {
      call(function)
    } else {
      fatalError("KilnRuntime has no function \(kernel.function) of \(Left.self) and \(Right.self)")
    }
  }

  package func execute(_ kernel: ReduceScalars) { reduce(kernel, element(kernel.source)) }

  private func reduce<Element: KernelElement>(_ kernel: ReduceScalars, _: Element.Type) {
    func call<Sum: KernelElement>(_ accumulate: ((Sum, Element) -> Sum)?, _ finish: ((Sum) -> Element)?) {
      guard let accumulate, let finish else { fatalError("KilnRuntime has no \(kernel.reduction)") }
      var a = arguments(kernel)
      reduceScalars(
        a.pointer(), a.axes(), over: a.axes("over"), a.axes(), to: a.target("to"), a.axes(), shape: a.axes("shape"),
        from: a.number("from"), accumulate: accumulate, finish: finish)
      _ = (a.function("accumulate"), a.function("finish"))
      a.end()
    }
    let reduction = kernel.reduction
    if case .whole(_, .float64) = reduction.identity, Element.self != Double.self {
      call(Element.accumulationInDouble(reduction.accumulate), Element.makeFromDouble(reduction.finish))
    } else {
      call(Element.binary(reduction.accumulate), Element.unary(reduction.finish))
    }
  }

  package func execute(_ kernel: FindExtremes) { find(kernel, element(kernel.source)) }

  private func find<Element: KernelElement>(_ kernel: FindExtremes, _: Element.Type) {
    guard let isBetter = Element.isBetter(kernel.isBetter) else {
      fatalError("KilnRuntime has no function \(kernel.isBetter)")
    }
    var a = arguments(kernel)
    findExtremes(
      a.pointer(), a.axes(), stride: a.integer("stride"), steps: a.integer("steps"), to: a.target("to"), a.axes(),
      shape: a.axes("shape"), isBetter)
    _ = a.function()
    a.end()
  }

  package func execute(_ kernel: AccumulateScalars) { accumulate(kernel, element(kernel.source)) }

  private func accumulate<Element: KernelElement>(_ kernel: AccumulateScalars, _: Element.Type) {
    func call<Sum: KernelElement>(
      _ add: (RuntimeFunction) -> ((Sum, Element) -> Sum)?, _ finish: (RuntimeFunction) -> ((Sum) -> Element)?
    ) {
      var a = arguments(kernel)
      func known<Function>(_ function: Function?) -> Function {
        guard let function else { fatalError("KilnRuntime has no function of \(kernel)") }
        return function
      }
      accumulateScalars(
        a.pointer(), a.axes(), stride: a.integer("stride"), to: a.target("to"), a.axes(), stride: a.integer("stride"),
        shape: a.axes("shape"), steps: a.integer("steps"), isExclusive: a.boolean("isExclusive"),
        from: a.number("from"), known(add(a.function())), known(finish(a.function())))
      a.end()
    }
    if kernel.scalar.isFloatingPoint {
      call(Element.accumulationInDouble, Element.makeFromDouble)
    } else {
      call(Element.binary, Element.unary)
    }
  }

  package func execute(_ kernel: PoolMaxima) { pool(kernel, element(kernel.source)) }

  private func pool<Element: KernelElement>(_ kernel: PoolMaxima, _: Element.Type) {
    var a = arguments(kernel)
    poolMaxima(
      a.pointer() as UnsafePointer<Element>, a.volume(), to: a.target("to"), a.volume(),
      indices: a.optionalTarget("indices"), numbers: a.volume("numbers"), images: a.integer("images"),
      channels: a.integer("channels"), a.geometry(), a.geometry(), a.geometry(), from: a.number("from"))
    a.end()
  }

  package func execute(_ kernel: MultiplyScalars) { multiply(kernel, element(kernel.left)) }

  private func multiply<Element: KernelElement>(_ kernel: MultiplyScalars, _: Element.Type) {
    var a = arguments(kernel)
    func addProduct(_ function: RuntimeFunction) -> (Element, Element, Element) -> Element {
      guard let product = Element.ternary(function) else { fatalError("KilnRuntime has no \(function)") }
      return product
    }
    multiplyScalars(
      a.pointer(), a.axes(), a.pointer(), a.axes(), to: a.target("to"), a.axes(), shape: a.axes("shape"),
      rows: a.integer("rows"), depth: a.integer("depth"), columns: a.integer("columns"), from: a.number("from"),
      addProduct(a.function()))
    a.end()
  }

  package func execute(_ kernel: MultiplyIntegers) {
    guard let left = memory.scalar(of: kernel.left.matrix).integerElement,
      let right = memory.scalar(of: kernel.right.matrix).integerElement
    else { fatalError("\(kernel.name) takes integers") }
    multiply(kernel, left, right)
  }

  private func multiply<Left: KernelElement & FixedWidthInteger, Right: KernelElement & FixedWidthInteger>(
    _ kernel: MultiplyIntegers, _: Left.Type, _: Right.Type
  ) {
    var a = arguments(kernel)
    multiplyIntegers(
      a.pointer() as UnsafePointer<Left>, a.axes(), zero: a.optionalPointer("zero"), step: a.integer("step"),
      a.pointer() as UnsafePointer<Right>, a.axes(), zero: a.optionalPointer("zero"), step: a.integer("step"),
      to: a.target("to"), a.axes(), shape: a.axes("shape"), rows: a.integer("rows"), depth: a.integer("depth"),
      columns: a.integer("columns"))
    a.end()
  }
}
