import Testing

@testable import KilnMachine

struct MachineModelTests {
  private let model = Processor.generic(.avx512).model

  /// The names of a value's stored properties.
  private func properties(_ value: Any) -> [String] { Mirror(reflecting: value).children.compactMap(\.label) }

  @Test func `every number has a field`() {
    let parts = Dictionary(uniqueKeysWithValues: MachineModel.parts.map { ($0.name, $0.fields.map(\.name)) })
    for (name, value) in Mirror(reflecting: model).children {
      guard let name, let fields = parts[name] else { continue }
      #expect(fields == properties(value), "\(name)")
    }
    let others = ["processor", "instructionSet", "vectorWidth", "vectorRegisterCount", "caches"]
    #expect(Set(properties(model)) == Set(parts.keys).union(others))
    #expect(["byteCount"] + MachineModel.fields(ofCache: 0).map(\.name) == properties(model.caches[0]))
  }

  @Test(arguments: Processor.all) func `every number is one that a target file may have`(processor: Processor) {
    let model = processor.model
    let fields = MachineModel.parts.flatMap(\.fields) + model.caches.indices.flatMap(MachineModel.fields)
    for field in fields {
      switch field.value {
      case .number(let path, let range): #expect(range.contains(model[keyPath: path]), "\(field.name)")
      case .count(let path, let range): #expect(range.contains(model[keyPath: path]), "\(field.name)")
      case .flag: break
      }
    }
  }

  @Test func `other caches keep the speeds of their levels`() {
    var changed = model.with(cacheByteCounts: [1, 2, 3, 4])
    #expect(changed.cacheByteCounts == [1, 2, 3, 4])
    #expect(changed.caches.prefix(3).map(\.latency) == model.caches.map(\.latency))
    #expect(changed.caches[3].latency == model.caches[2].latency)
    changed.cacheByteCounts = []
    #expect(changed.caches.isEmpty)
    changed.cacheByteCounts = [5]
    #expect(changed.caches.map(\.latency) == [model.memory.latency])
  }

  @Test func `budgets make do with the caches there are`() {
    let two = model.with(cacheByteCounts: [1000, 10_000, 100_000]).cacheBudget
    #expect(two.residentWeights == 500 && two.depthwiseRegion == 1000 && two.depthwisePixels == 500)
    #expect(two.image == 5000 && two.stripOfLayers == 5000 && two.regionInput == 2500 && two.twoPanels == 7500)
    #expect(two.depthwiseImages == 7500 && two.winogradTiles == 6250)
    let one = model.with(cacheByteCounts: [1000]).cacheBudget
    #expect(one.image == 500 && one.residentWeights == 500)
    let none = model.with(cacheByteCounts: []).cacheBudget
    #expect(none.image == 128 << 10 && none.residentWeights == 0 && none.depthwiseRegion == 32 << 10)
  }
}
