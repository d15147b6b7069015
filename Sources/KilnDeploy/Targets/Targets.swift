import KilnCompiler

/// The machines that Kiln knows.
public enum Targets {
  /// Every target: the machine this runs on first.
  public static var all: [Target] { [HostTarget.detect()] + x86 }

  /// The target of that name.
  public static func target(named name: String) -> Target? { all.first { $0.name == name } }

  /// The levels of the x86-64 psABI. A program for a level runs on every processor that has it.
  private static let x86 = [
    Target(
      name: "x86-64-v4", summary: "x86-64 with AVX-512", triple: "x86_64-unknown-linux-gnu",
      compilerFlags: ["-march=x86-64-v4"], instructionSet: .avx512,
      cacheByteCounts: [32 << 10, 1 << 20, 16 << 20], coreCount: 4),
    Target(
      name: "x86-64-v3", summary: "x86-64 with AVX2 and FMA", triple: "x86_64-unknown-linux-gnu",
      compilerFlags: ["-march=x86-64-v3"], instructionSet: .avx2,
      cacheByteCounts: [32 << 10, 256 << 10, 8 << 20], coreCount: 4),
    Target(
      name: "x86-64-v2", summary: "x86-64 with SSE4.2", triple: "x86_64-unknown-linux-gnu",
      compilerFlags: ["-march=x86-64-v2"], instructionSet: .sse2,
      cacheByteCounts: [32 << 10, 256 << 10, 4 << 20], coreCount: 2),
  ]
}
