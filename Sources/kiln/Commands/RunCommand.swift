import Foundation
import KilnDeploy
import KilnGraph

/// `kiln run`: one inference on this machine.
enum RunCommand: Command {
  static let description = CommandDescription(
    "run", "Compute a model's outputs on this machine.", operand: "MODEL.onnx",
    options: InputArguments.options + [
      .init("output-directory", value: "DIR", "Write output_0.npy, output_1.npy, … there [print what they hold]")
    ] + ClassificationArguments.options + [
      .init("interpret", "Use the reference interpreter: exact, slow, nothing is built")
    ] + CompileArguments.buildOptions,
    notes: """
      The network is compiled and built once; what was built is kept in $XDG_CACHE_HOME/kiln (~/.cache/kiln).
      .npy files are NumPy's, versions 1 to 3, in C order.
      \(PictureArguments.notes)
      \(ImageArguments.notes)
      --labels FILE has a line for each class, in the order of the scores.
      """)

  static func run(_ arguments: ParsedArguments) throws -> ExitStatus {
    let compile = try CompileArguments(arguments)
    let inputs = try InputArguments(arguments)
    let classification = try ClassificationArguments(arguments)
    try compile.requireHost("run")
    if arguments.has("interpret") {
      for name in ["layout", "no-fold", "target", "threads", "schedule"] where arguments.has(name) {
        throw UsageError("--interpret computes the model as it is: --\(name) makes no difference")
      }
    }
    if let directory = arguments.value("output-directory") { try Files.makeFolder(directory) }

    let progress = Progress()
    let pipeline = try Pipeline(compile.fitting(inputs), progress)
    let interface: NetworkInterface
    var tensors: [Tensor] = []
    let outputs: [Tensor]
    if arguments.has("interpret") {
      let graph = try pipeline.importedGraph(isCompiled: false)
      interface = NetworkInterface(graph)
      try classification?.outputs(of: interface)
      tensors = try inputs.tensors(for: interface)
      progress.begin("interpreting")
      defer { progress.end() }
      outputs = try Interpreter(graph).run(tensors)
    } else {
      let program = try pipeline.built {
        try classification?.outputs(of: $0)
        tensors = try inputs.tensors(for: $0)
      }
      interface = program.interface
      outputs = try program.run(tensors)
    }

    if let directory = arguments.value("output-directory") {
      for (index, tensor) in outputs.enumerated() { try Npy.write(tensor, to: "\(directory)/output_\(index).npy") }
    }
    if let classification {
      if inputs.isRandom { print("random inputs from seed \(inputs.seed)") }
      for index in try classification.outputs(of: interface) {
        print(classification.text(outputs[index], name: interface.outputs[index].name), terminator: "")
      }
      return .success
    }
    if arguments.has("output-directory") {
      if inputs.isRandom { print("random inputs from seed \(inputs.seed)") }
      return .success
    }
    if inputs.isRandom { print("random inputs from seed \(inputs.seed)\n") }
    for (port, tensor) in zip(interface.inputs, tensors) { print(TensorDisplay.text(tensor, name: port.name)) }
    for (port, tensor) in zip(interface.outputs, outputs) { print(TensorDisplay.text(tensor, name: port.name)) }
    return .success
  }
}
