import Testing

@testable import KilnGraph
@testable import KilnLowering

@Suite struct TransposedPhaseTests {
  /// Every pair of an input and a tap that meets an output is counted once, by that output's phase, in order.
  @Test(arguments: [1, 2, 3, 4], [1, 2, 3]) func `every product is in one phase`(stride: Int, dilation: Int) {
    for kernel in 1...5 {
      for pad in -2...3 {
        let window = Window(kernel: [kernel], strides: [stride], dilations: [dilation], padBegin: [pad])
        let output = 17
        let phases = TransposedConvolutionLowering.phases(window, 0, output: output)
        #expect(phases.reduce(0) { $0 + $1.count } == output)
        for phase in phases {
          for index in 0..<phase.count {
            let position = phase.phase + index * stride
            // What the operator's formula says: the inputs, and taps, that add to this output.
            var expected: [[Int]] = []
            for input in -30...30 {
              for tap in 0..<kernel where input * stride + tap * dilation - pad == position {
                expected.append([input, tap])
              }
            }
            let found = phase.taps.enumerated().map { [phase.firstInput + index + $0 * phase.inputStep, $1] }
            #expect(found == expected)
          }
        }
      }
    }
  }
}
