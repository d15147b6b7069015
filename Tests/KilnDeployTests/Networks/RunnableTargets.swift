import Foundation

/// What this machine can execute.
enum RunnableTargets {
  /// The targets for x86-64 whose instructions this machine has.
  static let names: Set<String> = {
    let flags = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    func has(_ flag: String) -> Bool { flags.contains(" \(flag)") }
    var names: Set<String> = []
    if has("sse4_2") { names.insert("x86-64-v2") }
    if has("avx2"), has("fma") { names.insert("x86-64-v3") }
    if has("avx512bw"), has("avx512vl"), has("avx512dq"), has("avx512cd") {
      names.insert("x86-64-v4")
      if has("avx512_vnni") { names.insert("x86-64-v4-vnni") }
    }
    return names
  }()

  /// Whether a target's plan can be executed in this process: a board's always, whose vectors are as narrow as SSE's.
  static func executes(_ name: String) -> Bool { !name.hasPrefix("x86-64") || names.contains(name) }
}
