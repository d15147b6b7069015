import KilnDeploy
import KilnGraph
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
    let (inspection, plan) = try Inspection.inspect(pipeline)
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
