/// What changes on a machine while it works.
///
/// What it doesn't say is `nil`.
package struct MachineState: Equatable, Encodable, Sendable {
  /// How the frequency of the first core is chosen.
  package let governor: String?
  /// The first core's frequency in MHz.
  package let megahertz: Int?
  /// The most it can be.
  package let largestMegahertz: Int?
  /// The processor's temperature in °C.
  package let temperature: Double?
  /// The bits of `vcgencmd get_throttled`, which Raspberry Pis have.
  package let throttling: Throttling?
  /// Processes that ran or wanted to, on average over the last minute.
  package let load: Double?

  /// Why a Raspberry Pi holds its processor back.
  ///
  /// Bits 16 and up say the same of any moment since the start. Source: Raspberry Pi's documentation of `vcgencmd
  /// get_throttled`.
  package struct Throttling: OptionSet, Encodable, Sendable {
    /// The bits, as the firmware gives them.
    package let rawValue: Int
    /// Takes the firmware's bits.
    package init(rawValue: Int) { self.rawValue = rawValue }

    /// The supply's voltage is too low.
    package static let underVoltage = Throttling(rawValue: 1)
    /// The frequency is capped.
    package static let frequencyCapped = Throttling(rawValue: 2)
    /// The processor is throttled.
    package static let throttled = Throttling(rawValue: 4)
    /// The soft limit of temperature is reached.
    package static let softTemperatureLimit = Throttling(rawValue: 8)

    /// What goes on now.
    package var now: Throttling { Throttling(rawValue: rawValue & 0xF) }
    /// What went on at any moment since the start.
    package var sinceStart: Throttling { Throttling(rawValue: rawValue >> 16 & 0xF) }

    /// In words; empty for none.
    package var reasons: [String] {
      let names: [(Throttling, String)] = [
        (.underVoltage, "under-voltage"), (.frequencyCapped, "frequency capped"), (.throttled, "throttled"),
        (.softTemperatureLimit, "soft temperature limit"),
      ]
      return names.filter { contains($0.0) }.map(\.1)
    }
  }

  /// Prints `NAME VALUE` lines for `init`, on any Linux.
  static let script = """
    value() { if [ -r "$2" ]; then echo "$1 $(head -n 1 "$2" 2>/dev/null)"; fi; }
    frequency=/sys/devices/system/cpu/cpu0/cpufreq
    value governor $frequency/scaling_governor
    value frequency $frequency/scaling_cur_freq
    value largest $frequency/cpuinfo_max_freq
    for zone in /sys/class/thermal/thermal_zone*; do
      case $(cat $zone/type 2>/dev/null) in
        cpu* | soc* | x86_pkg*) value temperature $zone/temp; break ;;
      esac
    done
    if command -v vcgencmd >/dev/null; then vcgencmd get_throttled 2>/dev/null | sed "s/=/ /"; fi
    value load /proc/loadavg
    """

  /// Reads what the script printed.
  init(_ text: String) {
    let lines = ReportLines(text)
    governor = lines["governor"]
    megahertz = lines["frequency"].flatMap { Int($0) }.map { $0 / 1000 }
    largestMegahertz = lines["largest"].flatMap { Int($0) }.map { $0 / 1000 }
    temperature = lines["temperature"].flatMap { Double($0) }.map { $0 / 1000 }
    throttling = lines["throttled"].flatMap { text in
      text.hasPrefix("0x") ? Int(text.dropFirst(2), radix: 16).map(Throttling.init(rawValue:)) : nil
    }
    load = lines["load"].flatMap { $0.split(separator: " ").first }.flatMap { Double($0) }
  }
}
