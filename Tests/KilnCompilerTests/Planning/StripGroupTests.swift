import Testing

@testable import KilnGraph
@testable import KilnKernels
@testable import KilnLanes4
@testable import KilnPasses
@testable import KilnPlanning

/// The rows of groups, strip by strip: a model of what the emitted loop does, which says what each row of memory holds.
@Suite struct StripGroupTests {
  /// A layer's kernel rows, step and padding above and below.
  struct Shape: CustomTestStringConvertible {
    var kernel: Int
    var stride: Int
    var padding: (above: Int, below: Int)
    var testDescription: String { "\(kernel) rows, step \(stride), padding \(padding)" }

    init(_ kernel: Int, _ stride: Int = 1, _ above: Int = 0, _ below: Int = 0) {
      self.kernel = kernel
      self.stride = stride
      padding = (above, below)
    }
  }

  static let chains: [[Shape]] = [
    [Shape(1), Shape(3, 1, 1, 1), Shape(1)],
    [Shape(1), Shape(3, 2, 1, 1), Shape(1)],
    [Shape(1), Shape(3, 2, 0, 1)],
    [Shape(3, 2, 1, 1), Shape(3, 1, 1, 1), Shape(1), Shape(1), Shape(3, 2, 1, 1), Shape(1)],
    [Shape(1), Shape(5, 1, 2, 2), Shape(5, 2, 2, 2), Shape(1)],
    [Shape(3, 1, 1, 1), Shape(2, 2), Shape(1)],
    [Shape(1), Shape(3, 1, 2, 0), Shape(4, 3, 3, 3)],
    [Shape(1), Shape(7, 1, 3, 3), Shape(7, 1, 3, 3)],
  ]

  @Test(arguments: chains) func `each strip finds the rows that it reads`(chain: [Shape]) throws {
    for height in [7, 8, 23, 56, 57] {
      let layers = layers(chain, height: height)
      guard layers.allSatisfy({ $0.height > 0 }) else { continue }
      for workers in 1...4 where workers <= layers[layers.count - 1].height {
        for stripRows in 1...layers[layers.count - 1].height {
          let group = StripGroup(layers, stripRows: stripRows, workers: workers)
          let least = min(stripRows, group.height / workers)
          guard group.members.allSatisfy({ $0.scale * least + $0.after > 0 }) else { continue }
          for worker in 0..<workers { try check(group, chain, worker: worker) }
        }
      }
    }
  }

  @Test func `workers repeat the rows that their neighbours' first and last rows need`() {
    // Padded above: the row before a band is the worker's before, too. Two rows for each of the last layer's.
    let layers = layers([Shape(1), Shape(3, 2, 1, 1), Shape(1)], height: 56)
    let group = StripGroup(layers, stripRows: 7, workers: 4)
    #expect(group.members.map(\.scale) == [2, 1, 1])
    #expect(group.members.map(group.repeatedRows) == [1, 0, 0])
    #expect(group.members.map(\.rowCount) == [15, 7, 7])
    let alone = StripGroup(layers, stripRows: 7)
    #expect(alone.members.map(alone.repeatedRows) == [0, 0, 0])
    #expect(alone.members.map(\.rowCount) == [14, 7, 7])
  }

  private func layers(_ chain: [Shape], height: Int) -> [StripGroup.Layer] {
    var heights = [height]
    for shape in chain {
      let padded = heights[heights.count - 1] + shape.padding.above + shape.padding.below
      heights.append((padded - shape.kernel) / shape.stride + 1)
    }
    return chain.enumerated().map { index, shape in
      var border = Border()
      if index + 1 < chain.count {
        let next = chain[index + 1]
        let last = (heights[index + 2] - 1) * next.stride + next.kernel - 1 - next.padding.above
        border = Border(top: next.padding.above, bottom: max(0, last - heights[index + 1] + 1))
      }
      return StripGroup.Layer(
        node: NodeID(index: index), output: ValueID(index: index), height: heights[index + 1], extent: shape.kernel,
        stride: shape.stride, padding: shape.padding.above, border: border)
    }
  }

  /// Runs a worker's loop.
  ///
  /// A row of memory holds the number of an image's row, -1 for zeros, or nothing.
  private func check(_ group: StripGroup, _ chain: [Shape], worker: Int) throws {
    var images = group.members.map { member in
      member.image.map { image in
        [Int?](repeating: -1, count: image.border.top) + Array(repeating: nil, count: image.rowCount - image.border.top)
      } ?? []
    }
    let band = VectorExecutor.band(of: group.height, worker: worker, of: group.workers)
    var computed = [Int?](repeating: nil, count: group.members.count)
    #expect(!band.isEmpty)
    for row in stride(from: band.lowerBound, to: band.upperBound, by: group.stripRows) {
      let rows = group.members.map { member in
        VectorExecutor.rows(
          from: row, group.stripRows, in: band, scale: member.scale, after: member.after, before: member.before,
          height: member.height)
      }
      #expect(rows.last == row..<min(band.upperBound, row + group.stripRows))
      for (index, member) in group.members.enumerated() {
        #expect(rows[index].count <= member.rowCount)
        #expect(rows[index].lowerBound == computed[index] ?? rows[index].lowerBound)
        computed[index] = rows[index].upperBound
        if index > 0, let image = group.members[index - 1].image {
          for row in 0..<rows[index].count {
            for tap in 0..<chain[index].kernel {
              let wanted = (rows[index].lowerBound + row) * image.stride + tap - chain[index].padding.above
              let found = try #require(images[index - 1][row * image.stride + tap])
              #expect(found == ((0..<group.members[index - 1].height).contains(wanted) ? wanted : -1))
            }
          }
        }
        guard let image = member.image else { continue }
        let first = image.border.top - image.stride * rows[index + 1].lowerBound
        for row in rows[index] { images[index][first + row] = row }
        guard rows[index].upperBound == member.height else { continue }
        for row in 0..<image.border.bottom { images[index][first + member.height + row] = -1 }
      }
      for (index, member) in group.members.enumerated() {
        guard let image = member.image else { continue }
        let moved = rows[index + 1].count * image.stride
        for row in 0..<image.keptRows where moved > 0 { images[index][row] = images[index][moved + row] }
      }
    }
    #expect(computed[computed.count - 1] == band.upperBound)
  }
}
