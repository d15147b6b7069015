// swift-tools-version: 6.2

import PackageDescription

let package = Package(
  name: "Kiln",
  products: [.executable(name: "kiln", targets: ["kiln"])],
  targets: [
    // What runs on a board. Imported by its tests only: the compiler copies its source files.
    .target(name: "KilnIntrinsics"),
    .target(name: "KilnRuntime", dependencies: ["KilnIntrinsics"]),

    // The host, in the order in which data flows.
    .target(name: "KilnGraph"),
    .target(name: "KilnONNX", dependencies: ["KilnGraph"]),
    // Carries KilnRuntime and the benchmark program inside `kiln`.
    .target(name: "KilnRuntimeSources", exclude: ["Benchmark"]),
    .target(name: "KilnCompiler", dependencies: ["KilnGraph", "KilnRuntimeSources"]),
    .target(name: "KilnSystem"),
    .target(name: "KilnDeploy", dependencies: ["KilnCompiler", "KilnGraph", "KilnSystem"]),
    .executableTarget(name: "kiln", dependencies: ["KilnONNX", "KilnGraph", "KilnCompiler", "KilnDeploy"]),

    .testTarget(name: "KilnRuntimeTests", dependencies: ["KilnRuntime"]),
    .testTarget(name: "KilnGraphTests", dependencies: ["KilnGraph"]),
    .testTarget(name: "KilnONNXTests", dependencies: ["KilnONNX", "KilnGraph"]),
    .testTarget(name: "KilnCompilerTests", dependencies: ["KilnCompiler", "KilnGraph", "KilnONNX"]),
    .testTarget(name: "KilnDeployTests", dependencies: ["KilnDeploy", "KilnCompiler", "KilnGraph", "KilnONNX"]),
    .testTarget(name: "kilnTests", dependencies: ["kiln"]),
  ],
  swiftLanguageModes: [.v6]
)
