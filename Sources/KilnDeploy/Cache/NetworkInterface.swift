import KilnGraph

/// What a caller must know of a built network: its name, and what goes in and comes out.
package struct NetworkInterface: Codable, Equatable, Sendable {
  /// An input or an output.
  package struct Port: Codable, Equatable, Sendable {
    /// Its name in the model.
    package let name: String
    /// Its element type and dimensions.
    package let type: TensorType
    /// The order of a pixel's bytes, where it takes pixels; `nil` otherwise.
    package let pixelOrder: PixelFormat.Order?

    /// Makes a port.
    package init(name: String, type: TensorType, pixelOrder: PixelFormat.Order? = nil) {
      self.name = name
      self.type = type
      self.pixelOrder = pixelOrder
    }

    private enum CodingKeys: CodingKey {
      case name, scalar, shape, pixels
    }

    /// Reads a port.
    ///
    /// Throws when its type makes no sense.
    package init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      name = try container.decode(String.self, forKey: .name)
      let scalar = try container.decode(String.self, forKey: .scalar)
      guard let scalar = ScalarType(rawValue: scalar) else {
        throw OperatorError("'\(scalar)' is no element type")
      }
      type = try TensorType.checked(scalar, try container.decode([Int].self, forKey: .shape))
      pixelOrder = try container.decodeIfPresent(String.self, forKey: .pixels).flatMap(PixelFormat.Order.init)
    }

    /// Writes the port.
    package func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(name, forKey: .name)
      try container.encode(type.scalar.rawValue, forKey: .scalar)
      try container.encode(type.shape, forKey: .shape)
      try container.encodeIfPresent(pixelOrder?.rawValue, forKey: .pixels)
    }
  }

  /// The inputs in the model's order.
  package let inputs: [Port]
  /// The outputs in the model's order.
  package let outputs: [Port]

  /// The interface of a graph.
  package init(_ graph: Graph) {
    inputs = graph.inputs.map {
      Port(name: graph[$0].name, type: graph.type(of: $0), pixelOrder: graph.pixelOrder(ofInput: $0))
    }
    outputs = graph.outputs.map { Port(name: $0.name, type: graph.type(of: $0.value)) }
  }
}
