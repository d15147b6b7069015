import Foundation

/// Why a measurement's figures may not be those of the machine at its best.
enum MeasurementWarnings {
  /// One line a reason, the gravest first.
  static func texts(
    machine: MachineFacts, before: MachineState, after: MachineState, report: BenchmarkReport
  ) -> [String] {
    var texts: [String] = []
    // The slowest board that Kiln knows, a Cortex-A53 at 600 MHz, does 4.8.
    if machine.isEmulated || report.peakGigaflops < 1 {
      texts.append("the processor is emulated: the times say nothing about a real one")
    }
    texts += throttling(before.throttling, after.throttling)
    if let governor = before.governor, governor != "performance" {
      texts.append(
        """
        the governor is \(governor), so the frequency varies; for steady figures: \
        echo performance | sudo tee /sys/devices/system/cpu/cpu*/cpufreq/scaling_governor
        """)
    }
    if let megahertz = after.megahertz, let largest = after.largestMegahertz, megahertz * 10 < largest * 9 {
      texts.append("the frequency was \(megahertz) MHz of \(largest) at the end")
    }
    if let temperature = after.temperature, temperature >= 80 {
      texts.append(String(format: "the processor is at %.0f °C, where it slows down; cool it", temperature))
    }
    if let load = before.load, load > 0.5 * Double(machine.coreCount) {
      texts.append("other programs were running (load \(load) on \(machine.coreCount) cores)")
    }
    if report.percentile90 > 1.25 * report.minimum {
      let ratio = Quantity.rounded(report.percentile90 / max(report.minimum, 1e-3))
      texts.append("the times spread: p90 is \(ratio) times the minimum")
    }
    return texts
  }

  private static func throttling(_ before: MachineState.Throttling?, _ after: MachineState.Throttling?) -> [String] {
    guard let before, let after else { return [] }
    let reasons = before.now.union(after.now).union(after.sinceStart.subtracting(before.sinceStart)).reasons
    if !reasons.isEmpty {
      return ["the board held its processor back while this was measured: \(reasons.joined(separator: ", "))"]
    }
    let earlier = after.sinceStart.reasons
    return earlier.isEmpty
      ? [] : ["the board held its processor back earlier, since it started: \(earlier.joined(separator: ", "))"]
  }
}
