import KilnCompiler
import Testing

@testable import KilnDeploy

struct HostTargetTests {
  private func detect(_ processors: String, isArm: Bool = false) -> Target {
    HostTarget.target(processors: processors, isArm: isArm, cacheByteCounts: [], coreCount: 1)
  }

  @Test func x86LevelNeedsAllOfItsFeatures() {
    let level3 = "flags\t\t: fpu ssse3 cx16 popcnt sse4_2 avx avx2 bmi1 bmi2 f16c fma abm movbe"
    let level4 = level3 + " avx512f avx512bw avx512cd avx512dq avx512vl"
    #expect(detect("model name\t: A: B\n\(level4)\n").summary == "A: B")
    #expect(detect(level4).compilerFlags == ["-march=x86-64-v4"])
    #expect(detect(level4).instructionSet == .avx512)
    #expect(detect(level4.replacing(" avx512vl", with: "")).instructionSet == .avx2)
    #expect(detect(level3.replacing(" fma", with: "")).compilerFlags == ["-march=x86-64-v2"])
    #expect(detect("").compilerFlags == ["-march=x86-64"])
  }

  @Test func armCoreIsNamed() {
    #expect(detect("CPU part\t: 0xd08\n", isArm: true).compilerFlags == ["-mcpu=cortex-a72"])
    #expect(detect("CPU part\t: 0xfff\n", isArm: true).compilerFlags == ["-march=armv8-a"])
    #expect(detect("", isArm: true).instructionSet == .neon)
  }

  @Test func namesAreUnique() {
    #expect(Set(Targets.all.map(\.name)).count == Targets.all.count)
    #expect(Targets.target(named: "host") == HostTarget.detect())
    #expect(Targets.target(named: "toaster") == nil)
  }
}
