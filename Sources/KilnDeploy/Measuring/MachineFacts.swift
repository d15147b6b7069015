import Foundation

/// What a machine is.
package struct MachineFacts: Equatable, Encodable, Sendable {
  /// What it calls itself, for instance `Raspberry Pi 4 Model B Rev 1.4`; `nil` where it doesn't say.
  package let model: String?
  /// Its processor.
  package let cpu: String
  /// The architecture as `uname -m` says.
  package let architecture: String
  /// The system and its version.
  package let system: String
  /// Cores that are there for programs.
  package let coreCount: Int
  /// Whether what it says of itself tells that another machine plays it.
  package let isEmulated: Bool

  /// Prints `NAME VALUE` lines for `init`, on any Linux.
  static let script = """
    value() { if [ -r "$2" ]; then echo "$1 $(tr -d "\\000" <"$2" 2>/dev/null | head -n 1)"; fi; }
    echo "architecture $(uname -m)"
    echo "system $(uname -sr)"
    value model /proc/device-tree/model
    value product /sys/class/dmi/id/product_name
    value serial /proc/device-tree/serial-number
    sed -n "s/^model name[[:space:]]*: /cpu /p" /proc/cpuinfo | head -n 1
    sed -n "s/^CPU part[[:space:]]*: /part /p" /proc/cpuinfo | sort -u
    echo "cores $(nproc 2>/dev/null || grep -c ^processor /proc/cpuinfo)"
    """

  /// Reads what the script printed.
  init(_ text: String) {
    let lines = ReportLines(text)
    let parts = lines.all("part").map { ArmCore.name(ofPart: $0) }
    let isArm = lines["architecture"] == "aarch64"
    model = lines["model"] ?? lines["product"]
    cpu = parts.isEmpty ? lines["cpu"] ?? "unknown" : parts.joined(separator: " and ")
    architecture = lines["architecture"] ?? "unknown"
    system = lines["system"] ?? "unknown"
    coreCount = lines["cores"].flatMap { Int($0) } ?? 1
    // A Raspberry Pi's firmware tells Linux the serial number; Arm cores tell their part number.
    let isPlayedPi = model?.hasPrefix("Raspberry Pi") == true && lines["serial"] == nil
    let isPlayedBoard = model?.hasPrefix("linux,dummy-virt") == true
    isEmulated = isPlayedBoard || isPlayedPi || (isArm && parts.isEmpty && lines["cpu"] != nil)
  }
}

/// Arm's cores.
enum ArmCore {
  /// The name of the core whose part number stands in `/proc/cpuinfo`, such as `0xd08`; the number when it isn't known.
  static func name(ofPart part: String) -> String { names[part] ?? "Arm core \(part)" }

  /// From the cores' technical reference manuals, register MIDR_EL1.
  static let names = [
    "0xd03": "Cortex-A53", "0xd04": "Cortex-A35", "0xd05": "Cortex-A55", "0xd07": "Cortex-A57",
    "0xd08": "Cortex-A72", "0xd09": "Cortex-A73", "0xd0a": "Cortex-A75", "0xd0b": "Cortex-A76",
    "0xd0c": "Neoverse-N1", "0xd0d": "Cortex-A77", "0xd41": "Cortex-A78",
  ]
}

/// Lines of a name and a value.
struct ReportLines {
  private let pairs: [(name: Substring, value: String)]

  init(_ text: String) {
    pairs = text.split(whereSeparator: \.isNewline).compactMap { line in
      let words = line.split(separator: " ", maxSplits: 1)
      return words.count == 2 ? (words[0], words[1].trimmingCharacters(in: .whitespaces)) : nil
    }
  }

  /// The first value of that name that isn't empty.
  subscript(name: String) -> String? { pairs.first { $0.name == name && !$0.value.isEmpty }?.value }

  /// All values of that name.
  func all(_ name: String) -> [String] { pairs.filter { $0.name == name }.map(\.value) }
}
