import Foundation
import KilnDeploy
import Testing

/// What the benchmark program says of its memory, on systems whose files in `/proc` are as these tests write them.
struct PeakMemoryTests {
  @Test func `the counters are believed where they are exact`() throws {
    let status = "Name:\tx\nVmHWM:\t    9216 kB\nVmRSS:\t    9000 kB\n"
    try #expect(peakMemory(status: status, rollup: rollup(9004)) == 9216)
  }

  @Test func `pages that the counters miss are found in the page tables`() throws {
    try #expect(peakMemory(status: "Name:\tx\nVmHWM:\t       4 kB\nVmRSS:\t       4 kB\n", rollup: rollup(412)) == 412)
  }

  @Test func `a system without either file is no failure`() throws {
    try #expect(peakMemory(status: "Name:\tx\nVmHWM:\t    9216 kB\n", rollup: nil) == 9216)
    try #expect(peakMemory(status: "Name:\tx\n", rollup: nil) == 0)
    try #expect(peakMemory(status: nil, rollup: nil) == 0)
  }

  private func rollup(_ kibibytes: Int) -> String {
    "00200000-ffffd000 ---p 00000000 00:00 0      [rollup]\nRss:     \(kibibytes) kB\nPss:      100 kB\n"
  }

  /// The kibibytes that the program finds; `nil` stands for a file that is not there.
  private func peakMemory(status: String?, rollup: String?) throws -> Int? {
    try withTemporaryFolder { folder in
      for (name, text) in [("status", status), ("smaps_rollup", rollup)] {
        try text.map { try Data($0.utf8).write(to: folder.appending(path: name)) }
      }
      let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      let sources = tests.deletingLastPathComponent().appending(path: "Sources/KilnRuntimeSources/Benchmark")
      let driver = folder.appending(path: "driver.c")
      try Data(
        """
        #include <fcntl.h>
        #include <stdio.h>
        #include <string.h>

        static int open_here(const char *path, int flags, ...) {
          char here[4096];
          snprintf(here, sizeof here, "\(folder.path)/%s", strrchr(path, '/') + 1);
          return open(here, flags);
        }

        #define open open_here
        #include "\(sources.path)/BenchmarkSystem.c"

        int main(void) { return printf("%lld", (long long)benchmark_peak_memory() / 1024) < 0; }
        """.utf8
      ).write(to: driver)
      let program = folder.appending(path: "program").path
      let compiled = try Subprocess("/usr/bin/env", ["clang", driver.path, "-o", program]).run()
      try #require(compiled.status == 0, "\(compiled.errors)")
      return try Int(Subprocess(program, []).run().output)
    }
  }
}
