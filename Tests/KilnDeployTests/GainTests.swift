import KilnDeploy
import Testing

struct GainTests {
  @Test func `quartiles lie between the ratios of rounds, whatever their order`() {
    let gain = Gain(ratios: [1.3, 1.1, 1.2, 1.5, 1.4])
    #expect(gain == Gain(ratios: [1.5, 1.4, 1.3, 1.2, 1.1]))
    #expect(gain.median == 1.3 && gain.lowerQuartile == 1.2 && gain.upperQuartile == 1.4 && !gain.isNoise)
    let even = Gain(ratios: [1, 2, 3, 4])
    #expect(even.median == 2.5 && even.lowerQuartile == 1.75 && even.upperQuartile == 3.25)
    #expect(Gain(ratios: [0.7]).upperQuartile == 0.7 && !Gain(ratios: [0.7]).isNoise)
  }

  @Test func `rounds that disagree about which is faster are noise`() {
    let gain = Gain(ratios: [0.91, 1.06, 1.08, 0.95, 1.01])
    #expect(gain.isNoise && gain.text == "1.01x, quartiles 0.95x to 1.06x: noise, they lie on both sides of 1")
    #expect(Gain(ratios: [1.07, 1.08, 1.08, 1.09, 0.5]).text == "1.08x, quartiles 1.07x to 1.08x")
    // One outlier doesn't hide a loss.
    #expect(!Gain(ratios: [0.9, 0.91, 0.92, 0.9, 3]).isNoise)
  }
}
