import Foundation
import KilnDeploy
import KilnGraph
import Testing

/// Pictures as inputs, on the command line.
struct PictureTests {
  private static let seven = "\(Program.repository)/Examples/digits/seven.pgm"
  private static let labels = "\(Program.repository)/Examples/digits/labels.txt"

  private func run(
    _ input: String, _ options: [String] = [], path: String = "/usr/bin:/bin"
  ) throws -> Subprocess.Result {
    let command = ["run", Program.digits, "--interpret", "--input", input] + options
    return try Subprocess("/usr/bin/env", ["PATH=\(path)", Program.path] + command).run()
  }

  @Test func `a picture is classified`() throws {
    let result = try run(Self.seven, ["--labels", Self.labels, "--top", "2"])
    #expect(result.status == 0, "\(result.errors)")
    let lines = result.output.split(separator: "\n")
    #expect(lines.count == 3 && lines[0].hasPrefix("probabilities float32"))
    #expect(lines[1].split(separator: " ").first == "7" && lines[1].hasSuffix(" seven"))
  }

  @Test func `a picture gives what its numbers give`() throws {
    try withTemporaryFolder { folder in
      let outputs = try [Self.seven, Program.seven].map { input in
        let result = try run(input, ["--output-directory", folder])
        #expect(result.status == 0, "\(result.errors)")
        return try Npy.read("\(folder)/output_0.npy").floats()
      }
      for (a, b) in zip(outputs[0], outputs[1]) { #expect(abs(a - b) < 0.01) }
    }
  }

  @Test func `bytes are taken as they are, and normalised inside`() throws {
    try withTemporaryFolder { folder in
      let bytes = "\(folder)/seven.npy"
      let digit = try Npy.read(Program.seven).doubles().map { ($0 * 255).rounded() }
      try Npy.write(Tensor(shape: [1, 8, 8, 1], doubles: digit, as: .uint8), to: bytes)
      for input in [Self.seven, bytes] {
        let image = ["--image", "image=gray8,scale=1/255"]
        let result = try run(input, image + ["--labels", Self.labels, "--top", "1"])
        #expect(
          result.status == 0 && result.output.contains(" 99.95 % ") && result.output.contains("seven"), "\(result)")
      }
    }
  }

  @Test func `faults are told in a line`() throws {
    try withTemporaryFolder { folder in
      let (short, tall) = ("\(folder)/short.pgm", "\(folder)/two")
      try Files.write("P5 8 8 255\n123", to: short)
      try Files.write("only\ntwo\n", to: tall)
      try Files.write("no picture", to: "\(folder)/a.png")
      for (input, options, status, text) in [
        (short, [], 65, "short.pgm: it ends after 3 bytes of pixels"), ("\(folder)/b.ppm", [], 66, "no such file"),
        ("\(folder)/a.png", [], 65, "does not begin as a .png or .jpg file does"),
        (Self.seven, ["--labels", tall], 65, "two: it has 2 lines, output 'probabilities'"),
        (Self.seven, ["--labels", "\(folder)/none"], 66, "no such file"),
        (Self.seven, ["--top", "0"], 64, "--top"),
        (Self.seven, ["--resize", "zoom"], 64, "none of stretch, fit, crop"),
        (Self.seven, ["--pixels", "gray8,std=0"], 64, "std is zero"),
        (Self.seven, ["--pixels", "rgb8"], 65, "does not have the channels"),
        (Self.seven, ["--image", "x=gray8"], 64, "the network has 'image'"),
        (Self.seven, ["--image", "gray9"], 64, "none of rgb8"),
        (Self.seven, ["--image", "rgb8"], 64, "no float32 image of 3 channels"),
        (Self.seven, ["--image", "gray8", "--image", "image=gray8"], 64, "twice"),
        (Program.seven, ["--image", "gray8"], 65, "input 'image' is uint8[1, 8, 8, 1]"),
      ] as [(String, [String], Int32, String)] {
        let result = try run(input, options)
        #expect(result.status == status, "\(options): \(result)")
        #expect(result.errors.contains(text) && result.errors.split(separator: "\n").count == 1, "\(result.errors)")
      }
    }
  }

  /// A script in the place of ffmpeg, which is asked for the picture by its last word.
  @Test func `other formats are read by a program, if there is one`() throws {
    try withTemporaryFolder { folder in
      let picture = "\(folder)/-a b.png"
      let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
      try Files.write(ByteStorage(count: 8) { memory in memory.copyBytes(from: png) }, to: picture)
      let absent = try run(picture, path: folder)
      #expect(absent.status == 69 && absent.errors.contains("sudo apt-get install imagemagick"), "\(absent)")
      #expect(absent.errors.split(separator: "\n").count == 1)

      func write(_ script: String) throws {
        try Files.write("#!/bin/sh\n\(script)\n", to: "\(folder)/ffmpeg")
        chmod("\(folder)/ffmpeg", 0o755)
      }
      try write("for last; do :; done\n/bin/cp '\(Self.seven)' \"${last#file:}\"")
      let read = try run(picture, ["--labels", Self.labels, "--top", "1"], path: folder)
      #expect(read.status == 0 && read.output.contains(" seven"), "\(read)")
      try write("echo 'broken file' >&2; echo last >&2; exit 1")
      let broken = try run(picture, path: folder)
      #expect(broken.status == 65 && broken.errors.contains("ffmpeg can't read it: broken file"), "\(broken)")
      try write("exit 0")
      #expect(try run(picture, path: folder).status == 65)
    }
  }
}
