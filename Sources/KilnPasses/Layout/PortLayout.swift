import KilnGraph

extension Graph {
  /// Makes the network's 4-D inputs and outputs channels-last: they change their types and keep their names.
  ///
  /// Inputs of pixels are that already. Transpositions after the inputs and before the outputs keep everything between as it is.
  ///
  /// - Returns: where the changed inputs, and the new values of the outputs, come from.
  mutating func makePortsChannelsLast() throws(PassError) -> [ValueID: LayoutOrigin] {
    let permutation = [Int].channelsLast(rank: 4)
    var origins: [ValueID: LayoutOrigin] = [:]
    for input in inputs where type(of: input).rank == 4 && pixelOrder(ofInput: input) == nil {
      let (name, type) = (self[input].name, type(of: input))
      setType(of: input, to: TensorType(type.scalar, type.shape.permuted(by: permutation)))
      origins[input] = LayoutOrigin(name: name, permutation: permutation)
      let back = Transpose(permutation.inversePermutation)
      let original = try add(back, name: name + ".nchw", inputs: [input], before: nodeIDs.first)
      replaceUses(of: input, with: original)
      if let node = producer(of: original) { replace(node, with: back, inputs: [input]) }
    }
    for (index, output) in outputs.enumerated() where type(of: output.value).rank == 4 {
      let name = output.name + permutation.layoutSuffix
      let result: ValueID
      if let constant = constant(output.value) {
        result = addConstant(name, try constant.permuted(by: permutation))
      } else {
        result = try add(Transpose(permutation), name: name, inputs: [output.value], before: nil)
        origins[result] = LayoutOrigin(name: self[output.value].name, permutation: permutation)
      }
      setOutput(index, to: result)
    }
    return origins
  }
}
