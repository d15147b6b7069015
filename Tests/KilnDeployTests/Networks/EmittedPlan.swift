import Foundation
import KilnCompiler
import KilnEmission
import KilnGraph
import KilnPlanning

@testable import KilnDeploy

extension Program {
  /// What the program computes as it is emitted under a name, built and run on this machine.
  func emittedOutput(named name: String, for input: Tensor) throws -> [Float] {
    try withTemporaryFolder { folder in
      let package = Compiler.emit(self, name: name, origin: "a test")
      try package.write(to: folder)
      let path = try PackageBuilder.build(
        package.benchmarkName, package: folder.path, scratch: folder.appending(path: ".build").path)
      let executable = NetworkExecutable(path: path, interface: NetworkInterface(graph))
      return try executable.run([input])[0].floats()
    }
  }
}
