/// The vector units that micro-kernels are written for.
///
/// It says how instructions are written; how fast they are is the machine model's.
package enum InstructionSet: String, CaseIterable, Hashable, Sendable {
  /// 32 registers of 16 floats, operands broadcast from memory.
  case avx512
  /// 16 registers of 8 floats, fused multiply-add.
  case avx2
  /// 16 registers of 4 floats, no fused multiply-add.
  case sse2
  /// 32 registers of 4 floats, multiplied by lane.
  case neon

  /// The most floats that a vector register holds.
  package var vectorWidth: Int {
    switch self {
    case .avx512: 16
    case .avx2: 8
    case .sse2, .neon: 4
    }
  }

  /// The most vector registers.
  package var vectorRegisterCount: Int {
    switch self {
    case .avx512, .neon: 32
    case .avx2, .sse2: 16
    }
  }
}
