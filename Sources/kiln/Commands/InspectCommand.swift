import Foundation
import KilnDeploy
import KilnGraph
import KilnONNX
import KilnPasses

/// `kiln inspect`: what is in a model, and what Kiln makes of it.
enum InspectCommand: Command {
  static let description = CommandDescription(
    "inspect", "Show the graph before and after folding, what folded where, and the memory plan.",
    operand: "MODEL.onnx", options: CompileArguments.buildOptions + [after, JSON.option])

  private static let after = CommandDescription.Option(
    "after", value: "PASS", "Show only the graph as it is after a pass; a wrong name lists them all")

  static func run(_ arguments: ParsedArguments) throws -> ExitStatus {
    let compile = try CompileArguments(arguments)
    let progress = Progress()
    let pipeline = try Pipeline(compile, progress)
    if let pass = arguments.value("after") {
      let graph = GraphFacts(try self.graph(after: pass, pipeline))
      print(arguments.has("json") ? try JSON.text(graph) : graph.text(titled: "After \(pass)"))
      return .success
    }
    let model = try ONNXModel(path: compile.modelPath).summary
    let imported = try pipeline.importedGraph()
    let optimized = try pipeline.optimized(imported)
    var inspection = Inspection(
      file: compile.modelPath, model: ModelFacts(model), interface: NetworkInterface(imported),
      batchNormalizations: BatchNormalizationFacts(before: imported, after: optimized.graph),
      before: GraphFacts(imported),
      after: GraphFacts(optimized.graph), plan: nil)
    // A network without a kernel for everything is shown as far as it goes.
    let plan = Result { try pipeline.program(optimized) }
    if case .success(let program) = plan { inspection.plan = PlanFacts(program) }
    print(arguments.has("json") ? try JSON.text(inspection) : inspection.text)
    _ = try plan.get()
    return .success
  }

  /// The graph after a pass: the last time, where it runs more than once.
  private static func graph(after pass: String, _ pipeline: Pipeline) throws -> Graph {
    let names = Passes.names(pipeline.options.passes)
    guard names.contains(pass) else {
      throw UsageError("--after '\(pass)' is no pass; in order they are \(names.joined(separator: ", "))")
    }
    var graph = try pipeline.importedGraph()
    _ = try pipeline.optimized(graph) { if $0 == pass { graph = $1 } }
    return graph
  }
}

/// What `kiln inspect` prints.
struct Inspection: Encodable {
  let file: String
  let model: ModelFacts
  let interface: NetworkInterface
  let batchNormalizations: BatchNormalizationFacts
  let before: GraphFacts
  let after: GraphFacts
  var plan: PlanFacts?
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
