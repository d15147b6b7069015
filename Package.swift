// swift-tools-version: 6.2

import PackageDescription

/// KilnRuntime and what executes kernels by it in the process of the tests, compiled once for each width of vectors, with
/// the instructions of a machine that has such vectors.
let executors: [Target] = [4: "x86-64-v2", 8: "x86-64-v3", 16: "x86-64-v4"].sorted { $0.key < $1.key }.map {
  lanes, level in
  // Kernels that aren't optimised are too slow to test anything with.
  // And what KilnIntrinsics.h says of vectors wider than the machine's, Clang forgets where it reads the header as a module.
  var flags = ["-O", "-Xcc", "-Wno-psabi"]
  #if arch(x86_64)
    flags += ["-Xcc", "-march=\(level)"]
  #endif
  return .target(
    name: "KilnLanes\(lanes)", dependencies: ["KilnGeometry", "KilnGraph", "KilnIntrinsics", "KilnKernels"],
    path: "Sources/KilnExecutors/Lanes\(lanes)", exclude: ["Runtime/README.md"],
    swiftSettings: [.define("KILN_\(lanes)_LANES"), .unsafeFlags(flags)])
}

let package = Package(
  name: "Kiln",
  products: [
    .executable(name: "kiln", targets: ["kiln"]),
    .plugin(name: "KilnCommand", targets: ["KilnCommand"]),
    .plugin(name: "KilnNetworks", targets: ["KilnNetworks"]),
  ],
  targets: [
    // What runs on a board. Imported by its tests only: the compiler copies its source files.
    .target(name: "KilnIntrinsics"),
    // The structs that a kernel and the compiler share.
    .target(name: "KilnGeometry", exclude: ["README.md"]),
    .target(name: "KilnRuntime", dependencies: ["KilnGeometry", "KilnIntrinsics"], exclude: ["README.md"]),

    // The host, in the order in which data flows.
    .target(name: "KilnGraph", exclude: ["README.md"]),
    .target(name: "KilnONNX", dependencies: ["KilnGraph"], exclude: ["OPERATORS.md", "README.md"]),
    // What machines can do.
    .target(name: "KilnMachine", exclude: ["README.md"]),
    // Carries KilnRuntime, the benchmark program and Targets/ inside `kiln`.
    .target(name: "KilnCarriedFiles"),
    .target(
      name: "KilnRuntimeSources", dependencies: ["KilnCarriedFiles"], exclude: ["Benchmark", "README.md", "Report"]),
    .target(
      name: "KilnKernels", dependencies: ["KilnGeometry", "KilnGraph", "KilnMachine", "KilnRuntimeSources"],
      exclude: ["README.md"]),
    // The rooms of the compiler: none imports a later one.
    .target(
      name: "KilnPasses", dependencies: ["KilnGraph", "KilnKernels", "KilnMachine"], exclude: ["README.md"]),
    .target(
      name: "KilnSelection", dependencies: ["KilnGraph", "KilnKernels", "KilnMachine"], exclude: ["README.md"]),
    .target(
      name: "KilnLowering",
      dependencies: ["KilnGeometry", "KilnGraph", "KilnKernels", "KilnMachine", "KilnSelection"],
      exclude: ["README.md"]),
    .target(
      name: "KilnPlanning",
      dependencies: ["KilnGraph", "KilnKernels", "KilnLowering", "KilnMachine", "KilnPasses", "KilnSelection"],
      exclude: ["README.md"]),
    .target(
      name: "KilnEmission",
      dependencies: [
        "KilnGeometry", "KilnGraph", "KilnKernels", "KilnLowering", "KilnMachine", "KilnPlanning", "KilnRuntimeSources",
      ],
      exclude: ["README.md"]),
    .target(
      name: "KilnCompiler",
      dependencies: [
        "KilnEmission", "KilnGraph", "KilnLowering", "KilnMachine", "KilnPasses", "KilnPlanning", "KilnSelection",
      ],
      exclude: ["README.md"]),
    // Programs executed in the process of the tests and of calibration, against KilnRuntime.
    .target(
      name: "KilnExecution",
      dependencies: [
        "KilnGraph", "KilnKernels", "KilnLanes4", "KilnLanes8", "KilnLanes16", "KilnLowering", "KilnPlanning",
      ],
      exclude: ["README.md"]),
    .target(name: "KilnSystem"),
    .target(
      name: "KilnDeploy",
      dependencies: [
        "KilnEmission", "KilnGraph", "KilnKernels", "KilnLowering", "KilnMachine", "KilnPasses", "KilnPlanning",
        "KilnRuntimeSources", "KilnSelection", "KilnSystem",
      ],
      exclude: ["README.md"]),
    .executableTarget(
      name: "kiln",
      dependencies: [
        "KilnCompiler", "KilnDeploy", "KilnEmission", "KilnExecution", "KilnGraph", "KilnLowering", "KilnMachine",
        "KilnONNX", "KilnPasses", "KilnPlanning", "KilnSelection",
      ],
      exclude: ["README.md"]),

    // For packages that use Kiln's.
    .plugin(
      name: "KilnCommand",
      capability: .command(
        intent: .custom(verb: "kiln", description: "Compile neural networks to Swift packages, run and measure them."),
        permissions: [.writeToPackageDirectory(reason: "Networks are written as packages.")]),
      dependencies: ["kiln"]),
    .plugin(name: "KilnNetworks", capability: .buildTool(), dependencies: ["kiln"]),

    .testTarget(name: "KilnRuntimeTests", dependencies: ["KilnGeometry", "KilnRuntime"]),
    .testTarget(name: "KilnRuntimeSourcesTests", dependencies: ["KilnRuntimeSources"]),
    .testTarget(name: "KilnGraphTests", dependencies: ["KilnGraph"]),
    .testTarget(name: "KilnONNXTests", dependencies: ["KilnONNX", "KilnGraph"]),
    .testTarget(name: "KilnMachineTests", dependencies: ["KilnMachine"]),
    .testTarget(name: "KilnKernelsTests", dependencies: ["KilnKernels", "KilnRuntimeSources"]),
    .testTarget(
      name: "KilnCompilerTests",
      dependencies: [
        "KilnCompiler", "KilnEmission", "KilnExecution", "KilnGraph", "KilnKernels", "KilnLanes4", "KilnLowering",
        "KilnMachine", "KilnONNX", "KilnPasses", "KilnPlanning", "KilnRuntimeSources", "KilnSelection",
      ]),
    .testTarget(
      name: "KilnDeployTests",
      dependencies: [
        "KilnCompiler", "KilnDeploy", "KilnEmission", "KilnExecution", "KilnGraph", "KilnKernels", "KilnLowering",
        "KilnMachine", "KilnONNX", "KilnPasses", "KilnPlanning", "KilnRuntimeSources", "KilnSelection",
      ]),
    .testTarget(name: "kilnTests", dependencies: ["kiln", "KilnDeploy", "KilnGraph"]),
  ],
  swiftLanguageModes: [.v6]
)
package.targets += executors

