import Testing

@testable import KilnDeploy

struct MachineTests {
  private let report = BenchmarkReport(
    """
    runs 9
    minimum_us 10
    median_us 11
    p90_us 12
    p99_us 20
    arena_bytes 64
    memory_bytes 4096
    peak_gflops 12.0
    Microseconds per iter: 11.0 Iterations per second: 90909.0
    """)

  private let pi = """
    architecture aarch64
    system Linux 6.6.31
    model Raspberry Pi 4 Model B Rev 1.4
    serial 10000000abcdef
    part 0xd08
    cores 4
    """

  @Test func `a board is known`() {
    let machine = MachineFacts(pi)
    #expect(machine.model == "Raspberry Pi 4 Model B Rev 1.4" && machine.cpu == "Cortex-A72" && machine.coreCount == 4)
    #expect(!machine.isEmulated)
  }

  @Test func `emulated ones tell themselves`() {
    #expect(MachineFacts(pi.replacing("serial 10000000abcdef\n", with: "")).isEmulated)
    #expect(MachineFacts("architecture aarch64\ncpu Intel(R) Xeon(R)").isEmulated)
    #expect(MachineFacts("architecture aarch64\nmodel linux,dummy-virt\npart 0xd08").isEmulated)
    #expect(!MachineFacts("architecture x86_64\ncpu Intel(R) Xeon(R)").isEmulated)
  }

  @Test func `this machine answers`() throws {
    let machine = MachineFacts(try LocalWorkplace.use { try $0.run(MachineFacts.script).output })
    #expect(machine.coreCount >= 1 && machine.architecture != "unknown" && machine.cpu != "unknown")
    let state = MachineState(try LocalWorkplace.use { try $0.run(MachineState.script).output })
    #expect(state.load != nil)
  }

  @Test func `what can't be trusted is said`() throws {
    let report = try #require(report)
    func warnings(_ before: String, _ after: String, machine: String? = nil) -> [String] {
      MeasurementWarnings.texts(
        machine: MachineFacts(machine ?? pi), before: MachineState(before), after: MachineState(after), report: report)
    }
    let calm = "governor performance\nfrequency 1500000\nlargest 1500000\ntemperature 48000\nthrottled 0x0\nload 0.10"
    #expect(warnings(calm, calm).isEmpty)
    #expect(warnings("", "").isEmpty)
    #expect(warnings(calm, calm.replacing("48000", with: "83000"))[0].contains("83 °C"))
    #expect(warnings(calm, calm.replacing("0x0", with: "0x20002"))[0].contains("frequency capped"))
    #expect(
      warnings(calm.replacing("0x0", with: "0x50000"), calm.replacing("0x0", with: "0x50000"))[0].contains("earlier"))
    #expect(warnings(calm.replacing("performance", with: "ondemand"), calm)[0].contains("scaling_governor"))
    #expect(warnings(calm, calm.replacing("y 1500000", with: "y 600000"))[0].contains("600 MHz of 1500"))
    #expect(warnings(calm.replacing("0.10", with: "3.50"), calm)[0].contains("load 3.5"))
    #expect(warnings(calm, calm, machine: "architecture aarch64\nmodel linux,dummy-virt")[0].contains("emulated"))
  }
}
