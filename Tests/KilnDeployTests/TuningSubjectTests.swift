import Testing

@testable import KilnDeploy

struct TuningSubjectTests {
  @Test(arguments: ["resnet18", "mobilenet_v2", "unet_r18"])
  func `every convolution is in one subject`(name: String) throws {
    let program = try NetworkFiles.program(name, target: HostTarget.detect())
    let subjects = TuningSubject.all(of: program, limit: 6)
    let layers = Set(program.convolutions.map(\.layer))
    #expect(subjects.flatMap(\.layers).sorted() == layers.sorted())
    #expect(subjects.count < layers.count)
    let chosen = Dictionary(program.convolutions.map { ($0.site.name, $0.choice) }, uniquingKeysWith: { $1 })
    for subject in subjects {
      #expect((1...6).contains(subject.candidates.count))
      // The first is what the program has.
      #expect(subject.candidates[0].allSatisfy { chosen[$0.key] == $0.value })
      #expect(!subject.description(0, in: program).isEmpty)
    }
  }
}
