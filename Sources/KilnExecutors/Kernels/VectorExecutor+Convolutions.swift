import KilnGraph
import KilnKernels

extension VectorExecutor {
  package func execute(_ kernel: Convolve) {
    var a = arguments(kernel)
    let tiles = (
      PortableTile(a.tile() as ConvolutionTileShape), edge: PortableTile(a.tile("edge") as ConvolutionTileShape)
    )
    ExecutedTiles.$convolution.withValue(tiles) {
      switch kernel.panels {
      case .wide where kernel.tile.arithmetic.isHalf:
        if kernel.addend != nil {
          convolveHalves(
            MainHalfTile.self, edge: EdgeHalfTile.self, a.pointer(), a.pointer(), addend: a.pointer("addend"),
            a.target(), a.geometry())
        } else {
          convolveHalves(
            MainHalfTile.self, edge: EdgeHalfTile.self, a.pointer(), a.pointer(), a.target(), a.geometry())
        }
      case .wide:
        if kernel.addend != nil {
          convolve(
            MainConvolutionTile.self, edge: EdgeConvolutionTile.self, a.pointer(), a.pointer(),
            addend: a.pointer("addend"), a.target(), a.geometry())
        } else {
          convolve(
            MainConvolutionTile.self, edge: EdgeConvolutionTile.self, a.pointer(), a.pointer(), a.target(),
            a.geometry())
        }
      case .narrow(let panels, _): executeNarrow(kernel, panels.element, &a)
      }
    }
    a.end()
  }

  private func executeNarrow<Element: NarrowElement>(_ kernel: Convolve, _: Element.Type, _ a: inout ArgumentReader) {
    if kernel.addend != nil {
      convolve(
        MainConvolutionTile.self, edge: EdgeConvolutionTile.self, a.pointer(), heads: a.pointer("heads"),
        weights: a.bytes("weights"), as: a.strategy("as", Element.self), a.geometry(),
        workspace: a.target("workspace"), addend: a.pointer("addend"), a.target(), a.geometry())
    } else {
      convolve(
        MainConvolutionTile.self, edge: EdgeConvolutionTile.self, a.pointer(), heads: a.pointer("heads"),
        weights: a.bytes("weights"), as: a.strategy("as", Element.self), a.geometry(),
        workspace: a.target("workspace"), a.target(), a.geometry())
    }
  }

  package func execute(_ kernel: WidenPanels) { widen(kernel, kernel.panels.element) }

  private func widen<Element: NarrowElement>(_ kernel: WidenPanels, _: Element.Type) {
    var a = arguments(kernel)
    widenPanels(
      a.pointer(), a.bytes(), as: a.strategy("as", Element.self), a.geometry(), to: a.target("to"),
      count: a.integer("count"))
    a.end()
  }

  package func execute(_ kernel: ConvolveDepthwise) {
    var a = arguments(kernel)
    let tiles = (PortableTile(a.tile() as DepthwiseTileShape), rest: PortableTile(a.tile("rest") as DepthwiseTileShape))
    ExecutedTiles.$depthwise.withValue(tiles) {
      if kernel.tile.arithmetic.isHalf {
        if kernel.addend != nil {
          convolveDepthwiseHalves(
            MainHalfDepthwiseTile.self, rest: RestHalfDepthwiseTile.self, a.pointer(), a.pointer(),
            addend: a.pointer("addend"), a.target(), a.geometry())
        } else {
          convolveDepthwiseHalves(
            MainHalfDepthwiseTile.self, rest: RestHalfDepthwiseTile.self, a.pointer(), a.pointer(), a.target(),
            a.geometry())
        }
      } else if kernel.addend != nil {
        convolveDepthwise(
          MainDepthwiseTile.self, rest: RestDepthwiseTile.self, a.pointer(), a.pointer(), addend: a.pointer("addend"),
          a.target(), a.geometry())
      } else {
        convolveDepthwise(
          MainDepthwiseTile.self, rest: RestDepthwiseTile.self, a.pointer(), a.pointer(), a.target(), a.geometry())
      }
    }
    a.end()
  }

  package func execute(_ kernel: ConvolvePlanar) {
    var a = arguments(kernel)
    ExecutedTiles.$planar.withValue(PortableTile(a.tile() as PlanarTileShape)) {
      convolvePlanar(ExecutedPlanarTile.self, a.pointer(), a.pointer(), a.target(), a.geometry())
    }
    a.end()
  }

