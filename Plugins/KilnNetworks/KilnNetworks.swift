import Foundation
import PackagePlugin

/// Compiles the network of a target on each build that finds it changed.
///
/// The Swift target has the network's file, for instance `digits.onnx`, and may have a file `digits.json` beside it with options of
/// `kiln compile`: `{"precision": "float16", "threads": 2}`. It depends on a C target of the same package whose name is the network's
/// and `Weights`, `DigitsWeights`. Both use this plugin: the Swift target gets the type `Digits`, the C target its constants.
///
/// SwiftPM lets plugins make C in packages whose manifest begins with `// swift-tools-version: 6.3;(experimentalCGen)`.
@main
struct KilnNetworks: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    let manifest = context.package.directoryURL.appending(path: "Package.swift")
    let firstLine = try String(contentsOf: manifest, encoding: .utf8).prefix { !$0.isNewline }
    guard firstLine.contains(Self.feature) else {
      throw Fault(
        "Package.swift must begin with '// swift-tools-version: 6.3;(\(Self.feature))' for plugins to make C; without, "
          + Self.advice)
    }
    if target is ClangSourceModuleTarget {
      let users = context.package.targets.filter { constantTargets(of: $0).contains { $0.id == target.id } }
      guard let user = users.first else {
        throw Fault("no target of this package depends on \(target.name)")
      }
      return [try command(.c, for: try network(of: user), named: name(of: target), context)]
    }
    let constants = constantTargets(of: target)
    guard constants.count == 1, let first = constants.first else {
      throw Fault(
        "\(target.name) must depend on one C target, for instance DigitsWeights, that uses KilnNetworks too; for more networks, "
          + Self.advice)
    }
    return [try command(.swift, for: try network(of: target), named: name(of: first), context)]
  }

  private static let feature = "experimentalCGen"
  private static let advice = "have packages of networks written by 'swift package kiln compile'"

  private enum Part: String {
    case swift, c
  }

  /// The C targets that a target depends on and that are for the constants of a network.
  private func constantTargets(of target: any Target) -> [any Target] {
    target.dependencies.compactMap { dependency in
      if case .target(let target) = dependency, target is ClangSourceModuleTarget, target.name.hasSuffix("Weights") {
        target
      } else {
        nil
      }
    }
  }

  /// The name of the network whose constants a target is for.
  private func name(of weights: any Target) -> String { String(weights.name.dropLast("Weights".count)) }

  /// The network's file in a target's folder.
  private func network(of target: any Target) throws -> URL {
    let folder = target.directoryURL
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false))
    let networks = names.filter { $0.hasSuffix(".onnx") }.sorted()
    guard networks.count == 1, let name = networks.first else {
      throw Fault(
        "\(target.name) has \(networks.isEmpty ? "no .onnx" : networks.joined(separator: ", ")) where one is wanted; for more, "
          + Self.advice)
    }
    return folder.appending(path: name)
  }

  private func command(_ part: Part, for network: URL, named name: String, _ context: PluginContext) throws -> Command {
    let folder = context.pluginWorkDirectoryURL
    let outputs =
      switch part {
      case .swift: ["\(name).swift"]
      case .c: ["\(name)Weights.c", "KilnThreads.c", "include/\(name)Weights.h", "include/module.modulemap"]
      }
    let settings = network.deletingPathExtension().appendingPathExtension("json")
    let hasSettings = FileManager.default.fileExists(atPath: settings.path(percentEncoded: false))
    return .buildCommand(
      displayName: "Compiling \(network.lastPathComponent) to \(part.rawValue)",
      executable: try context.tool(named: "kiln").url,
      arguments: [
        "compile", network.path(percentEncoded: false), "--sources", part.rawValue, "--name", name, "--output",
        folder.path(percentEncoded: false),
      ] + (hasSettings ? try options(in: settings) : []),
      inputFiles: [network] + (hasSettings ? [settings] : []), outputFiles: outputs.map { folder.appending(path: $0) })
  }

  /// The options of a settings file: `"threads": 2` is `--threads 2`, `"exact": true` is `--exact`.
  private func options(in settings: URL) throws -> [String] {
    let values = try JSONDecoder().decode([String: Setting].self, from: Data(contentsOf: settings))
    return values.sorted { $0.key < $1.key }.flatMap { key, value in
      switch value {
      case .text(let text): ["--\(key)", text]
      case .number(let number): ["--\(key)", "\(number)"]
      case .flag(let flag): flag ? ["--\(key)"] : []
      }
    }
  }
}

/// The value of an option in a settings file.
enum Setting: Decodable {
  case text(String)
  case number(Int)
  case flag(Bool)

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let flag = try? container.decode(Bool.self) {
      self = .flag(flag)
    } else if let number = try? container.decode(Int.self) {
      self = .number(number)
    } else {
      self = .text(try container.decode(String.self))
    }
  }
}

/// Why a target's network can't be compiled, in one line.
struct Fault: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
