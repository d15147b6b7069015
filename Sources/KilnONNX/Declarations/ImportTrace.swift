/// What an importer asked of its nodes, for the tests: what it declares and never asks is declared in vain.
final class ImportTrace {
  /// The versions that it told apart.
  var versions: Set<Int> = []
  /// The attributes that it read.
  var attributes: Set<String> = []
  /// The operands that it wanted to know.
  var constants: Set<String> = []
}
