/// A turn of the innermost loop of a direct convolution's tile where the machine multiplies by lane, as source: four elements of every
/// pixel, and their weights.
struct ConvolutionTileTurn {
  /// Output pixels, and vectors of output channels.
  let pixels: Int
  let vectors: Int
  /// Floats from an element's weights to the next one's, and of a vector.
  let panelWidth: Int
  let vectorWidth: Int

  /// A vector that is loaded: four elements of a pixel, or weights of one element.
  private struct Load: Hashable {
    let name: String
    let address: String
  }

  private func pixel(_ pixel: Int) -> Load { Load(name: "x\(pixel)", address: "pixel\(pixel) + i") }

  private func weight(_ element: Int, _ vector: Int) -> Load {
    Load(
      name: "weight\(element)_\(vector)", address: "weight + \(element * panelWidth + vector * vectorWidth)")
  }

  private func product(_ element: Int, _ pixel: Int, _ vector: Int) -> String {
    let sum = "sum\(pixel)_\(vector)"
    return "\(sum) = fma(\(sum), Vector(repeating: x\(pixel)[\(element)]), weight\(element)_\(vector))"
  }

  /// The products of each element after its weights have been loaded.
  func loadingVectors(_ source: inout SourceText) {
    func load(_ load: Load) { source.line("let \(load.name) = load(\(load.address))") }
    for pixel in 0..<pixels { load(self.pixel(pixel)) }
    for element in 0..<4 {
      for vector in 0..<vectors { load(weight(element, vector)) }
      for pixel in 0..<pixels {
        for vector in 0..<vectors { source.line(product(element, pixel, vector)) }
      }
    }
  }

  /// Every vector in halves, between the products of those before: `loadUpper` says why.
  ///
  /// Upper halves are loaded three vectors ahead, so that no insertion waits for one.
  func loadingHalves(_ source: inout SourceText) {
    let ahead = 3
    let loads =
      [pixel(0)] + (0..<vectors).map { weight(0, $0) } + (1..<pixels).map(pixel)
      + (1..<4).flatMap { element in (0..<vectors).map { weight(element, $0) } }
    var products: [(text: String, operands: [Load])] = []
    for element in 0..<4 {
      for pixel in 0..<pixels {
        for vector in 0..<vectors {
          products.append((product(element, pixel, vector), [self.pixel(pixel), weight(element, vector)]))
        }
      }
    }
    let productsPerLoad = max(1, products.count / loads.count)
    for (index, load) in loads.prefix(ahead).enumerated() {
      source.line("let upper\(index) = loadUpper(\(load.address))")
    }
    source.line("let lower = loadLower(\(loads[0].address))")
    var loaded: Set<Load> = []
    for (index, load) in loads.enumerated() {
      if index + ahead < loads.count {
        source.line("let upper\(index + ahead) = loadUpper(\(loads[index + ahead].address))")
      }
      let lower = index == 0 ? "lower" : "joined\(index - 1).next"
      if index + 1 < loads.count {
        source.line("let joined\(index) = join(\(lower), upper\(index), next: \(loads[index + 1].address))")
        source.line("let \(load.name) = joined\(index).whole")
      } else {
        source.line("let \(load.name) = join(\(lower), upper\(index))")
      }
      // The vector that was completed before this one.
      let ready = products.indices.filter { products[$0].operands.allSatisfy(loaded.contains) }.prefix(productsPerLoad)
      for product in ready { source.line(products[product].text) }
      for product in ready.reversed() { products.remove(at: product) }
      loaded.insert(load)
    }
    for product in products { source.line(product.text) }
  }
}
