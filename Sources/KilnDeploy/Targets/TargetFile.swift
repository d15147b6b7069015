import Foundation
import KilnCompiler

/// A file that describes a machine to compile for. Its keys are those of Targets/README.md.
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
  private struct Fault: Error {
    let text: String
  }

  private enum Key: String, CodingKey, CaseIterable {
    case summary, triple, cpu, features, instructionSet, vectorWidth, vectorRegisterCount, cacheByteCounts, coreCount
  }

  /// Any key, to find those that mean nothing.
  private struct AnyKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// Checked contents.
  private struct Contents: Decodable {
    let summary: String
    let triple: String
    let cpu: String
    let features: [String]
    let instructionSet: Target.InstructionSet
    let vectorWidth: Int
    let vectorRegisterCount: Int
    let cacheByteCounts: [Int]
    let coreCount: Int

    init(from decoder: any Decoder) throws {
      for key in try decoder.container(keyedBy: AnyKey.self).allKeys where Key(stringValue: key.stringValue) == nil {
        let known = Key.allCases.map(\.rawValue).joined(separator: ", ")
        throw Fault(text: "there is no key `\(key.stringValue)`: the keys are \(known)")
      }
      let file = File(container: try decoder.container(keyedBy: Key.self))

      summary = try file.value(.summary, "one line of text") { !$0.isEmpty && $0.allSatisfy { !$0.isNewline } }
      let triples = ["aarch64-unknown-linux-gnu", "x86_64-unknown-linux-gnu"]
      triple = try file.value(.triple, triples.joined(separator: " or ")) { triples.contains($0) }
      let isArm = triple.hasPrefix("aarch64")
      let sets: [Target.InstructionSet] = isArm ? [.neon] : [.sse2, .avx2, .avx512]
      let name: String = try file.value(.instructionSet, sets.map(\.rawValue).joined(separator: ", ")) { name in
        sets.contains { $0.rawValue == name }
      }
      let set = sets.first { $0.rawValue == name } ?? sets[0]
      instructionSet = set

      // They become words of a compiler's command line.
      cpu = try file.value(.cpu, "a processor's name as clang knows it, such as cortex-a72") { Self.isWord($0) }
      features = try file.value(.features, "a list of clang's names, such as dotprod", otherwise: []) { list in
        list.allSatisfy { Self.isWord($0) }
      }
      vectorWidth = try file.value(.vectorWidth, "4, 8 or 16, at most \(set.vectorWidth)", otherwise: set.vectorWidth) {
        [4, 8, 16].contains($0) && $0 <= set.vectorWidth
      }
      let most = set.vectorRegisterCount
      vectorRegisterCount = try file.value(.vectorRegisterCount, "8 to \(most)", otherwise: most) {
        8...most ~= $0
      }
      cacheByteCounts = try file.value(.cacheByteCounts, "1 to 4 sizes in bytes from 1024 to 2^30, ascending") {
        1...4 ~= $0.count && $0.allSatisfy { 1024...(1 << 30) ~= $0 } && $0 == $0.sorted()
      }
      coreCount = try file.value(.coreCount, "a number from 1 to 1024") { 1...1024 ~= $0 }
    }

    func target(name: String) -> Target {
      let isArm = triple.hasPrefix("aarch64")
      let flags =
        isArm
        ? ["-mcpu=\(([cpu] + features).joined(separator: "+"))"] : ["-march=\(cpu)"] + features.map { "-m\($0)" }
      return Target(
        name: name, summary: summary, triple: triple, compilerFlags: flags, instructionSet: instructionSet,
        vectorWidth: vectorWidth, vectorRegisterCount: vectorRegisterCount, cacheByteCounts: cacheByteCounts,
        coreCount: coreCount)
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

    /// The value of `key`; without one, `fallback`.
    ///
    /// - Parameter expectation: what the value must be, for the error.
    func value<Value: Decodable>(
      _ key: Key, _ expectation: String, otherwise fallback: Value? = nil, where isValid: (Value) -> Bool
    ) throws -> Value {
      guard container.contains(key) else {
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
