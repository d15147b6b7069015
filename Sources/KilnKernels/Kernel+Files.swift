import KilnRuntimeSources

extension Kernel {
  /// The runtime's files that the kernel and its arguments need, not counting what these need in turn.
  package var files: Set<RuntimeFile> { arguments.reduce(into: [file]) { $0.formUnion($1.value.files) } }

  /// The register tiles among the arguments.
  package var tiles: [any RegisterTile] {
    arguments.compactMap { if case .tile(let tile) = $0.value { tile } else { nil } }
  }
}

extension KernelArgument.Value {
  /// The runtime's files that the argument needs.
  var files: Set<RuntimeFile> {
    switch self {
    case .tile(let tile): tile.files
    case .function(let function): function.files
    case .epilogue(let epilogue, _): epilogue.files
    case .pointer, .null, .axes, .integer, .stripRows, .boolean, .number, .geometry, .strategy: []
    }
  }
}
