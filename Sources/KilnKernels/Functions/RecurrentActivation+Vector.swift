import KilnGraph
import KilnRuntimeSources

extension RecurrentActivation {
  /// The runtime's function of vectors of float32; `nil` when it doesn't have it.
  package var vectorFunction: RuntimeFunction? {
    func call(_ name: RuntimeFunction.Name, _ first: Double, _ second: Double) -> RuntimeFunction {
      RuntimeFunction(
        unary: .runtime(name), ["": .float(Float(first)), "": .float(Float(second))], in: [.recurrence])
    }
    return switch self {
    case .function(let function): function.vectorFunction
    case .affine(let scale, let offset): call(.affine, scale, offset)
    case .scaledTanh(let scale, let slope): call(.scaledTanh, scale, slope)
    }
  }
}
