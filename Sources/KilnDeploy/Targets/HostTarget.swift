import Foundation
import KilnMachine

/// The machine that Kiln runs on, as a target.
package enum HostTarget {
  /// What the system says about this machine.
  package static func detect() -> Target {
    let processors = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    return target(
      processors: processors, isArm: isArm, cacheByteCounts: cacheByteCounts(),
      coreCount: ProcessInfo.processInfo.activeProcessorCount)
  }

  /// The target of a machine.
  ///
  /// - Parameter processors: the text of Linux's `/proc/cpuinfo`.
  static func target(processors: String, isArm: Bool, cacheByteCounts: [Int], coreCount: Int) -> Target {
    let (flags, set) = isArm ? arm(processors) : x86(processors)
    let name = field("model name", of: processors) ?? field("Model", of: processors) ?? "this machine"
    var model = Processor.processor(set) { isOne($0, of: processors) }.model.with(cacheByteCounts: cacheByteCounts)
    // A virtual machine may hide what its processor has.
    if set == .avx512, !flags.contains(dotProducts) { model.int8 = Processor.genericAVX512.model.int8 }
    return Target(
      name: "host", summary: name, triple: isArm ? "aarch64-unknown-linux-gnu" : "x86_64-unknown-linux-gnu",
      compilerFlags: flags, model: model, coreCount: coreCount)
  }

  /// Whether the machine says that it has such a processor.
  private static func isOne(_ identity: Processor.Identity, of processors: String) -> Bool {
    func number(_ name: String) -> Int? { field(name, of: processors).flatMap { Int($0) } }
    switch identity {
    case .arm(let part):
      return field("CPU part", of: processors).flatMap { Int($0.dropFirst(2), radix: 16) } == part
    case .x86(let vendor, let family, let models):
      return field("vendor_id", of: processors) == vendor && number("cpu family") == family
        && number("model").map { models.contains($0) } ?? false
    }
  }

  /// The highest level of the x86-64 psABI whose features Linux lists, and dot products of int8.
  private static func x86(_ processors: String) -> ([String], InstructionSet) {
    let features = Set((field("flags", of: processors) ?? "").split(separator: " ").map(String.init))
    let level3: Set = ["avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe"]
    let level4 = level3.union(["avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"])
    if features.isSuperset(of: level4) {
      return (["-march=x86-64-v4"] + (features.contains("avx512_vnni") ? [dotProducts] : []), .avx512)
    }
    if features.isSuperset(of: level3) { return (["-march=x86-64-v3"], .avx2) }
    if features.isSuperset(of: ["sse4_2", "ssse3", "popcnt", "cx16"]) { return (["-march=x86-64-v2"], .sse2) }
    return (["-march=x86-64"], .sse2)
  }

  /// What the compiler is told where AVX-512 has dot products of int8.
  private static let dotProducts = "-mavx512vnni"

  /// The core by its part number, which the compiler knows by its name in small letters.
  private static func arm(_ processors: String) -> ([String], InstructionSet) {
    // A machine with cores of two kinds lists them all; code for the first kind runs on both.
    if let part = field("CPU part", of: processors), let core = ArmCore.names[part] {
      return (["-mcpu=\(core.lowercased())"], .neon)
    }
    return (["-march=armv8-a"], .neon)
  }

  private static func field(_ name: String, of text: String) -> String? {
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 1)
      if parts.count == 2, parts[0].trimmingCharacters(in: .whitespaces) == name {
        return parts[1].trimmingCharacters(in: .whitespaces)
      }
    }
    return nil
  }

  /// Bytes of each cache that holds data, nearest first; empty where the system doesn't say.
  private static func cacheByteCounts() -> [Int] {
    var counts: [Int] = []
    for index in 0..<8 {
      let folder = "/sys/devices/system/cpu/cpu0/cache/index\(index)"
      func read(_ name: String) -> String? {
        (try? String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8))?
          .trimmingCharacters(in: .whitespacesAndNewlines)
      }
      guard let type = read("type") else { break }
      guard type != "Instruction", let size = read("size"), size.hasSuffix("K"), let kibibytes = Int(size.dropLast())
      else { continue }
      counts.append(kibibytes << 10)
    }
    return counts
  }

  #if arch(arm64)
    private static let isArm = true
  #else
    private static let isArm = false
  #endif
}
