import KilnMachine
import Testing

@testable import KilnDeploy

struct HostTargetTests {
  private func detect(_ processors: String, isArm: Bool = false) -> Target {
    HostTarget.target(processors: processors, isArm: isArm, cacheByteCounts: [], coreCount: 1)
  }

  @Test func `the x86-64 level needs all of its features`() {
    let level3 = "flags\t\t: fpu ssse3 cx16 popcnt sse4_2 avx avx2 bmi1 bmi2 f16c fma abm movbe"
    let level4 = level3 + " avx512f avx512bw avx512cd avx512dq avx512vl"
    #expect(detect("model name\t: A: B\n\(level4)\n").summary == "A: B")
    #expect(detect(level4).compilerFlags == ["-march=x86-64-v4"])
    #expect(detect(level4).instructionSet == .avx512)
    #expect(detect(level4.replacing(" avx512vl", with: "")).instructionSet == .avx2)
    #expect(detect(level3.replacing(" fma", with: "")).compilerFlags == ["-march=x86-64-v2"])
    #expect(detect("").compilerFlags == ["-march=x86-64"])
  }

  @Test func `an Arm core is named`() {
    #expect(detect("CPU part\t: 0xd08\n", isArm: true).compilerFlags == ["-mcpu=cortex-a72"])
    #expect(detect("CPU part\t: 0xfff\n", isArm: true).compilerFlags == ["-march=armv8-a"])
    #expect(detect("", isArm: true).instructionSet == .neon)
  }

  @Test func `a processor is known by what it says`() {
    let level3 = "flags\t\t: fpu ssse3 cx16 popcnt sse4_2 avx avx2 bmi1 bmi2 f16c fma abm movbe"
    let level4 = level3 + " avx512f avx512bw avx512cd avx512dq avx512vl"
    func x86(_ vendor: String, _ family: Int, _ model: Int, _ flags: String) -> String {
      detect("vendor_id\t: \(vendor)\ncpu family\t: \(family)\nmodel\t\t: \(model)\nmodel name\t: x\n\(flags)\n").model
        .processor
    }
    #expect(x86("AuthenticAMD", 25, 0x21, level3) == "zen-3" && x86("AuthenticAMD", 25, 0x01, level3) == "zen-3")
    #expect(x86("AuthenticAMD", 25, 0x11, level4) == "zen-4" && x86("AuthenticAMD", 26, 0x44, level4) == "zen-4")
    #expect(x86("GenuineIntel", 6, 85, level4) == "cascade-lake")
    // A virtual machine may hide AVX-512, or the model.
    #expect(x86("GenuineIntel", 6, 85, level3) == "generic-avx2")
    #expect(x86("GenuineIntel", 25, 0x21, level3) == "generic-avx2" && x86("?", 0, 0, level4) == "generic-avx512")
    #expect(detect("").model.processor == "generic-sse2")
    #expect(detect("CPU part\t: 0xd03\n", isArm: true).model.processor == "cortex-a53")
    #expect(detect("CPU part\t: 0xd0c\n", isArm: true).model.processor == "cortex-a76")
    #expect(detect("CPU part\t: 0xfff\n", isArm: true).model.processor == "generic-neon")
    #expect(detect("CPU part\t: \n", isArm: true).model.processor == "generic-neon")
  }

  @Test func `the host's caches are those that it has`() {
    let target = HostTarget.target(processors: "", isArm: true, cacheByteCounts: [1 << 16, 1 << 19], coreCount: 1)
    #expect(target.cacheByteCounts == [1 << 16, 1 << 19])
    #expect(target.model.caches[1].latency == Processor.generic(.neon).model.caches[1].latency)
  }

  @Test func `names are unique`() {
    #expect(Set(Targets.all.map(\.name)).count == Targets.all.count)
    #expect(Targets.target(named: "host") == HostTarget.detect())
    #expect(Targets.target(named: "toaster") == nil)
  }
}
