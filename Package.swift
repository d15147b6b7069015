// swift-tools-version: 6.2

import PackageDescription

let package = Package(
  name: "Kiln",
  products: [.executable(name: "kiln", targets: ["kiln"])],
  targets: [
    // What runs on a board. Imported by its tests only: the compiler copies its source files.
    .target(name: "KilnIntrinsics"),
    .target(name: "KilnRuntime", dependencies: ["KilnIntrinsics"], exclude: ["README.md"]),

    // The host, in the order in which data flows.
    .target(name: "KilnGraph", exclude: ["README.md"]),
    .target(name: "KilnONNX", dependencies: ["KilnGraph"], exclude: ["OPERATORS.md", "README.md"]),
    // Carries KilnRuntime and the benchmark program inside `kiln`.
    .target(name: "KilnRuntimeSources", exclude: ["Benchmark"]),
    // What machines can do.
    .target(name: "KilnMachine", exclude: ["README.md"]),
    .target(
      name: "KilnCompiler", dependencies: ["KilnGraph", "KilnMachine", "KilnRuntimeSources"], exclude: ["README.md"]),
    .target(name: "KilnSystem"),
    .target(
      name: "KilnDeploy", dependencies: ["KilnCompiler", "KilnGraph", "KilnMachine", "KilnSystem"],
      exclude: ["README.md"]),
    .executableTarget(
      name: "kiln", dependencies: ["KilnONNX", "KilnGraph", "KilnMachine", "KilnCompiler", "KilnDeploy"],
      exclude: ["README.md"]),

    .testTarget(name: "KilnRuntimeTests", dependencies: ["KilnRuntime"]),
    .testTarget(name: "KilnGraphTests", dependencies: ["KilnGraph"]),
    .testTarget(name: "KilnONNXTests", dependencies: ["KilnONNX", "KilnGraph"]),
    .testTarget(name: "KilnMachineTests", dependencies: ["KilnMachine"]),
    .testTarget(name: "KilnCompilerTests", dependencies: ["KilnCompiler", "KilnGraph", "KilnMachine", "KilnONNX"]),
    .testTarget(
      name: "KilnDeployTests", dependencies: ["KilnDeploy", "KilnCompiler", "KilnGraph", "KilnMachine", "KilnONNX"]),
    .testTarget(name: "kilnTests", dependencies: ["kiln", "KilnDeploy", "KilnGraph"]),
  ],
  swiftLanguageModes: [.v6]
)

// Only for Tests/Fuzzing/run: it needs libFuzzer.
if Context.environment["KILN_FUZZING"] != nil {
  package.targets += [
    .target(name: "FuzzingDriver", path: "Tests/Fuzzing/Driver"),
    .executableTarget(
      name: "kiln-fuzz",
      dependencies: ["FuzzingDriver", "KilnONNX", "KilnGraph", "KilnMachine", "KilnCompiler", "KilnDeploy"],
      path: "Tests/Fuzzing/Program"),
  ]
}
