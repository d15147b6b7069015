import Foundation
import KilnMachine
import KilnSelection

/// A file that describes a machine to compile for.
///
/// Its keys are those of Targets/README.md.
package enum TargetFile {
  /// The machine that a file describes.
  ///
  /// - Parameters:
  ///   - json: the file's contents.
  ///   - name: what to call the machine.
  ///   - origin: what to call the file in an error.
  /// - Throws: `FileError`, `.malformed`, which names the key and says what is expected there.
  package static func target(_ json: Data, name: String, origin: String) throws(FileError) -> Target {
    do {
      return try JSONDecoder().decode(Contents.self, from: json).target(name: name)
    } catch let fault as Fault {
      throw FileError(.malformed, "\(origin): \(fault.text); see Targets/README.md")
    } catch {
      throw FileError(.malformed, "\(origin): this is not a JSON object: \(reason(error)); see Targets/README.md")
    }
  }

  /// What the JSON parser says, with the place.
  private static func reason(_ error: any Error) -> String {
    guard case DecodingError.dataCorrupted(let context) = error, let underlying = context.underlyingError as NSError?
    else { return "it holds something else" }
    return underlying.userInfo[NSDebugDescriptionErrorKey] as? String ?? "it can't be parsed"
  }

  /// What is wrong with one key.
  struct Fault: Error {
    let text: String
  }

  private enum Key: String, CodingKey, CaseIterable {
    case summary, triple, processor, cpu, features, instructionSet, vectorWidth, vectorRegisterCount, cacheByteCounts
    case coreCount, model
  }

  /// Checked contents.
  private struct Contents: Decodable {
    let summary: String
    let triple: String
    let cpu: String
    let features: [String]
    let model: MachineModel
    let coreCount: Int

    init(from decoder: any Decoder) throws {
      let known = Key.allCases.map(\.rawValue)
      if let key = try decoder.container(keyedBy: AnyKey.self).unknownKey(besides: known) {
        throw Fault(text: "there is no key `\(key)`: the keys are \(known.joined(separator: ", "))")
      }
      let file = File(container: try decoder.container(keyedBy: Key.self))

      summary = try file.value(.summary, "one line of text") { !$0.isEmpty && $0.allSatisfy { !$0.isNewline } }
      let triples = ["aarch64-unknown-linux-gnu", "x86_64-unknown-linux-gnu"]
      triple = try file.value(.triple, triples.joined(separator: " or ")) { triples.contains($0) }
      let processor = try Self.processor(file, isArm: triple.hasPrefix("aarch64"))

      // They become words of a compiler's command line.
      let name = "a processor's name as clang knows it, such as cortex-a72"
      cpu = try file.value(.cpu, name, otherwise: processor.compilerName) { Self.isWord($0) }
      features = try file.value(.features, "a list of clang's names, such as dotprod", otherwise: []) { list in
        list.allSatisfy { Self.isWord($0) }
      }
      coreCount = try file.value(.coreCount, "a number from 1 to 1024") { 1...1024 ~= $0 }
      model = try Self.model(processor, file)
    }

    /// The processor that the file names; where it names none, the generic one of the instruction set.
    private static func processor(_ file: File, isArm: Bool) throws -> Processor {
      let sets: [InstructionSet] = isArm ? [.neon] : [.sse2, .avx2, .avx512]
      if !file.has(.processor), file.has(.instructionSet) { return .generic(try instructionSet(among: sets, file)) }
      let known = Processor.all.filter { sets.contains($0.model.instructionSet) }
      let names = known.map(\.name)
      let name: String = try file.value(.processor, names.joined(separator: ", ")) { names.contains($0) }
      let processor = known.first { $0.name == name } ?? known[0]
      // It may only be said again.
      if file.has(.instructionSet) { _ = try instructionSet(among: [processor.model.instructionSet], file) }
      return processor
    }

    private static func instructionSet(among sets: [InstructionSet], _ file: File) throws -> InstructionSet {
      let names = sets.map(\.rawValue)
      let name: String = try file.value(.instructionSet, names.joined(separator: ", ")) { names.contains($0) }
      return sets.first { $0.rawValue == name } ?? sets[0]
    }

    /// What the processor can do, but for what the file says otherwise.
    private static func model(_ processor: Processor, _ file: File) throws -> MachineModel {
      var model = processor.model
      let set = model.instructionSet
      let width = "4, 8 or 16, at most \(set.vectorWidth)"
      model.vectorWidth = try file.value(.vectorWidth, width, otherwise: model.vectorWidth) {
        [4, 8, 16].contains($0) && $0 <= set.vectorWidth
      }
      let most = set.vectorRegisterCount
      model.vectorRegisterCount = try file.value(
        .vectorRegisterCount, "8 to \(most)", otherwise: model.vectorRegisterCount
      ) { 8...most ~= $0 }
      let caches = "1 to 4 sizes in bytes from 1024 to 2^30, ascending"
      model.cacheByteCounts = try file.value(.cacheByteCounts, caches, otherwise: model.cacheByteCounts) {
        1...4 ~= $0.count && $0.allSatisfy { 1024...(1 << 30) ~= $0 } && $0 == $0.sorted()
      }
      guard file.has(.model) else { return model }
      var description = ModelDescription(model)
      try description.replace(by: file.container.superDecoder(forKey: .model), key: Key.model.rawValue)
      return description.model
    }

    func target(name: String) -> Target {
      let isArm = triple.hasPrefix("aarch64")
      let flags =
        isArm
        ? ["-mcpu=\(([cpu] + features).joined(separator: "+"))"] : ["-march=\(cpu)"] + features.map { "-m\($0)" }
      return Target(
        name: name, summary: summary, triple: triple, compilerFlags: flags, model: model, coreCount: coreCount)
    }

    private static func isWord(_ text: String) -> Bool {
      !text.isEmpty
        && text.utf8.allSatisfy { byte in
          UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
            || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
        }
    }
  }

  /// Values by key, each checked.
  private struct File {
    let container: KeyedDecodingContainer<Key>

    /// Whether there is a value of `key`.
    func has(_ key: Key) -> Bool { container.contains(key) }

    /// The value of `key`; without one, `fallback`.
    ///
    /// - Parameter expectation: what the value must be, for the error.
    func value<Value: Decodable>(
      _ key: Key, _ expectation: String, otherwise fallback: Value? = nil, where isValid: (Value) -> Bool
    ) throws -> Value {
      guard has(key) else {
        if let fallback { return fallback }
        throw Fault(text: "`\(key.rawValue)` is missing: expected \(expectation)")
      }
      guard let value = try? container.decode(Value.self, forKey: key), isValid(value) else {
        throw Fault(text: "`\(key.rawValue)`: expected \(expectation)")
      }
      return value
    }
  }
}
