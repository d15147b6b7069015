import Foundation
import KilnDeploy
import KilnPasses

extension PrecisionReport {
  /// A table for people.
  var text: String {
    var table = TextTable(
      ["layer", "precision", "range", "clipped", "alone", "accumulated", "predicted"], rightAligned: [3, 4, 5, 6])
    for layer in layers {
      table.add([
        layer.name, layer.precision.rawValue, String(format: "%.3g … %.3g", layer.least, layer.greatest),
        String(format: "%.3f %%", 100 * layer.clippedShare), Self.text(layer.alone), Self.text(layer.accumulated),
        Quantity.microseconds(layer.microseconds),
      ])
    }
    let count = layers.count { $0.precision == .int8 }
    let summary =
      "\(count) of \(layers.count) layers in int8; ratios of signal to noise at the outputs, on \(sampleCount) inputs"
    return "\(table.text)\(summary)\n"
  }

  private static func text(_ decibels: Double?) -> String { decibels.map { String(format: "%.1f dB", $0) } ?? "exact" }
}

extension QuantizationLoss {
  /// A line for people.
  func text(of precision: String) -> String { "\(precision) against float32: \(shortText)" }

  /// The figures.
  var shortText: String {
    "\(String(format: "%.1f", decibels)) dB, the largest output is the same in \(agreeingCount) of \(outputCount)"
  }
}

extension PrecisionGoal {
  /// What is asked for.
  var text: String {
    let parts = [
      decibels.map { "--tolerance \(Quantity.rounded($0)) dB" },
      agreement.map { "--agreement \(Quantity.rounded($0))" },
    ]
    return parts.compactMap(\.self).joined(separator: " and ")
  }
}
