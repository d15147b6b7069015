import Foundation
import KilnGraph
import Testing

@testable import KilnDeploy

/// The classes with the highest scores.
struct ClassificationTests {
  @Test func `the highest scores come first, with their labels`() throws {
    let scores = Tensor(shape: [1, 4, 1], floats: [0.1, 0.4, 0.1, 0.4])
    let classification = try #require(Classification(scores, count: 3, labels: ["a", "b", "c"]))
    #expect(classification.isDistribution)
    #expect(classification.entries.map(\.index) == [1, 3, 0])
    #expect(classification.entries.map(\.label) == ["b", nil, "a"])
    let lines = classification.text.split(separator: "\n")
    #expect(lines.count == 3 && lines[0].hasPrefix("      1    40.00 % ################ ") && lines[0].hasSuffix(" b"))
  }

  @Test func `what is no list of finite scores is not classified`() {
    for tensor in [
      Tensor(shape: [2, 2], floats: [1, 2, 3, 4]), Tensor(shape: [1], floats: [1]), Tensor(shape: [0], floats: []),
      Tensor(shape: [3], floats: [1, .nan, 2]), Tensor(shape: [2], floats: [1, .infinity]),
    ] {
      #expect(Classification(tensor, count: 5) == nil)
    }
    #expect(Classification(Tensor(shape: [2], floats: [-1, -1]), count: 9)?.entries.map(\.index) == [0, 1])
  }

  @Test func `labels are lines, and harmless`() throws {
    try withTemporaryFolder { folder in
      let path = folder.appending(path: "labels").path
      try Files.write("a\r\n\nb \u{1B}[31mc\u{7}\u{202E}\n\n\n", to: path)
      #expect(try ClassLabels.read(path) == ["a", "", "b  [31mc  "])
      try Files.write("\n", to: path)
      #expect(throws: FileError.self) { try ClassLabels.read(path) }
      #expect(throws: FileError.self) { try ClassLabels.read(folder.path) }
    }
  }
}
