import KilnGraph

/// What happens to each sum of a Winograd convolution, as source: bias, addend, activation, store.
struct WinogradFinishSource {
  let epilogue: EpilogueSource

  /// The name of its type, for instance `WinogradStoreReLU`.
  var name: String { "WinogradStore\(epilogue.nameSuffix)" }

  /// The emitted kernel.
  var kernel: EmittedKernel {
    var source = SourceText()
    let description = epilogue.epilogue.description
    source.line("/// Sums of a Winograd convolution: bias\(description.isEmpty ? "" : ", then \(description)").")
    source.block("enum \(name): WinogradFinish") {
      $0.line("static var hasSlope: Bool { \(epilogue.hasSlope) }")
      $0.line("static var isCheap: Bool { \(epilogue.isInlined) }")
      for (parameter, argument) in [("", ""), (", count: Int", ", count: count")] {
        $0.line()
        $0.line("@inline(__always)")
        $0.line("static func finish(")
        $0.line("  _ sum: Vector, bias: Vector, slope: Vector, _ addend: UnsafePointer<Float>,")
        $0.line("  _ output: UnsafeMutablePointer<Float>\(parameter)")
        $0.block(")") {
          $0.line("store(\(value(addend: "load(addend\(argument))")), output\(argument))")
        }
      }
    }
    return EmittedKernel(name: name, source: source.text)
  }

  private func value(addend: String) -> String {
    switch epilogue.epilogue.addend {
    case .beforeActivation: epilogue.activated("sum + bias + \(addend)", slope: "slope")
    case .afterActivation: "\(epilogue.activated("sum + bias", slope: "slope")) + \(addend)"
    case nil: epilogue.activated("sum + bias", slope: "slope")
    }
  }
}
