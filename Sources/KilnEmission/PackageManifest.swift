import KilnKernels
import KilnMachine
import KilnRuntimeSources

/// The manifest of an emitted package.
struct PackageManifest {
  let name: String
  let benchmarkName: String
  let weightsName: String
  let target: Target

  var text: String {
    let system = RuntimeSources.benchmarkSystemName(network: name)
    return """
      // swift-tools-version: 6.2
      \(EmittedPackage.manifestMarker) for \(target.name.inComment): \(target.summary.inComment)

      // The benchmark program needs nothing of Swift's library. To leave that out:
      //   swift build -c release -Xswiftc -enable-experimental-feature -Xswiftc Embedded -Xswiftc -wmo

      import PackageDescription

      // The kernels are written for this machine's registers. SwiftPM takes such flags from the root package and from
      // local dependencies (`.package(path:)`), not from remote ones.
      let machine = [\(target.compilerFlags.map { "\"\($0.escaped)\"" }.joined(separator: ", "))]

      let package = Package(
        name: "\(name)",
        products: [
          .library(name: "\(name)", targets: ["\(name)"]),
          .executable(name: "\(benchmarkName)", targets: ["\(benchmarkName)"]),
        ],
        targets: [
          .target(
            name: "\(weightsName)", exclude: ["\(weightsName).bin"], cSettings: [.unsafeFlags(machine)]),
          .target(
            name: "\(name)", dependencies: ["\(weightsName)"],
            swiftSettings: [.unsafeFlags(machine.flatMap { ["-Xcc", $0] })]),
          .target(name: "\(system)", cSettings: [.unsafeFlags(machine)]),
          .executableTarget(
            name: "\(benchmarkName)", dependencies: ["\(name)", "\(system)"],
            swiftSettings: [.unsafeFlags(machine.flatMap { ["-Xcc", $0] })]),
        ]
      )

      """
  }
}
