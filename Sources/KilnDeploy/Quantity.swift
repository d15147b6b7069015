import Foundation

/// Numbers as people read them.
package enum Quantity {
  /// For instance `512 bytes` or `1.5 MiB`.
  package static func bytes(_ count: Int) -> String {
    guard count >= 1024 else { return "\(count) bytes" }
    let units = ["KiB", "MiB", "GiB", "TiB"]
    var value = Double(count) / 1024
    var index = 0
    while value >= 1023.5, index + 1 < units.count {
      value /= 1024
      index += 1
    }
    return "\(rounded(value)) \(units[index])"
  }

  /// For instance `812 MAC` or `1.8 GMAC`, with decimal prefixes.
  package static func count(_ count: Int, _ unit: String = "") -> String {
    guard count >= 1000 else { return unit.isEmpty ? "\(count)" : "\(count) \(unit)" }
    let prefixes = ["k", "M", "G", "T", "P"]
    var value = Double(count) / 1000
    var index = 0
    while value >= 999.5, index + 1 < prefixes.count {
      value /= 1000
      index += 1
    }
    return "\(rounded(value)) \(prefixes[index])\(unit)"
  }

  /// Microseconds as `12.3 us`, `12.3 ms` or `12.3 s`.
  package static func microseconds(_ value: Double) -> String {
    if value < 999.5 { return "\(rounded(value)) us" }
    if value < 999_500 { return "\(rounded(value / 1000)) ms" }
    return "\(rounded(value / 1_000_000)) s"
  }

  /// An error: two significant digits and a power of ten.
  package static func scientific(_ value: Double) -> String {
    value == 0 ? "0" : value.isFinite ? String(format: "%.1e", value) : "infinite"
  }

  /// Three significant digits.
  package static func rounded(_ value: Double) -> String {
    let decimals = abs(value) < 9.995 ? 2 : abs(value) < 99.95 ? 1 : 0
    return String(format: "%.\(decimals)f", value)
  }
}
