import KilnGraph
import KilnKernels
import KilnMachine

/// The weights of a convolution of numbers of 8 bits, and how they are packed into panels of bytes: `ByteConvolutionTile` and
/// `ByteDepthwiseTile` of KilnRuntime say how tiles read them.
struct BytePanels {
  /// Int8, `[M, C / groups, kernel]`.
  let codes: Tensor
  /// One for each output channel: what sums begin with, before zero points and signs are made up for, and what they are multiplied by.
  let biases: [Int]
  let multipliers: [Float]
  /// What the input's numbers are off by when they are multiplied: the zero point, and what gives them the sign that products take.
  let inputShift: Int
  /// The result's quantisation, `nil` for float32, and how sums become it.
  let result: QuantizedResult?
  let rounding: SumRounding

  /// Describes the weights of a node on a machine.
  ///
  /// - Parameter inputShift: the input's zero point, and what gives its numbers the sign that products take.
  init(
    codes: Tensor, biases: [Int], multipliers: [Float], inputShift: Int, result: QuantizedResult?, _ target: Target
  ) {
    self.codes = codes
    self.biases = biases
    self.multipliers = multipliers
    self.inputShift = inputShift
    self.result = result
    // x86-64 converts as quickly as it adds.
    guard target.instructionSet == .neon, let result else {
      rounding = .converted
      return
    }
    rounding = SumRounding(
      sums: Self.sums(codes, biases, inputShift: inputShift), multipliers: multipliers, zeroPoint: result.zeroPoint)
  }

  /// What the sums of every channel may be with inputs of -128 to 127.
  private static func sums(_ codes: Tensor, _ biases: [Int], inputShift: Int) -> [ClosedRange<Int>] {
    withExtendedLifetime(codes) {
      let weights = codes.storage.bytes.bindMemory(to: Int8.self)
      let count = biases.isEmpty ? 0 : weights.count / biases.count
      return biases.enumerated().map { channel, bias in
        var (positive, negative) = (0, 0)
        for weight in weights[channel * count..<(channel + 1) * count] {
          if weight > 0 { positive += Int(weight) } else { negative += Int(weight) }
        }
        let start = bias - inputShift * (positive + negative)
        return start - 128 * positive + 127 * negative...start + 127 * positive - 128 * negative
      }
    }
  }

  /// Input channels of a group, and taps of the kernel.
  var inputChannels: Int { codes.shape[1] }
  var taps: Int { codes.shape[2...].reduce(1, *) }

  /// The panels of a range of each group's output channels, in blocks.
  ///
  /// - Parameters:
  ///   - lanes: packed channels of a unit.
  ///   - runLength: elements of a contiguous run of the input: those of a tap, or of a row of taps.
  func direct(
    groups: Int, channels: Range<Int>, of block: Int, lanes: Int, runLength: Int, _ products: ByteProducts
  ) -> (shape: [Int], bytes: DeferredBytes) {
    let width = block.roundedUp(toMultipleOf: lanes)
    let runs = taps * inputChannels / max(runLength, 1)
    let layout = ByteRunLayout(length: runLength, channels: block, lanes: lanes, products)
    let byteCount = ByteTileTypes.headByteCount + 8 * width + runs * layout.byteCount
    let (blocks, groupChannels) = (channels.count / block, biases.count / groups)
    let bytes = DeferredBytes(byteCount: groups * blocks * byteCount, pieceCount: groups * blocks) { index in
      let channel = index / blocks * groupChannels + channels.lowerBound + index % blocks * block
      return panel(channel..<channel + block, width: width, byteCount: byteCount) { packed, codes in
        for run in 0..<runs {
          for element in 0..<runLength {
            let (tap, input) = (run * runLength + element).quotientAndRemainder(dividingBy: inputChannels)
            for lane in 0..<block {
              packed[run * layout.byteCount + layout.place(element, channel: lane)] =
                codes[((channel + lane) * inputChannels + input) * taps + tap]
            }
          }
        }
      }
    }
    return ([groups * blocks, byteCount], bytes)
  }

