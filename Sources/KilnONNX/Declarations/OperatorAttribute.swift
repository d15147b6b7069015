/// An attribute that an operator's importer reads: its name, its type, and which values it may have.
struct OperatorAttribute: Sendable {
  let name: String
  let kind: AttributeProto.Kind
  /// The values that are understood, where that isn't all of its type's, in words.
  let limit: String?

  private init(_ name: String, _ kind: AttributeProto.Kind, _ limit: String?) {
    self.name = name
    self.kind = kind
    self.limit = limit
  }

  static func int(_ name: String, _ limit: String? = nil) -> Self { Self(name, .int, limit) }
  static func ints(_ name: String) -> Self { Self(name, .ints, nil) }
  static func float(_ name: String) -> Self { Self(name, .float, nil) }
  static func floats(_ name: String) -> Self { Self(name, .floats, nil) }
  static func strings(_ name: String, _ limit: String? = nil) -> Self { Self(name, .strings, limit) }
  static func tensor(_ name: String) -> Self { Self(name, .tensor, nil) }
  static func sparseTensor(_ name: String) -> Self { Self(name, .sparseTensor, nil) }
  static func graph(_ name: String) -> Self { Self(name, .graph, nil) }

  /// Any text.
  static func text(_ name: String) -> Self { Self(name, .string, nil) }

  /// A text that is one of a few words.
  static func word<Word: AttributeWord>(_ name: String, _ word: Word.Type) -> Self {
    Self(name, .string, Word.allCases.map(\.rawValue).joined(separator: ", "))
  }

  /// An attribute of which only is asked whether it is there: such a node is not supported.
  static func refused(_ name: String) -> Self { Self(name, .undefined, "not supported") }
}

/// The words that an attribute's text may be.
protocol AttributeWord: RawRepresentable<String>, CaseIterable {
  /// What an empty text stands for; `nil` when it is none of the words.
  static var ofEmptyText: Self? { get }
}

extension AttributeWord {
  static var ofEmptyText: Self? { nil }
}
