import Foundation
import KilnCompiler
import KilnEmission
import KilnGraph
import KilnONNX
import KilnPasses
import Testing

@testable import KilnDeploy

/// MobileNetV2 quantised by PyTorch: 53 layers that sum between quantisation and dequantisation, in float32 where the
/// reference has Float64, so that a number near the middle between two steps is now and then rounded to the other.
@Suite(.serialized)
struct QuantizedNetworkTests {
  /// What the README promises for such a network: steps of the output.
  private static let allowedSteps = 3.0

  @Test func `a quantised network is within a few steps of the interpreter, and bisection says why`() throws {
    let name = "quantized_mobilenet_v2"
    let model = try ONNXImporter.importGraph(at: NetworkFiles.folder.appending(path: "\(name).onnx").path)
    let optimized = try Passes.run(on: model)
    let plan = try Compiler.plan(optimized, CompileOptions(target: HostTarget.detect()))
    let step = try #require(
      model.nodeIDs.last { model[$0].operation is QuantizeLinear }.flatMap { model.constant(model[$0].inputs[1]) }
    ).doubles()[0]
    try withTemporaryFolder { folder in
      let package = Compiler.emit(plan, name: "Quantized", origin: "a test")
      try package.write(to: folder)
      let path = try PackageBuilder.build(
        package.benchmarkName, package: folder.path, scratch: folder.appending(path: ".build").path)
      let program = NetworkExecutable(path: path, interface: NetworkInterface(plan.graph))

      let image = try NetworkFiles.tensor("\(name).input")
      let answer = Comparison(try program.run([image])[0], try NetworkFiles.tensor("\(name).output"))
      #expect(answer.largestDifference <= Self.allowedSteps * step * 1.01, "ONNX Runtime \(answer)")

      var images = (1...12).map { RandomInputs.tensors(for: [image.type], seed: $0)[0] }
      images.append(image)
      var largest = 0.0
      var differing: Tensor?
      for image in images {
        let (outputs, dump) = try program.runLayers([image])
        let layers = try LayerDump(dump, of: plan, origins: optimized.layoutOrigins)
        let indices = Dictionary(plan.layers.indices.map { (layers.name(ofLayer: $0), $0) }) { $1 }
        let references = try Interpreter(model).run([image]) { value, reference in
          guard let index = indices[model[value].name], !reference.scalar.isFloatingPoint,
            let result = layers.tensor(ofLayer: index), TensorError(of: result, from: reference).absolute > 0
          else { return }
          differing = differing ?? image
        }
        largest = max(largest, Comparison(outputs[0], references[0]).largestDifference / step)
      }
      #expect(largest <= Self.allowedSteps * 1.01)

      let build = Verification.Build(graph: optimized, plan: plan, executable: program)
      let bisection = try Bisection(
        of: build, model: model, inputs: [try #require(differing)], tolerance: 1e-4, onProgress: { _ in })
      let fault = try #require(bisection.fault)
      guard case .quantization(let number) = fault.cause else {
        Issue.record("\(fault)")
        return
      }
      #expect(number.steps == 1 && number.ownError < 1e-5 && bisection.largestOwnError < 1e-5)
      // Both lie beside the middle between two steps, one on each side.
      #expect(abs(number.reference - number.computed) < 1e-3)
      #expect(number.reference.rounded(.toNearestOrEven) != number.computed.rounded(.toNearestOrEven))
      let result = try #require(fault.difference)
      #expect(abs(result.computed - result.reference) == 1 && result.wrongCount > 0)
    }
  }
}
