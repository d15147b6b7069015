import KilnGraph
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

  /// Depthwise convolutions near and far, unrolled and not, and one between planes.
  private static let others: [ConvolutionSite] = {
    let depthwise = [(40, 3, 1, 14), (1024, 3, 2, 28), (24, 7, 1, 9), (3, 5, 1, 30)].map {
      channels, kernel, stride, side in
      ConvolutionSite(
        name: "d", shape: "",
        form: .depthwise(
          DepthwiseWork(
            channels: channels, rows: side, columns: side,
            window: Window(kernel: [kernel, kernel], strides: [stride, stride]), inputPixelStep: stride * channels,
            elementByteCount: 4)),
        direct: ConvolutionWork(
          channels: channels, depth: kernel * kernel, kernelRows: kernel, columns: side, rows: side,
          inputRowByteCount: 4 * channels * side))
    }
    let planar = ConvolutionSite(
      name: "p", shape: "", form: .planar(PlanarWork(channels: 3, columns: 222)),
      direct: ConvolutionWork(
        channels: 3, depth: 27, kernelRows: 3, columns: 224, rows: 224, inputRowByteCount: 12 * 224))
    return depthwise + [planar]
  }()

  @Test(arguments: ConvolutionScheduleTests.targets) func `depthwise and planar tiles are possible and differ`(
    target: Target
  ) throws {
    for site in Self.others {
      let candidates = site.candidates(for: target, limit: 20)
      #expect(candidates.first == site.modelChoice(target))
      #expect(Set(candidates).count == candidates.count)
      #expect(candidates.count > 1)
      #expect(candidates.allSatisfy { site.fault(in: $0, target) == nil })
      #expect(site.modelChoice(of: .winograd4, target) == nil)
      guard case .direct(let schedule) = candidates[0].kind else { continue }
      #expect(schedule.parts.reduce(0) { $0 + $1.channels * $1.blocks } == site.direct.channels)
      for edit in [
        { $0.parts[0].pixels = 1000 }, { $0.parts[0].channels += 1 }, { $0.parts[0].stages = 3 },
        { $0.regionRows += 1000 },
        { $0.parts = [] }, { $0.stripRows = 4 },
      ] as [(inout ConvolutionSchedule) -> Void] {
        var wrong = schedule
        edit(&wrong)
        #expect(site.fault(in: ConvolutionChoice(.direct(wrong)), target) != nil, "\(wrong)")
      }
    }
  }

  @Test func `several threads share in two ways, or in one where all are shared alike`() {
    let target = HostTarget.avx2.target
    func sharings(_ site: ConvolutionSite) -> Set<ConvolutionSchedule.Sharing?> {
      Set(
        site.candidates(for: target, limit: 40, threads: 4).map { choice in
          if case .direct(let schedule) = choice.kind { schedule.sharing } else { nil }
        })
    }
    #expect((Self.sites + Self.others.dropLast()).allSatisfy { sharings($0).count == 3 || $0.winograd != nil })
    #expect(sharings(Self.others[Self.others.count - 1]) == [nil])
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
