import Foundation

/// The layers of a network as a picture: a bar a layer, as long as its time, as dark as its share of the core's peak.
package enum LayerChart {
  /// The picture in SVG.
  package static func svg(_ layers: [LayerMeasurement], title: String) -> String {
    let longest = max(layers.map(\.microseconds).max() ?? 0, 1e-3)
    let height = top + layers.count * rowHeight + 40
    let rows = layers.enumerated().map { row($1, at: top + $0 * rowHeight, longest: longest) }.joined()
    return """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" viewBox="0 0 \(width) \(height)"
        font-family="sans-serif" font-size="11" fill="#222">
      <rect width="100%" height="100%" fill="#fff"/>
      <text x="12" y="24" font-size="14" font-weight="bold">\(escaped(title))</text>
      \(rows)\(legend(at: height - 18))</svg>

      """
  }

  private static let width = 960
  private static let top = 40
  private static let rowHeight = 16
  private static let barStart = 300
  private static let barWidth = 440

  private static func row(_ layer: LayerMeasurement, at y: Int, longest: Double) -> String {
    let length = layer.microseconds / longest * Double(barWidth)
    let work =
      layer.gigaflops > 0
      ? String(format: ", %@ GFLOP/s, %.0f %%", Quantity.rounded(layer.gigaflops), 100 * layer.shareOfPeak) : ""
    let name = layer.name.count > 44 ? "…" + layer.name.suffix(43) : layer.name
    let facts = "\(layer.name): \(layer.operation), \(layer.output)"
    let textStart = Double(barStart) + length + 6
    return """
      <g><title>\(escaped(facts))</title>
      <text x="\(barStart - 8)" y="\(y + 12)" text-anchor="end">\(escaped(name))</text>
      <rect x="\(barStart)" y="\(y + 2)" width="\(String(format: "%.1f", length))" height="\(rowHeight - 4)" \
      fill="\(color(layer.shareOfPeak))"/>
      <text x="\(String(format: "%.1f", textStart))" y="\(y + 12)">\(Quantity.microseconds(layer.microseconds))\(work)</text>
      </g>

      """
  }

  /// From pale for nothing to dark for the peak.
  private static func color(_ share: Double) -> String {
    let share = min(max(share, 0), 1)
    let channels = zip([251.0, 208, 150], [124.0, 20, 10]).map { Int($0 + ($1 - $0) * share) }
    return String(format: "#%02x%02x%02x", channels[0], channels[1], channels[2])
  }

  private static func legend(at y: Int) -> String {
    let steps = [0.0, 0.25, 0.5, 0.75, 1]
    let boxes = steps.enumerated().map { index, share in
      let x = barStart + index * 64
      return """
        <rect x="\(x)" y="\(y - 9)" width="12" height="10" fill="\(color(share))"/>\
        <text x="\(x + 16)" y="\(y)">\(Int(100 * share)) %</text>

        """
    }.joined()
    return "<text x=\"\(barStart - 8)\" y=\"\(y)\" text-anchor=\"end\">share of the core's peak</text>\n" + boxes
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }
}
