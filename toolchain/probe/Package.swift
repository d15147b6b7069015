// swift-tools-version: 6.2
// What toolchain/setup builds to prove that cross-compilation works: C and Embedded Swift in one program.

import PackageDescription

let package = Package(
  name: "probe",
  targets: [
    .target(name: "ProbeSystem"),
    .executableTarget(name: "probe", dependencies: ["ProbeSystem"], path: "Sources/Probe"),
  ]
)