  /// The panels of a 3x3 convolution by Winograd's method: blocks of channels, the input's being whole sixteens, of which the last may
  /// overlap those before.
  func winograd(channels block: Int, _ layout: ByteWinogradLayout) -> (shape: [Int], bytes: DeferredBytes) {
    let blocks = biases.count.dividedRoundingUp(by: block)
    let depth = inputChannels.roundedUp(toMultipleOf: 16)
    let byteCount = ByteTileTypes.headByteCount + block * (8 + 9 * depth)
    let bytes = DeferredBytes(byteCount: blocks * byteCount, pieceCount: blocks) { index in
      let channels = index * block..<min(biases.count, (index + 1) * block)
      return panel(channels, width: block, byteCount: byteCount) { packed, codes in
        for lane in 0..<channels.count {
          for input in 0..<inputChannels {
            let place = input < inputChannels / 16 * 16 ? input : depth - inputChannels + input
            let (vector, element) = layout.place(input: place, channel: lane, channels: block)
              .quotientAndRemainder(dividingBy: 16)
            for tap in 0..<9 {
              packed[16 * (9 * vector + tap) + element] =
                codes[((channels.lowerBound + lane) * inputChannels + input) * 9 + tap]
            }
          }
        }
      }
    }
    return ([blocks, byteCount], bytes)
  }

  /// The panels of a depthwise convolution: `lanes` channels each.
  func depthwise(
    _ kernel: DepthwiseTileShape.Kernel, lanes: Int, _ products: ByteDepthwiseProducts
  ) -> (shape: [Int], bytes: DeferredBytes) {
    let panels = biases.count.dividedRoundingUp(by: lanes)
    let byteCount =
      ByteTileTypes.headByteCount + 8 * lanes + products.weightByteCount(kernel, lanes: lanes)
    let bytes = DeferredBytes(byteCount: panels * byteCount, pieceCount: panels) { index in
      let channels = index * lanes..<min(biases.count, (index + 1) * lanes)
      return panel(channels, width: lanes, byteCount: byteCount) { packed, codes in
        for row in 0..<kernel.rows {
          for column in 0..<kernel.columns {
            for lane in 0..<channels.count {
              let place = products.place(row: row, column: column, of: kernel, lane: lane, lanes: lanes)
              packed[place] = codes[(channels.lowerBound + lane) * taps + row * kernel.columns + column]
            }
          }
        }
      }
    }
    return ([panels, byteCount], bytes)
  }

  /// A panel of some channels, whose weights a function writes over zeros.
  private func panel(
    _ channels: Range<Int>, width: Int, byteCount: Int,
    _ pack: (_ packed: UnsafeMutablePointer<Int8>, _ codes: UnsafePointer<Int8>) -> Void
  ) -> ByteStorage {
    ByteStorage(count: byteCount) { memory in
      memory.initializeMemory(as: UInt8.self, repeating: 0)
      if let result {
        for (index, number) in [result.zeroPoint, result.limits.lowerBound, result.limits.upperBound].enumerated() {
          memory.storeBytes(of: Int16(number), toByteOffset: 2 * index, as: Int16.self)
        }
        memory.storeBytes(of: rounding.shift(zeroPoint: result.zeroPoint), toByteOffset: 8, as: Float.self)
      }
      withExtendedLifetime(codes) {
        guard let codes = codes.storage.bytes.baseAddress?.assumingMemoryBound(to: Int8.self),
          let weights = memory.baseAddress?.advanced(by: ByteTileTypes.headByteCount + 8 * width)
        else { return }
        let perChannel = inputChannels * taps
        for (lane, channel) in channels.enumerated() {
          let sum = (0..<perChannel).reduce(0) { $0 + Int(codes[channel * perChannel + $1]) }
          memory.storeBytes(
            of: Int32(truncatingIfNeeded: rounding.start + biases[channel] - inputShift * sum),
            toByteOffset: ByteTileTypes.headByteCount + 4 * lane, as: Int32.self)
          memory.storeBytes(
            of: multipliers[channel], toByteOffset: ByteTileTypes.headByteCount + 4 * (width + lane), as: Float.self)
        }
        pack(weights.assumingMemoryBound(to: Int8.self), codes)
      }
    }
  }

  /// Whether a weight is -128.
  var isWide: Bool { withExtendedLifetime(codes) { codes.storage.bytes.contains(0x80) } }
}
