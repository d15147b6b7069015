import Foundation
import KilnDeploy

/// What `kiln bench` prints.
struct BenchReport: Encodable {
  /// The largest difference of an output that is no failure, relative to its largest magnitude, where both round sums alike.
  static let tolerance = 1e-4

  /// The same for this report.
  let tolerance: Double

  /// The target's name.
  let target: String
  /// What the target is.
  let summary: String
  /// Whether the program holds all that it needs.
  let isStatic: Bool
  /// Whether the network was calibrated on made inputs.
  let isOfRandomRanges: Bool
  /// What was measured.
  let measurement: NetworkMeasurement

  /// The report for people.
  ///
  /// Its last line holds the two figures that they compare.
  var text: String {
    let folded = measurement.folded
    var rows = [("target", "\(target): \(summary)"), ("machine", machine), ("state", state)]
    rows += measurement.outputs.map { ("output", comparison($0)) }
    rows += [
      ("runs", "\(folded.runs)"),
      ("minimum", Quantity.microseconds(folded.minimum)),
      ("median", Quantity.microseconds(folded.median)),
      ("p90", Quantity.microseconds(folded.percentile90)),
      ("p99", Quantity.microseconds(folded.percentile99)),
      ("arena", Quantity.bytes(folded.arenaByteCount)),
      ("binary", Quantity.bytes(measurement.binaryByteCount) + (isStatic ? ", static" : "")),
      ("memory", "\(Quantity.bytes(folded.memoryByteCount)) at most, of the whole process"),
      ("core", "\(Quantity.rounded(folded.peakGigaflops)) GFLOP/s at its best, as measured"),
    ]
    if let unfolded = measurement.unfolded, let gain = measurement.gain {
      rows.append(("unfolded", "\(Quantity.microseconds(unfolded.median)) (median)"))
      rows.append(("gain", gain.text))
    }
    if isOfRandomRanges { rows.append(("warning", "calibrated on random inputs: this says nothing of accuracy")) }
    rows += measurement.warnings.map { ("warning", $0) }
    let figures = (folded.mean, 1_000_000 / max(folded.mean, 1e-3))
    return layers + columns(rows)
      + String(format: "Microseconds per iter: %.1f Iterations per second: %.1f", figures.0, figures.1)
  }

  private var machine: String {
    let machine = measurement.machine
    let names = [machine.model, machine.cpu, "\(machine.coreCount) cores", machine.system].compactMap(\.self)
    return "\(measurement.place): \(names.joined(separator: ", "))"
  }

  /// The governor, the frequency, the temperature and the throttling, before and after.
  private var state: String {
    let (before, after) = (measurement.before, measurement.after)
    func change(_ path: (MachineState) -> String?, _ unit: String) -> String? {
      guard let old = path(before), let new = path(after) else { return nil }
      return old == new ? "\(old)\(unit)" : "\(old) to \(new)\(unit)"
    }
    let facts = [
      before.governor.map { "governor \($0)" },
      change({ $0.megahertz.map(String.init) }, after.largestMegahertz.map { " of \($0) MHz" } ?? " MHz"),
      change({ $0.temperature.map { String(format: "%.1f", $0) } }, " °C"),
      change({ $0.throttling.map { "0x" + String($0.rawValue, radix: 16) } }, "").map { "throttling \($0)" },
    ].compactMap(\.self)
    return facts.isEmpty
      ? "no word of its governor, frequency, temperature and throttling" : facts.joined(separator: ", ")
  }

  private func comparison(_ output: NetworkMeasurement.Output) -> String {
    let origin = measurement.comparedWith ?? ""
    if output.isEqual { return "\(output.name): the bits of \(origin)" }
    let verdict = output.relativeDifference <= tolerance ? "" : ", which is TOO MUCH"
    return String(
      format: "%@: differs from %@ by %.1e, %.1e of its largest magnitude%@", output.name, origin,
      output.largestDifference, output.relativeDifference, verdict)
  }

  private var layers: String {
    guard !measurement.layers.isEmpty else { return "" }
    let total = measurement.layers.reduce(0) { $0 + $1.microseconds }
    var table = TextTable(
      ["layer", "operator", "output", "time", "share", "GFLOP/s", "of peak"], rightAligned: [3, 4, 5, 6])
    for layer in measurement.layers {
      table.add([
        layer.name, layer.operation, layer.output, Quantity.microseconds(layer.microseconds),
        percentage(layer.microseconds / max(total, 1e-3)),
        layer.gigaflops > 0 ? Quantity.rounded(layer.gigaflops) : "-",
        layer.gigaflops > 0 ? percentage(layer.shareOfPeak) : "-",
      ])
    }
    return table.text + "\n"
  }

  private func percentage(_ value: Double) -> String { String(format: "%.1f %%", 100 * value) }
}
