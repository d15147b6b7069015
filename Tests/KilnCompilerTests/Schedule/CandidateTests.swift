import KilnKernels
import KilnMachine
import Testing

@testable import KilnSelection

@Suite struct CandidateTests {
  private static let sites: [ConvolutionSite] = [(64, 56, 56, 3), (3, 224, 224, 7), (1000, 1, 1, 1), (72, 1, 3136, 1)]
    .map { channels, rows, columns, kernel in
      let depth = 64 * kernel * kernel
      return ConvolutionSite(
        name: "c", shape: "",
        direct: ConvolutionWork(
          channels: channels, depth: depth, kernelRows: kernel, columns: columns, rows: rows,
          inputRowByteCount: 256 * columns),
        winograd: kernel == 3
          ? WinogradWork(images: 1, rows: rows, columns: columns, inputChannels: 64, outputChannels: channels) : nil)
    }

  @Test(arguments: ConvolutionScheduleTests.targets) func `candidates are possible and differ`(target: Target) {
    for site in Self.sites {
      let candidates = site.candidates(for: target, limit: 12)
      #expect(candidates.first == site.modelChoice(target))
      #expect(Set(candidates).count == candidates.count)
      #expect(candidates.allSatisfy { site.fault(in: $0, target) == nil })
      #expect(candidates.count > 2)
      // A region of nothing would never end.
      for case .direct(let schedule) in candidates.map(\.kind) {
        #expect(schedule.regionRows > 0 && schedule.regionColumns > 0)
      }
      #expect(Set(candidates.map(\.algorithm)).count == (site.winograd == nil ? 1 : 3))
      #expect(site.candidates(for: target, limit: 3) == Array(candidates.prefix(3)))
    }
  }

  @Test(arguments: ConvolutionScheduleTests.targets) func `what the model chooses is possible`(target: Target) {
    for channels in [1, 3, 16, 17, 24, 100, 255, 1000] {
      for (rows, columns) in [(1, 1), (1, 100_003), (2, 9000), (64, 500), (7, 7)] {
        for depth in [0, 9, 576] {
          let work = ConvolutionWork(
            channels: channels, depth: depth, kernelRows: depth == 0 ? 0 : 3, columns: columns, rows: rows,
            inputRowByteCount: columns * 256)
          #expect(ConvolutionSchedule(work, target: target).fault(for: work, target) == nil)
        }
        let work = WinogradWork(images: 2, rows: rows, columns: columns, inputChannels: 9, outputChannels: channels)
        for winograd in [2, 4].map(Winograd.init(outputs:)) where work.holds(winograd) {
          for arithmetic in [TileArithmetic.float32, .float16] {
            let schedule = WinogradSchedule(winograd, work, arithmetic, target: target)
            #expect(schedule.fault(for: winograd, work, arithmetic.machine(target)) == nil)
          }
        }
      }
    }
  }
}
