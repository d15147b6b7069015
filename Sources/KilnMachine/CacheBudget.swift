/// How many bytes of the caches each use may fill, so that what is used with it stays there too.
package struct CacheBudget: Hashable, Sendable {
  /// Bytes of the first cache; `nil` where it isn't known.
  private let first: Int?
  /// Bytes of the second cache, which panels and regions stay in; of the first where there is no second.
  private let second: Int

  init(cacheByteCounts: [Int]) {
    first = cacheByteCounts.first
    second = cacheByteCounts.dropFirst().first ?? cacheByteCounts.first ?? 1 << 18
  }

  /// All weights of a convolution that stay in the first cache while its input passes by: half of it.
  package var residentWeights: Int { (first ?? 0) / 2 }
  /// A panel of weights and the next: three quarters of the second cache.
  package var twoPanels: Int { second / 4 * 3 }
  /// An image that blocks of channels pass over, each once: half of the second cache.
  package var image: Int { second / 2 }
  /// The input of a region that blocks of channels pass over: a quarter of the second cache.
  package var regionInput: Int { second / 4 }
  /// The strip of several convolutions that are computed together, with all their weights: half of the second cache.
  package var stripOfLayers: Int { second / 2 }
  /// Rows of numbers that bytes of an image have become, which a convolution reads at once: half of the first cache.
  package var convertedRows: Int { depthwiseRegion / 2 }
  /// The image and the result of a depthwise convolution: three quarters of the second cache.
  package var depthwiseImages: Int { second * 3 / 4 }
  /// The region of a depthwise convolution that stays in the first cache: all of it.
  package var depthwiseRegion: Int { first ?? 1 << 15 }
  /// The pixels that a depthwise convolution of a farther image reads with all their channels: half of the first cache.
  package var depthwisePixels: Int { depthwiseRegion / 2 }
  /// Transformed tiles of a Winograd convolution with what they become: five eighths of the second cache.
  package var winogradTiles: Int { second * 5 / 8 }
  /// The same of numbers of 8 bits, whose weights are transformed anew for each block of tiles: three quarters of the second cache.
  package var winogradByteTiles: Int { second / 4 * 3 }
  /// All weights of a Winograd convolution that stay beside its tiles: the rest of the second cache.
  package var winogradWeights: Int { second - winogradTiles }
  /// What a core can walk over in small steps without translating an address anew: 512 pages of 4 KiB, as many as a
  /// Cortex-A53 keeps translations of (Arm DDI 0500, Cortex-A53 MPCore Technical Reference Manual, 5.2).
  package var translated: Int { 512 << 12 }
}

extension MachineModel {
  /// How many bytes of the caches each use may fill.
  package var cacheBudget: CacheBudget { CacheBudget(cacheByteCounts: cacheByteCounts) }
}
