import Testing

@testable import KilnDeploy

/// Builds that fail for want of something, in the words of Swift 6.3's programs, and builds that fail by what they build.
@Suite("Builds that lack something")
struct BuildShortageTests {
  private func shortage(_ said: String, status: Int32 = 1) -> BuildShortage? {
    BuildShortage.find(in: Subprocess.Result(status: status, output: "[1/2] Compiling A\n", errors: said))?.shortage
  }

  @Test(
    arguments: [
      (137, "", BuildShortage.signal(9)), (143, "", .signal(15)), (134, "assertion failed", .signal(6)),
      (1, "error: compile command failed due to signal 9 (use -v to see invocation)", .signal(9)),
      (
        1, "error: 'package': Invalid manifest\nerror: link command failed due to signal 15 (use -v to see", .signal(15)
      ),
      (1, "clang: error: unable to execute command: Killed", .signal(9)),
      (1, "error: compile command failed due to signal 25 (use -v to see invocation)", .disk),
      (1, "<unknown>:0: note: IO failure on output stream: No space left on device", .disk),
      (134, "disk I/O error\nb.pcm': 'No space left on device'", .disk),
      (1, "LLVM ERROR: out of memory\nAllocation failed", .memory),
      (134, "terminate called after throwing an instance of 'std::bad_alloc'", .memory),
      (1, "error: posix_spawn error: Resource temporarily unavailable (11), `[\"/opt/swift-frontend\"", .processes),
      (1, "error: Too many open files", .processes),
      (1, "error: unable to open output file 'a.o': 'Read-only file system'", .access),
    ] as [(Int32, String, BuildShortage)])
  func `are told from others`(status: Int32, said: String, expected: BuildShortage) {
    #expect(shortage(said, status: status) == expected)
    #expect(!expected.description.isEmpty)
  }

  @Test(arguments: [
    "", "/p/Sources/A/A.swift:1:8: error: cannot find 'x' in scope", "error: filename \"Pool.swift\" used twice",
    "a.swift:21: error: undefined reference to 'roundf'\nclang: error: linker command failed with exit code 1",
    // The compiler's own crash may be what the package does to it.
    "error: compile command failed due to signal 6 (use -v to see invocation)",
    "error: compile command failed due to signal 11 (use -v to see invocation)",
  ])
  func `lack nothing when what they build is rejected`(said: String) { #expect(shortage(said) == nil) }
}
