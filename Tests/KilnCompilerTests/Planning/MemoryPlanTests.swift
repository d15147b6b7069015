import Testing

@testable import KilnPlanning

@Suite("One arena for buffers with known lifetimes")
struct MemoryPlanTests {
  private func request(_ bytes: Int, _ lifetime: ClosedRange<Int>) -> MemoryPlan.Request {
    MemoryPlan.Request(byteCount: bytes, lifetime: lifetime)
  }

  /// Buffers alive at once must not share a byte.
  private func expectDisjoint(_ requests: [MemoryPlan.Request], _ plan: MemoryPlan) {
    for (i, a) in requests.enumerated() {
      #expect(plan.offsets[i] % MemoryPlan.alignment == 0)
      #expect(plan.offsets[i] + a.byteCount <= plan.byteCount)
      for (j, b) in requests.enumerated().dropFirst(i + 1) where a.lifetime.overlaps(b.lifetime) {
        let first = plan.offsets[i]..<plan.offsets[i] + a.byteCount
        let second = plan.offsets[j]..<plan.offsets[j] + b.byteCount
        #expect(!first.overlaps(second), "\(i) and \(j) overlap")
      }
    }
  }

  @Test func `a chain needs its two largest neighbours`() {
    let requests = [request(6400, 0...1), request(640, 1...2), request(3200, 2...3), request(64, 3...4)]
    let plan = MemoryPlan(requests)
    expectDisjoint(requests, plan)
    #expect(plan.lowerBound == 7040)
    #expect(plan.byteCount == 7040)
  }

  @Test func `sizes are rounded up to a cache line`() {
    let plan = MemoryPlan([request(1, 0...0), request(65, 0...0)])
    #expect(plan.byteCount == 192)
    #expect(plan.lowerBound == 192)
  }

  @Test func `nothing needs nothing`() {
    #expect(MemoryPlan([]).byteCount == 0)
  }

  @Test(arguments: 1...20) func `plans are valid and near the bound`(seed: UInt64) {
    var state = seed
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    let requests = (0..<60).map { step in request(64 * (1 + next(50)), step...(step + next(4))) }
    let plan = MemoryPlan(requests)
    expectDisjoint(requests, plan)
    #expect(plan.byteCount >= plan.lowerBound)
    #expect(Double(plan.byteCount) <= 1.35 * Double(plan.lowerBound))
  }

  /// Too many pairs for the other orders; each is read again, the last first.
  @Test func `thousands alive at once are placed in the order in which they begin`() {
    let count = 2100
    let requests = (0..<count).map { request(64 * (1 + $0 % 3), $0...(2 * count - $0)) }
    let plan = MemoryPlan(requests)
    #expect(plan.byteCount == plan.lowerBound)
    let sorted = requests.indices.sorted { plan.offsets[$0] < plan.offsets[$1] }
    #expect(
      zip(sorted, sorted.dropFirst()).allSatisfy { plan.offsets[$0] + requests[$0].byteCount <= plan.offsets[$1] })
  }

  @Test(arguments: 1...20) func `the sweep reuses what is free`(seed: UInt64) {
    var state = seed
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    let requests = (0..<200).map { step in request(64 * next(20), step / 3...(step / 3 + next(9))) }
    let sizes = requests.map(\.byteCount)
    let sweep = FirstFit.sweep(requests, sizes)
    let order = requests.indices.sorted {
      (requests[$0].lifetime.lowerBound, sizes[$1], $0) < (requests[$1].lifetime.lowerBound, sizes[$0], $1)
    }
    let placed = FirstFit.place(requests, sizes, order)
    #expect(sweep.byteCount == placed.byteCount)
    for index in requests.indices where sizes[index] > 0 { #expect(sweep.offsets[index] == placed.offsets[index]) }
    let pairs = requests.indices.map { i in
      requests[(i + 1)...].count { $0.lifetime.overlaps(requests[i].lifetime) }
    }
    #expect(FirstFit.pairCount(requests, upTo: .max) == pairs.reduce(0, +))
  }
}
