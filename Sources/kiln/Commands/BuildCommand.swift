import Foundation
import KilnDeploy
import KilnEmission

/// `kiln build`: from a model to a library with a C interface, or to a program.
enum BuildCommand: Command {
  /// What is built.
  private enum Product: String, CaseIterable {
    case `static`, shared, executable

    /// The form of the library; `nil` for a program.
    var form: EmittedLibrary.Form? {
      switch self {
      case .static: .static
      case .shared: .shared
      case .executable: nil
      }
    }
  }

  static let description = CommandDescription(
    "build", "Turn a model into a library for C, C++ and Python, or into a program.", operand: "MODEL.onnx",
    options: [
      .init("as", value: "static|shared|executable", "What to build: libNAME.a, libNAME.so, or the program NAME"),
      .init("output", value: "DIR", "Folder for what is built, which may hold other files [NAME]"),
      CompileArguments.name,
    ] + CompileArguments.buildOptions,
    notes: """
      NAME is the network's name in small letters. Beside a library come its header NAME.h, what pkg-config and CMake ask for
      (NAME.pc, NAME-config.cmake), and beside a shared one NAME.py, a Python module that needs NumPy and nothing else.
      A library needs the C library only, allocates nothing, and has no other global names than the header's: a program
      may link several. With --threads N it also has functions that share an inference among N threads.
      A program takes the words 'run IN… OUT…' with files of raw elements, and 'bench --layers'; it needs nothing where it
      runs but, on this machine, the C library. Everything is built elsewhere and moved into DIR at the end.
      \(PictureArguments.notes)
      \(ImageArguments.notes)
      """)

  static func run(_ arguments: ParsedArguments) throws -> ExitStatus {
    var compile = try CompileArguments(arguments)
    let choices = Product.allCases.map(\.rawValue).joined(separator: ", ")
    guard let text = arguments.value("as") else { throw UsageError("build needs --as with one of \(choices)") }
    guard let product = Product(rawValue: text) else { throw UsageError("--as '\(text)' is none of \(choices)") }
    if product.form != nil, compile.compileOptions.typeName == nil,
      ReservedNames.forbidsLibrary(compile.typeName.lowercased())
    {
      compile.compileOptions.typeName = "\(compile.typeName)Network"
    }
    let name = compile.typeName.lowercased()
    let folder = arguments.value("output") ?? name
    guard !folder.isEmpty else { throw UsageError("--output needs a folder's name") }
    guard product.form == nil || !ReservedNames.forbidsLibrary(name) else {
      throw UsageError(
        "a library '\(name)' would hide a header, library or module of the system's, or is a word of Python's: use another --name"
      )
    }
    try FileDelivery.check(product.form.map { EmittedLibrary.fileNames($0, of: name) } ?? [name], in: folder)

    let progress = Progress()
    defer { progress.end() }
    let pipeline = try Pipeline(compile, progress)
    let summary =
      if let form = product.form {
        try buildLibrary(pipeline, form, into: folder)
      } else {
        try buildProgram(pipeline, name: name, into: folder)
      }
    print(summary)
    return try pipeline.reportPrecision() ? .success : .checkFailed
  }

  /// Builds a library, and says how it is used.
  private static func buildLibrary(
    _ pipeline: Pipeline, _ form: EmittedLibrary.Form, into folder: String
  ) throws -> String {
    let model = try pipeline.importedGraph()
    let program = try pipeline.program(pipeline.optimized(model))
    let library = try pipeline.library(program, of: model)
    pipeline.progress.begin("building \(library.fileName(form)) for \(program.target.name)")
    defer { pipeline.progress.end() }
    let byteCount = try LibraryBuilder.build(
      library, form, for: program.target, into: folder, onProgress: pipeline.progress.advance)
    let (name, path) = (library.name, URL(filePath: folder).path)
    let lines =
      [
        "\(folder)/\(library.fileName(form)): \(Quantity.bytes(byteCount)) for \(program.target.name), "
          + "an arena of \(Quantity.bytes(library.arenaByteCount))",
        "C:      #include \"\(name).h\"; PKG_CONFIG_PATH=\(folder) pkg-config --cflags --libs \(name)",
        "CMake:  find_package(\(name) REQUIRED) with -D\(name)_DIR=\(path); link \(name)::\(name)",
      ] + (form == .shared ? ["Python: import \(name), with \(folder) on the path; \(name).Network()"] : [])
    return lines.joined(separator: "\n")
  }

  /// Builds a program, and says how it is used.
  private static func buildProgram(_ pipeline: Pipeline, name: String, into folder: String) throws -> String {
    let program = try pipeline.built(destination: .elsewhere)
    try FileDelivery.deliver([(name: name, path: program.path)], to: folder)
    return """
      \(folder)/\(name): \(program.interface.description) for \(pipeline.options.target.name)
      Run it:  \(name) run IN… OUT…, files of raw elements
      Time it: \(name) bench --layers
      """
  }
}

extension NetworkInterface {
  /// What goes in, and what comes out.
  fileprivate var description: String {
    func list(_ ports: [Port]) -> String { ports.map { "'\($0.name)' \($0.type)" }.joined(separator: ", ") }
    return "\(list(inputs)) to \(list(outputs))"
  }
}
