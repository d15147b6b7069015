// swift-tools-version: 6.3;(experimentalCGen)

import PackageDescription

// The processor of `target` in digits.json.
#if arch(x86_64)
  let machine = ["-march=x86-64-v3"]
#else
  let machine: [String] = []
#endif

let package = Package(
  name: "Reader",
  dependencies: [.package(name: "Kiln", path: "../..")],
  targets: [
    .executableTarget(
      name: "Reader", dependencies: ["DigitsWeights"], exclude: ["digits.json", "digits.onnx"],
      swiftSettings: [.unsafeFlags(machine.flatMap { ["-Xcc", $0] })],
      plugins: [.plugin(name: "KilnNetworks", package: "Kiln")]),
    .target(
      name: "DigitsWeights", publicHeadersPath: ".", cSettings: [.unsafeFlags(machine)],
      plugins: [.plugin(name: "KilnNetworks", package: "Kiln")]),
  ])
