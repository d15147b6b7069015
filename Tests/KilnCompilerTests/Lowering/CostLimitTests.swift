import Testing

@testable import KilnGraph
@testable import KilnLowering
@testable import KilnPasses

@Suite("What a few bytes of a model would blow up is refused")
struct CostLimitTests {
  private func obstacle(to operation: any Operator, _ shape: [Int]) throws -> String? {
    var graph = Graph()
    let x = graph.addInput("x", TensorType(.float32, shape))
    graph.addOutput("y", try graph.insert(operation, name: "node", inputs: [x])[0])
    return Lowerings.obstacle(to: graph[graph.nodeIDs[0]], in: graph)?.reason
  }

  @Test func `a padding of millions of mirror images`() throws {
    let pad = Pad(begin: [0, 1, 2, 6_000_000], end: [0, 1, 0, 3], mode: .reflect)
    #expect(try obstacle(to: pad, [1, 3, 4, 5])?.contains("more than 4096 copies") == true)
    #expect(try obstacle(to: Pad(begin: [0, 40], end: [0, 40], mode: .wrap), [1, 5]) == nil)
    // Two copies of one element are all it needs.
    #expect(try obstacle(to: Pad(begin: [0, 0], end: [0, 6_000_000], mode: .constant(1)), [1, 5]) == nil)
    #expect(try obstacle(to: Pad(begin: [0], end: [1 << 25], mode: .edge), [5])?.contains("2^24") == true)
  }

  @Test func `a resize to millions of rows`() throws {
    func resize(to rows: Int) -> Resize {
      Resize(
        to: [1, 2, rows, 4], scales: [1, 1, Float(rows) / 3, 1], coordinates: .asymmetric,
        interpolation: .nearest(.floor))
    }
    #expect(try obstacle(to: resize(to: 3_801_096), [1, 2, 3, 4])?.contains("2^20") == true)
    #expect(try obstacle(to: resize(to: 4096), [1, 2, 3, 4]) == nil)
  }
}