  package func execute(_ kernel: ConvolveWinograd) {
    switch (kernel.transform, kernel.tile.arithmetic.isHalf) {
    case (.of2x2, false): execute(kernel, WinogradTransform2<Vector>.self)
    case (.of4x4, false): execute(kernel, WinogradTransform4<Vector>.self)
    case (.of2x2, true): execute(kernel, WinogradTransform2<HalfLanes>.self)
    case (.of4x4, true): execute(kernel, WinogradTransform4<HalfLanes>.self)
    }
  }

  private func execute<Transform: WinogradTransform>(_ kernel: ConvolveWinograd, _ transform: Transform.Type)
  where Transform.Lanes == Vector {
    execute(
      kernel, transform, MainConvolutionTile.self, edge: EdgeConvolutionTile.self, ExecutedWinogradFinish.self)
  }

  private func execute<Transform: WinogradTransform>(_ kernel: ConvolveWinograd, _ transform: Transform.Type)
  where Transform.Lanes == HalfLanes {
    execute(kernel, transform, MainHalfTile.self, edge: EdgeHalfTile.self, ExecutedHalfWinogradFinish.self)
  }

  private func execute<
    Transform: WinogradTransform, Tile: BlockTile, EdgeTile: BlockTile, Finish: WinogradFinish<Transform.Lanes>
  >(
    _ kernel: ConvolveWinograd, _: Transform.Type, _ main: Tile.Type, edge: EdgeTile.Type, _ finish: Finish.Type
  )
  where
    Tile.Panel == Tile.Input, Tile.Output == Tile.Input, EdgeTile.Input == Tile.Input, EdgeTile.Panel == Tile.Input,
    EdgeTile.Output == Tile.Input, Transform.Lanes.Element == Tile.Input, Tile.Input: KernelElement
  {
    var a = arguments(kernel)
    let transform = a.strategy(nil, Transform.self)
    let tiles = (
      PortableTile(a.tile() as ConvolutionTileShape), edge: PortableTile(a.tile("edge") as ConvolutionTileShape)
    )
    let last = PortableTile(a.tile() as WinogradFinishShape)
    ExecutedTiles.$convolution.withValue(tiles) {
      ExecutedTiles.$winograd.withValue(last) {
        if kernel.addend != nil {
          convolveWinograd(
            transform, main, edge: edge, finish, a.pointer(), a.pointer(), a.pointer(), addend: a.pointer("addend"),
            a.target(), workspace: a.target("workspace"), a.geometry())
        } else {
          convolveWinograd(
            transform, main, edge: edge, finish, a.pointer(), a.pointer(), a.pointer(), a.target(),
            workspace: a.target("workspace"), a.geometry())
        }
      }
    }
    a.end()
  }

  package func execute(_ kernel: ConvolveIntegers) {
    guard let element = memory.scalar(of: kernel.source).integerElement,
      let weight = memory.scalar(of: kernel.weights).integerElement
    else { fatalError("\(kernel.name) takes integers") }
    executeIntegers(kernel, element, weight)
  }

  private func executeIntegers<Element: KernelElement & FixedWidthInteger, Weight: KernelElement & FixedWidthInteger>(
    _ kernel: ConvolveIntegers, _: Element.Type, _: Weight.Type
  ) {
    var a = arguments(kernel)
    convolveIntegers(
      a.pointer() as UnsafePointer<Element>, a.volume(), zero: a.optionalPointer("zero"),
      a.pointer() as UnsafePointer<Weight>, zero: a.optionalPointer("zero"), step: a.integer("step"),
      to: a.target("to"), a.volume(), images: a.integer("images"), channels: a.integer("channels"),
      groups: a.integer("groups"), groupInputs: a.integer("groupInputs"), a.geometry(), a.geometry(), a.geometry())
    a.end()
  }
}

extension NarrowPanels {
  /// The runtime's type that reads the weights.
  fileprivate var element: any NarrowElement.Type {
    switch scalar {
    case .int8: Int8.self
    case .uint8: UInt8.self
    case .int16: Int16.self
    case .uint16: UInt16.self
    case .float16: Half.self
    case .bfloat16: BrainFloat.self
    case .float32, .float64, .int32, .uint32, .int64, .uint64, .bool:
      fatalError("no kernel reads weights of \(scalar)")
    }
  }
}
