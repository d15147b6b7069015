/// A number of a machine's model, or of the part of it that is `Root`: its name in target files, and what it may be.
package struct MachineField<Root> {
  /// The name within its part.
  package let name: String
  /// What it holds, and what it may be.
  package let value: Value

  /// Where a field's value is, by its type.
  package enum Value {
    /// A number of that range.
    case number(WritableKeyPath<Root, Double>, ClosedRange<Double>)
    /// A whole number of that range.
    case count(WritableKeyPath<Root, Int>, ClosedRange<Int>)
    /// Yes or no.
    case flag(WritableKeyPath<Root, Bool>)
  }

  private init(_ name: String, _ value: Value) {
    self.name = name
    self.value = value
  }

  init(_ name: String, _ path: WritableKeyPath<Root, Double>, _ range: ClosedRange<Double>) {
    self.init(name, .number(path, range))
  }

  init(_ name: String, _ path: WritableKeyPath<Root, Int>, _ range: ClosedRange<Int>) {
    self.init(name, .count(path, range))
  }

  init(_ name: String, _ path: WritableKeyPath<Root, Bool>) {
    self.init(name, .flag(path))
  }

  /// The field as one of what its root is a part of.
  package func within<Whole>(_ part: WritableKeyPath<Whole, Root>) -> MachineField<Whole> {
    switch value {
    case .number(let path, let range): MachineField<Whole>(name, part.appending(path: path), range)
    case .count(let path, let range): MachineField<Whole>(name, part.appending(path: path), range)
    case .flag(let path): MachineField<Whole>(name, part.appending(path: path))
    }
  }
}
