import KilnGraph
import KilnSelection

extension ConvolutionWeights {
  /// The panels of a range of each group's channels, in blocks of `block`, as narrow as the model has the weights.
  ///
  /// Rows are the biases, then the slopes if there are any, then one per tap and input channel; they end with zeros.
  ///
  /// - Parameter ofHalves: whether all of them are float16, for tiles that compute with it.
  func panels(ofHalves: Bool, groups: Int, channels: Range<Int>, of block: Int, panelWidth: Int) -> WeightPanels {
    let blocks = Blocks(groups: groups, channels: channels, block: block, panelWidth: panelWidth)
    let headRows = slope == nil ? 1 : 2
    let weightRows = taps.count * inputChannels
    let storage: WeightPanels.Storage
    if ofHalves {
      storage = .wide(packed(groups: groups, channels: channels, of: block, panelWidth: panelWidth).halves)
    } else if let narrow {
      let rows = WeightPanels.Rows(
        scalar: narrow.scalar, heads: headRows, hasScales: !narrow.scales.isEmpty,
        hasZeroPoints: narrow.zeroPoints.contains { $0 != 0 }, weights: weightRows)
      storage = .narrow(heads: heads(blocks, rows, narrow), weights: elements(blocks, narrow), rows)
    } else {
      storage = .wide(packed(groups: groups, channels: channels, of: block, panelWidth: panelWidth))
    }
    return WeightPanels(storage, rows: headRows + weightRows, width: panelWidth)
  }

  /// The panels that a range of each group's channels becomes.
  private struct Blocks {
    var groups: Int
    var channels: Range<Int>
    var block: Int
    var panelWidth: Int

    /// Blocks of a group.
    var count: Int { channels.count / block }

    /// The group of a panel, and its first channel there.
    func place(_ panel: Int) -> (group: Int, channel: Int) {
      (panel / count, channels.lowerBound + panel % count * block)
    }
  }

  private func packing(of identity: WeightIdentity, _ blocks: Blocks) -> WeightPacking {
    .panels(
      identity, groups: blocks.groups, channels: blocks.channels, block: blocks.block, panelWidth: blocks.panelWidth)
  }

  private func heads(_ blocks: Blocks, _ rows: WeightPanels.Rows, _ narrow: NarrowElements) -> PackedWeights {
    let width = blocks.panelWidth
    let bytes = DeferredBytes(
      pieceCount: blocks.groups * blocks.count, pieceLength: rows.allHeads * width
    ) { panel, packed in
      let place = blocks.place(panel)
      for lane in 0..<blocks.block {
        let channel = place.group * (outputChannels / blocks.groups) + place.channel + lane
        var numbers = [bias?[channel] ?? 0]
        if let slope { numbers.append(slope[slope.count == 1 ? 0 : channel]) }
        // The groups of a transposed convolution share them.
        if rows.hasScales { numbers.append(narrow.scales[channel % narrow.scales.count]) }
        if rows.hasZeroPoints { numbers.append(narrow.zeroPoints[channel % narrow.zeroPoints.count]) }
        for (row, number) in numbers.enumerated() { packed[row * width + lane] = number }
      }
    }
    return PackedWeights(
      .heads(of: packing(of: identity, blocks)),
      type: TensorType(.float32, [blocks.groups, blocks.count, rows.allHeads, width]), bytes: bytes)
  }

  private func elements(_ blocks: Blocks, _ narrow: NarrowElements) -> PackedWeights {
    let type = TensorType(
      narrow.scalar, [blocks.groups, blocks.count, taps.count * inputChannels, blocks.panelWidth])
    let pieceCount = blocks.groups * blocks.count
    let byteCount = type.shape[2] * type.shape[3] * narrow.scalar.byteCount
    let bytes = DeferredBytes(byteCount: pieceCount * byteCount, pieceCount: pieceCount) { panel in
      defer { if panel == pieceCount - 1 { narrow.codes.relinquish() } }
      let place = blocks.place(panel)
      let first = place.group * groupStep + place.channel * outputStep
      return ByteStorage(count: byteCount) { packed in
        packed.initializeMemory(as: UInt8.self, repeating: 0)
        if narrow.scalar.byteCount == 1 {
          copy(UInt8.self, narrow.codes.bytes, from: first, blocks, to: packed)
        } else {
          copy(UInt16.self, narrow.codes.bytes, from: first, blocks, to: packed)
        }
      }
    }
    return PackedWeights(.narrow(packing(of: weightIdentity, blocks)), type: type, bytes: bytes)
  }

  /// Copies the elements of a block's channels, the first of which begin at element `first`, into the rows of a panel.
  private func copy<Bits: FixedWidthInteger>(
    _: Bits.Type, _ source: UnsafeRawBufferPointer, from first: Int, _ blocks: Blocks,
    to target: UnsafeMutableRawBufferPointer
  ) {
    let size = MemoryLayout<Bits>.size
    var row = 0
    for tap in taps {
      for input in 0..<inputChannels {
        let element = first + tap + input * inputStep
        for lane in 0..<blocks.block {
          let bits = source.loadUnaligned(fromByteOffset: (element + lane * outputStep) * size, as: Bits.self)
          target.storeBytes(of: bits, toByteOffset: (row + lane) * size, as: Bits.self)
        }
        row += blocks.panelWidth
      }
    }
  }
}
