import ProbeSystem

/// Uses what emitted networks use: the C library, SIMD types and the standard library's embedded form.
@main
enum Probe {
  static func main() {
    let vector = SIMD4<Float>(1, 2, 3, 4)
    probe_print((vector * vector).sum())
  }
}
