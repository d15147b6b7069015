import KilnGraph
import KilnKernels
import KilnRuntimeSources

/// What happens to each sum of a Winograd convolution, as source: bias, addend, activation, store.
struct WinogradFinishSource {
  /// The last steps.
  let shape: WinogradFinishShape

  private var epilogue: EpilogueSource { EpilogueSource(epilogue: shape.epilogue) }
  private var lanes: String { shape.isHalf ? "HalfLanes" : "Vector" }
  private var element: String { shape.isHalf ? "Float16" : "Float" }

  /// The file's text.
  var text: String {
    var source = SourceText()
    let description = shape.epilogue.description
    source.line(
      "/// Sums of a Winograd convolution\(shape.isHalf ? " of float16" : ""): bias\(description.isEmpty ? "" : ", then \(description)")."
    )
    source.block("enum \(shape.name): WinogradFinish") {
      $0.line("static var hasSlope: Bool { \(shape.epilogue.hasSlope) }")
      $0.line("static var isCheap: Bool { \(shape.epilogue.isInlined) }")
      for (parameter, argument) in [("", ""), (", count: Int", ", count: count")] {
        $0.line()
        $0.line("@inline(__always)")
        $0.line("static func finish(")
        $0.line("  _ sum: \(lanes), bias: \(lanes), slope: \(lanes), _ addend: UnsafePointer<\(element)>,")
        $0.line("  _ output: UnsafeMutablePointer<\(element)>\(parameter)")
        $0.block(")") {
          $0.line(
            shape.isHalf
              ? "storeHalves(\(halves(addend: "loadHalves(addend\(argument))")), output\(argument))"
              : "store(\(value(addend: "load(addend\(argument))")), output\(argument))")
        }
      }
    }
    return source.text
  }

  private func value(addend: String) -> String {
    switch shape.epilogue.addend {
    case .beforeActivation: epilogue.activated("sum + bias + \(addend)", slope: "slope")
    case .afterActivation: "\(epilogue.activated("sum + bias", slope: "slope")) + \(addend)"
    case nil: epilogue.activated("sum + bias", slope: "slope")
    }
  }

  private func halves(addend: String) -> String {
    HalfEpilogueSource.value("(sum + bias).halves", addend: addend, slope: "slope.halves", shape.epilogue)
  }
}
