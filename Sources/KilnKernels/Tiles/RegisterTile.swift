import KilnRuntimeSources

/// A tile of results that stays in registers through a whole reduction, which is written out for each network with every
/// register a named local.
package protocol RegisterTile: Sendable {
  /// The name of its type and of its file: equal names mean equal tiles.
  var name: String { get }
  /// The runtime's files that it calls, besides the one that declares its kernel.
  var files: Set<RuntimeFile> { get }
}
