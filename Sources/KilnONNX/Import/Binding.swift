import KilnGraph

/// What the importer knows of a name in the model.
enum Binding {
  /// It is this value.
  case value(ValueID)
  /// It is an operand that the caller of a function left out.
  case absent
  /// A node that could not be imported computes it.
  case unknown
  /// It is a constant that Kiln can't represent, for this reason; an error only if somebody reads it.
  case unsupported(String)
}

/// The names that a graph or a function body defines, and by which versions of the operators its nodes are meant.
struct Scope {
  /// What each name stands for.
  var bindings: [String: Binding] = [:]
  /// Whether names that are not found here are looked up in the scope outside: so in subgraphs, not in functions.
  var seesOutside = false
  /// Put before the names of what is made here, to keep them unique.
  var prefix = ""
  /// The operator set's version for each domain.
  var opsets: [String: Int]
  /// In a function: the attributes it was called with.
  var attributes: [String: AttributeProto] = [:]
}
