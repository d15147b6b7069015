import Foundation
import KilnDeploy
import KilnGraph
import Testing

@testable import kiln

/// `--cut-input`, `--cut-output`, and dimensions that the data fix.
@Suite("Cuts and open dimensions")
struct CutTests {
  private static let detector = "\(Program.repository)/Tests/Networks/refused/detector.onnx"
  private static let openShape = "\(Program.repository)/Tests/Networks/refused/open_shape.onnx"

  @Test func `a network cut in two computes what it does in one`() throws {
    try withTemporaryFolder { folder in
      func output(_ name: String, _ arguments: [String]) throws -> Tensor {
        let result = try Program.run(
          ["run", Program.digits] + arguments + ["--interpret", "--output-directory", "\(folder)/\(name)"])
        #expect(result.status == 0, "\(result.errors)")
        return try Npy.read("\(folder)/\(name)/output_0.npy")
      }
      let whole = try output("whole", ["--input", Program.seven])
      let middle = "/0/features/features.3/MaxPool_output_0"
      _ = try output("first", ["--input", Program.seven, "--cut-output", middle])
      let second = try output("second", ["--input", "\(folder)/first/output_0.npy", "--cut-input", middle])
      #expect(second.floats() == whole.floats())
    }
  }

  @Test(arguments: [
    (["--cut-output", "boxs"], "--cut-output 'boxs': the model has no such tensor; near it are 'boxes'"),
    (
      ["--cut-output", "/scores/Sigmoid"],
      "--cut-output '/scores/Sigmoid': the model has no such tensor; the node of that name computes 'scores'"
    ),
    (["--cut-output", "boxes", "--cut-output", "boxes"], "--cut-output 'boxes': it is named twice"),
    (
      ["--cut-input", "boxes", "--cut-output", "boxes"],
      "--cut-output 'boxes': it is a cut input too: nothing would be computed"
    ),
    (
      ["--cut-output", "image"], "--cut-output 'image': this is an input of the model: nothing would be computed"
    ),
    (
      ["--cut-input", "w1", "--cut-output", "boxes"],
      "--cut-input 'w1': this is a constant of the model; name what is computed from its inputs"
    ),
    (
      ["--cut-input", "boxes", "--cut-output", "features"],
      "--cut-input 'boxes': no output needs it; leave it out, or choose outputs after it with --cut-output"
    ),
    (
      ["--cut-input", "conv0", "--cut-output", "features", "--shape", "w0=1"],
      "--shape w0: the model has no such input; its inputs are 'image'"
    ),
  ])
  func `a cut that makes no sense is one line`(arguments: [String], line: String) throws {
    for command in ["run", "inspect", "compile", "verify", "bench", "tune"] {
      let result = try Program.run([command, Self.detector] + arguments)
      #expect(result.status == 64 && result.errors == "kiln: \(line)\n")
    }
  }

  @Test func `a file fixes the dimensions that the model leaves open`() throws {
    try withTemporaryFolder { folder in
      func run(_ shape: [Int], _ arguments: [String]) throws -> Subprocess.Result {
        let count = shape.reduce(1, *)
        try Npy.write(Tensor(shape: shape, floats: (0..<count).map { Float($0 % 7) }), to: "\(folder)/x.npy")
        return try Program.run(["run", Self.openShape, "--interpret"] + arguments)
      }
      for form in ["\(folder)/x.npy", "image=\(folder)/x.npy"] {
        let result = try run([1, 3, 9, 7], ["--input", form])
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.contains("image float32[1, 3, 9, 7]"))
      }
      let other = try run([1, 4, 9, 7], ["--input", "\(folder)/x.npy"])
      #expect(other.status == 65)
      #expect(
        other.errors == "kiln: \(folder)/x.npy: this is [1, 4, 9, 7], input 'image' of the model has dimensions "
          + "1,3,height,width\n")
      let chosen = try run([1, 3, 9, 7], ["--input", "\(folder)/x.npy", "--shape", "image=1,3,8,8"])
      #expect(chosen.status == 65 && chosen.errors.contains("input 'image' is float32[1, 3, 8, 8]"))
    }
  }
}