// Only for Tests/Fuzzing/run: it needs libFuzzer. Without AddressSanitizer, which `fast` leaves out, it is ten times as fast.
if let mode = Context.environment["KILN_FUZZING"] {
  let address = mode == "fast" ? "" : ",address"
  package.targets += [
    .target(name: "FuzzingDriver", path: "Tests/Fuzzing/Driver"),
    .target(
      name: "KilnFuzzing",
      dependencies: [
        "FuzzingDriver", "KilnCompiler", "KilnDeploy", "KilnGraph", "KilnMachine", "KilnONNX", "KilnPasses",
        "KilnPlanning", "KilnSelection",
      ],
      path: "Tests/Fuzzing/Program"),
    .executableTarget(
      name: "kiln-fuzz", dependencies: ["KilnFuzzing"], path: "Tests/Fuzzing/Main",
      linkerSettings: [.unsafeFlags(["-sanitize=fuzzer\(address)"])]),
  ]
  // Not by `swift build --sanitize`, which would want to fuzz the plugins too.
  for target in package.targets where target.type == .regular {
    target.cSettings = [.unsafeFlags(["-fsanitize=fuzzer-no-link\(address)"])]
    target.swiftSettings = (target.swiftSettings ?? []) + [.unsafeFlags(["-sanitize=fuzzer\(address)"])]
  }
}
