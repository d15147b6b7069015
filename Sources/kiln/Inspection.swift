import KilnDeploy
import KilnONNX
import KilnPlanning

/// What is in a model, and what Kiln makes of it.
struct Inspection: Encodable {
  let file: String
  let model: ModelFacts
  let interface: NetworkInterface
  let batchNormalizations: BatchNormalizationFacts
  let before: GraphFacts
  let after: GraphFacts
  let plan: PlanFacts?
  /// The constants of the graph after folding.
  let weights: [WeightFacts]
  /// The tensors of 8 bits, where the model or the command line says what they stand for.
  let quantizedTensors: [QuantizedTensorFacts]

  /// Inspects a model.
  ///
  /// - Returns: the facts, and the plan, or why there is none: a network without a kernel for everything is shown as far as it goes.
  static func inspect(_ pipeline: Pipeline) throws -> (Inspection, plan: Result<Program, any Error>) {
    let path = pipeline.arguments.modelPath
    let model = try ONNXModel(path: path).summary
    let imported = try pipeline.importedGraph()
    let optimized = try pipeline.optimized(imported)
    let plan = Result { try pipeline.program(optimized) }
    let planned = (pipeline.options.quantization?.tensors ?? [:]).sorted { $0.key < $1.key }
    let inspection = Inspection(
      file: path, model: ModelFacts(model), interface: NetworkInterface(imported),
      batchNormalizations: BatchNormalizationFacts(before: imported, after: optimized.graph),
      before: GraphFacts(imported), after: GraphFacts(optimized.graph), plan: (try? plan.get()).map(PlanFacts.init),
      weights: WeightFacts.all(of: optimized.graph),
      quantizedTensors: planned.map { QuantizedTensorFacts($0.key, $0.value) } + QuantizedTensorFacts.all(of: imported))
    return (inspection, plan)
  }
}

/// What a model file says about itself.
struct ModelFacts: Encodable {
  let producer: String
  let irVersion: Int
  let operatorSets: [String: Int]
  let graphName: String
  let nodeCount: Int

  init(_ summary: ONNXModel.Summary) {
    producer = summary.producer
    irVersion = summary.irVersion
    operatorSets = Dictionary(
      summary.operatorSets.map { ($0.domain.isEmpty ? "ai.onnx" : $0.domain, $0.version) },
      uniquingKeysWith: { $1 })
    graphName = summary.graphName
    nodeCount = summary.nodeCount
  }
}
