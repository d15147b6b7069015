import Testing

@testable import KilnKernels

struct LoopNestTests {
  @Test func `merges axes that all operands walk as one`() {
    let dense = LoopNest([2, 3, 4], [[12, 4, 1], [12, 4, 1]])
    #expect(dense.axes == [LoopNest.Axis(extent: 24, strides: [1, 1])])
    let strided = LoopNest([2, 3, 4], [[12, 4, 1], [24, 8, 1]])
    #expect(strided.axes == [LoopNest.Axis(extent: 6, strides: [4, 8]), LoopNest.Axis(extent: 4, strides: [1, 1])])
    let broadcast = LoopNest([2, 3, 4], [[12, 4, 1], [0, 0, 1]])
    #expect(broadcast.axes == [LoopNest.Axis(extent: 6, strides: [4, 0]), LoopNest.Axis(extent: 4, strides: [1, 1])])
  }

  @Test func `forgets axes of one step`() {
    #expect(LoopNest([1, 5, 1], [[99, 1, 7]]).axes == [LoopNest.Axis(extent: 5, strides: [1])])
    #expect(LoopNest([], [[], []]).axes.isEmpty)
    #expect(LoopNest([3, 0], [[0, 1]]).isEmpty)
  }

  @Test func `takes apart what a kernel does not hold`() {
    let nest = LoopNest([2, 3, 5, 2, 2, 2], [[1000, 300, 50, 11, 5, 2], [0, 1, 100, 9, 4, 1]])
    let pieces = nest.pieces()
    #expect(pieces.map(\.offsets) == [[0, 0], [300, 1], [600, 2], [1000, 0], [1300, 1], [1600, 2]])
    #expect(pieces.allSatisfy { $0.axes.map(\.extent) == [5, 2, 2, 2] })
  }

  @Test func `removes the innermost axis only when it fits`() {
    var nest = LoopNest([6, 4], [[8, 1]])
    #expect(nest.removeInnermost { $0.strides == [2] } == LoopNest.Axis(extent: 1, strides: [1]))
    #expect(nest.removeInnermost { $0.strides == [1] } == LoopNest.Axis(extent: 4, strides: [1]))
    #expect(nest.axes == [LoopNest.Axis(extent: 6, strides: [8])])
  }
}
