import Testing

@testable import KilnMachine

struct ProcessorTests {
  @Test func `names are unique and found`() {
    #expect(Set(Processor.all.map(\.name)).count == Processor.all.count)
    for processor in Processor.all { #expect(Processor.named(processor.name) == processor) }
    #expect(Processor.named("toaster") == nil)
  }

  @Test func `there is a generic processor for each vector unit`() {
    for set in InstructionSet.allCases {
      #expect(Processor.generic(set).model.instructionSet == set)
      #expect(Processor.all.contains(.generic(set)))
      #expect(Processor.processor(set) { _ in false } == .generic(set))
    }
  }

  @Test func `no machine says that it is two processors`() {
    let identities = Processor.all.flatMap(\.identities)
    for (index, one) in identities.enumerated() {
      for other in identities.dropFirst(index + 1) {
        switch (one, other) {
        case (.arm(let one), .arm(let other)): #expect(one != other)
        case (.x86(let vendor, let family, let models), .x86(let other, let otherFamily, let otherModels)):
          #expect(vendor != other || family != otherFamily || !models.overlaps(otherModels))
        case (.arm, .x86), (.x86, .arm): break
        }
      }
    }
  }

  @Test(arguments: Processor.all) func `numbers agree with each other`(processor: Processor) {
    let model = processor.model
    #expect(model.vectorWidth == model.instructionSet.vectorWidth)
    #expect((8...model.instructionSet.vectorRegisterCount).contains(model.vectorRegisterCount))
    let pipeline = model.pipeline
    #expect(pipeline.loadsAndStoresPerCycle >= max(pipeline.loadsPerCycle, pipeline.storesPerCycle))
    #expect(pipeline.instructionsPerCycle >= model.float32.multiplyAddsPerCycle)
    for type in [model.float32, model.float16, model.int8] {
      #expect(type.accumulationLatency <= type.multiplyAddLatency)
      #expect((type.productsPerLane == 0) == (type.multiplyAddsPerCycle == 0))
    }
    #expect(model.float32.productsPerLane == 1)
    // A farther cache is larger, slower, and no wider.
    for (near, far) in zip(model.caches, model.caches.dropFirst()) {
      #expect(near.byteCount < far.byteCount && near.latency < far.latency)
      #expect(near.bytesPerCycle >= far.bytesPerCycle - 1)
    }
    let farthest = model.caches[model.caches.count - 1]
    #expect(farthest.latency < model.memory.latency && farthest.bytesPerCycle > model.memory.bytesPerCycle)
    #expect(model.memory.peakBytesPerCycle > model.memory.bytesPerCycle)
    // What a core loads from its first cache.
    #expect(model.caches[0].bytesPerCycle == pipeline.loadsPerCycle * Double(4 * model.vectorWidth))
  }

  /// Operations per cycle that cpufp measured, and for Cascade Lake what was measured here.
  @Test(arguments: [
    ("cortex-a53", 8, 0), ("cortex-a72", 8, 0), ("cortex-a76", 16, 64), ("zen-3", 32, 0), ("zen-4", 32, 128),
    ("cascade-lake", 64, 256),
  ])
  func `throughputs are those that were measured`(name: String, float32: Double, dotProduct: Double) throws {
    let model = try #require(Processor.named(name)).model
    func operations(_ type: Arithmetic) -> Double {
      2 * type.multiplyAddsPerCycle * type.productsPerLane * Double(model.vectorWidth)
    }
    #expect(operations(model.float32) == float32)
    if model.int8.productsPerLane == 4 { #expect(operations(model.int8) == dotProduct) }
    #expect((model.int8.productsPerLane == 4) == (dotProduct > 0))
  }

  @Test func `only the in-order core loses arithmetic to loads`() {
    for processor in Processor.all {
      let pipeline = processor.model.pipeline
      #expect(pipeline.isInOrder == (processor.name == "cortex-a53"))
      #expect(pipeline.isInOrder == (pipeline.arithmeticCyclesPerLoad > 0))
    }
  }

  @Test func `who works alone meets nobody`() {
    let costs = ThreadCosts(handoverCycles: 100, wakingCycles: 0)
    #expect(costs.meetingCycles(workers: 1) == 0)
    #expect(costs.meetingCycles(workers: 4) == 500)
  }
}
