import KilnMachine
import Testing

@testable import KilnGraph
@testable import KilnKernels
@testable import KilnSelection

@Suite struct ConvolutionScheduleTests {
  static let targets: [Target] = [InstructionSet.avx512, .avx2, .sse2, .neon].map {
    let model = Processor.generic($0).model.with(cacheByteCounts: [32 << 10, 1 << 20])
    return Target(name: $0.rawValue, summary: "", triple: "", compilerFlags: [], model: model, coreCount: 1)
  }

  static func work(channels: Int, columns: Int, rows: Int = 7, depth: Int = 576) -> ConvolutionWork {
    ConvolutionWork(
      channels: channels, depth: depth, kernelRows: 3, columns: columns, rows: rows,
      inputRowByteCount: columns * depth * 4)
  }

  @Test(arguments: targets) func `parts cover the channels`(target: Target) {
    for channels in [1, 3, 15, 16, 17, 24, 64, 100, 131, 255, 1000, 2048] {
      for columns in [1, 5, 7, 14, 56, 3136] {
        let schedule = ConvolutionSchedule(Self.work(channels: channels, columns: columns), target: target)
        #expect(schedule.parts.reduce(0) { $0 + $1.blocks * $1.channels } == channels)
        for part in schedule.parts {
          #expect(part.pixels >= 1 && part.pixels <= columns)
          let vectors = (part.channels + target.vectorWidth - 1) / target.vectorWidth
          #expect(TileModel(target).fits(pixels: part.pixels, vectors: vectors))
        }
      }
    }
  }

  @Test(arguments: targets) func `regions end between tiles`(target: Target) {
    for (rows, columns) in [(1, 100_003), (2, 9000), (64, 500), (700, 7)] {
      let work = Self.work(channels: 200, columns: columns, rows: rows, depth: 64)
      let schedule = ConvolutionSchedule(work, target: target)
      #expect((1...rows).contains(schedule.regionRows))
      #expect((1...columns).contains(schedule.regionColumns))
      if schedule.regionColumns < columns {
        #expect(schedule.parts.allSatisfy { schedule.regionColumns % $0.pixels == 0 })
      }
    }
  }

  @Test func `wide layers keep many sums`() {
    for target in Self.targets {
      let part = ConvolutionSchedule(Self.work(channels: 64, columns: 56), target: target).parts[0]
      #expect(part.pixels * part.channels / target.vectorWidth >= target.vectorRegisterCount / 2)
    }
  }

  @Test func `tiles follow the numbers of the machine`() {
    var target = Self.targets[3]
    let work = Self.work(channels: 64, columns: 56)
    let before = ConvolutionSchedule(work, target: target).parts[0]
    // Where loads take long, a square tile has fewest for its products.
    target.model.directTiles.loadsPerCycle = 0.125
    let after = ConvolutionSchedule(work, target: target).parts[0]
    func loads(_ part: ConvolutionSchedule.Part) -> Double {
      let instructions = TileInstructions(pixels: part.pixels, vectors: part.channels / 4, .neon)
      return Double(instructions.loads) / Double(instructions.multiplyAdds)
    }
    #expect(loads(after) < loads(before))
  }

  @Test func `depthwise tiles of images from far away ask for few pixels at once`() {
    var target = HostTarget.avx512.target
    target.cacheByteCounts = [32 << 10, 1 << 20]
    // Images of 16 channels lie in the second cache, those of 1024 don't.
    for (channels, pixels) in [(16, 8), (1024, 4)] {
      let work = DepthwiseWork(
        channels: channels, rows: 7, columns: 112, window: Window(kernel: [3, 3]), inputPixelStep: channels,
        elementByteCount: 4)
      #expect(work.schedule(target).parts.map(\.pixels) == [pixels])
    }
  }
}
