import KilnGraph
import KilnKernels

// Kernels of numbers of 8 bits.

extension VectorExecutor {
  package func execute(_ kernel: ConvolveBytes) {
    if kernel.tile.types.output == .float32 { return convolve(kernel, byte(kernel.tile.types.input), Float.self) }
    convolve(kernel, byte(kernel.tile.types.input), byte(kernel.tile.types.output))
  }

  private func convolve<Input: ExecutedByte, Output: KernelElement>(
    _ kernel: ConvolveBytes, _: Input.Type, _: Output.Type
  ) {
    var a = arguments(kernel)
    ExecutedByteTiles.$convolution.withValue((a.tile(), edge: a.tile("edge"))) {
      convolveBytes(
        MainByteTile<Input, Output>.self, edge: EdgeByteTile<Input, Output>.self, a.pointer(), a.pointer(), a.target(),
        a.geometry())
    }
    a.end()
  }

  package func execute(_ kernel: ConvolveWinogradBytes) {
    convolve(kernel, byte(kernel.tile.types.input), byte(kernel.tile.types.output))
  }

  private func convolve<Input: ExecutedByte, Output: ExecutedByte>(
    _ kernel: ConvolveWinogradBytes, _: Input.Type, _: Output.Type
  ) {
    var a = arguments(kernel)
    ExecutedByteTiles.$winograd.withValue((a.tile(), edge: a.tile("edge"))) {
      convolveWinogradBytes(
        MainByteWinogradTile<Input, Output>.self, edge: EdgeByteWinogradTile<Input, Output>.self, a.pointer(),
        a.pointer(), a.target(), workspace: a.target("workspace"), a.geometry())
    }
    a.end()
  }

  package func execute(_ kernel: ConvolveDepthwiseBytes) {
    convolve(kernel, byte(kernel.tile.types.input), byte(kernel.tile.types.output))
  }

  private func convolve<Input: ExecutedByte, Output: ExecutedByte>(
    _ kernel: ConvolveDepthwiseBytes, _: Input.Type, _: Output.Type
  ) {
    var a = arguments(kernel)
    ExecutedByteTiles.$depthwise.withValue((a.tile(), rest: a.tile("rest"))) {
      convolveDepthwiseBytes(
        MainByteDepthwiseTile<Input, Output>.self, rest: RestByteDepthwiseTile<Input, Output>.self, a.pointer(),
        a.pointer(), a.target(), a.geometry())
    }
    a.end()
  }

  package func execute(_ kernel: QuantizeElements) { quantize(kernel, byte(memory.scalar(of: kernel.destination))) }

  private func quantize<Result: ExecutedByte>(_ kernel: QuantizeElements, _: Result.Type) {
    var a = arguments(kernel)
    let source: UnsafePointer<Float> = a.pointer()
    let sourceStrides = a.axes()
    let destination: UnsafeMutablePointer<Result> = a.target("to")
    quantizeElements(
      source, sourceStrides, to: destination, a.axes(), shape: a.axes("shape"), count: a.integer("count"),
      scale: a.number("scale"), zeroPoint: Int16(a.integer("zeroPoint")))
    a.end()
  }

  package func execute(_ kernel: QuantizeDynamically) {
    var a = arguments(kernel)
    quantizeDynamically(
      a.pointer(), a.axes(), to: a.target("to"), a.axes(), shape: a.axes("shape"), count: a.integer("count"),
      scale: a.target("scale"), zeroPoint: a.target("zeroPoint"))
    a.end()
  }

  package func execute(_ kernel: DequantizeElements) { dequantize(kernel, byte(memory.scalar(of: kernel.source))) }

  private func dequantize<Element: ExecutedByte>(_ kernel: DequantizeElements, _: Element.Type) {
    var a = arguments(kernel)
    let source: UnsafePointer<Element> = a.pointer()
    dequantizeElements(
      source, a.axes(), to: a.target("to"), a.axes(), shape: a.axes("shape"), count: a.integer("count"),
      scale: a.number("scale"), zeroPoint: Int16(a.integer("zeroPoint")))
    a.end()
  }

  package func execute(_ kernel: ConvertPixels) {
    var a = arguments(kernel)
    switch kernel.form {
    case .all:
      convertPixels(
        a.pointer(), a.axes(), weight: a.pointer("weight"), bias: a.pointer("bias"), to: a.target("to"), a.axes(),
        shape: a.axes("shape"), count: a.integer("count"), channels: a.integer("channels"))
    case .leading:
      convertLeadingBytes(
        a.pointer(), a.axes(), weight: a.pointer("weight"), bias: a.pointer("bias"), to: a.target("to"), a.axes(),
        shape: a.axes("shape"), count: a.integer("count"))
    case .apart:
      convertPixels(
        a.pointer(), a.axes(), first: a.integer("first"), step: a.integer("step"), byteCount: a.integer("byteCount"),
        weight: a.pointer("weight"), bias: a.pointer("bias"), to: a.target("to"), a.axes(), shape: a.axes("shape"),
        count: a.integer("count"))
    }
    a.end()
  }

  package func execute(_ kernel: SumQuantized) {
    sum(
      kernel, byte(memory.scalar(of: kernel.left)), byte(memory.scalar(of: kernel.right)),
      byte(memory.scalar(of: kernel.destination)))
  }

  private func sum<Left: ExecutedByte, Right: ExecutedByte, Result: ExecutedByte>(
    _ kernel: SumQuantized, _: Left.Type, _: Right.Type, _: Result.Type
  ) {
    var a = arguments(kernel)
    let left: UnsafePointer<Left> = a.pointer()
    let (leftStrides, leftScale, leftZero) = (a.axes(), a.number("scale") as Float, a.integer("zeroPoint"))
    let right: UnsafePointer<Right> = a.pointer()
    let (rightStrides, rightScale, rightZero) = (a.axes(), a.number("scale") as Float, a.integer("zeroPoint"))
    let destination: UnsafeMutablePointer<Result> = a.target("to")
    sumQuantized(
      left, leftStrides, scale: leftScale, zeroPoint: Int16(leftZero), right, rightStrides, scale: rightScale,
      zeroPoint: Int16(rightZero), to: destination, a.axes(), shape: a.axes("shape"), count: a.integer("count"),
      scale: a.number("scale"), zeroPoint: Int16(a.integer("zeroPoint")), lower: Int16(a.integer("lower")),
      upper: Int16(a.integer("upper")))
    a.end()
  }

  package func execute(_ kernel: LookUpBytes) {
    lookUp(kernel, byte(memory.scalar(of: kernel.source)), byte(memory.scalar(of: kernel.destination)))
  }

  private func lookUp<Element: ExecutedByte, Result: ExecutedByte>(
    _ kernel: LookUpBytes, _: Element.Type, _: Result.Type
  ) {
    var a = arguments(kernel)
    let source: UnsafePointer<Element> = a.pointer()
    let strides = a.axes()
    let table: UnsafePointer<Result> = a.pointer("in")
    lookUpBytes(
      source, strides, in: table, to: a.target("to"), a.axes(), shape: a.axes("shape"), count: a.integer("count"))
    a.end()
  }

  /// The type of elements of 8 bits.
  func byte(_ scalar: ScalarType) -> any ExecutedByte.Type {
    switch scalar {
    case .int8: Int8.self
    case .uint8: UInt8.self
    default: fatalError("\(scalar) has no 8 bits")
    }
  }
}

/// What elements of 8 bits are to the executor and to the runtime.
typealias ExecutedByte = KernelElement & ByteElement & BinaryInteger
