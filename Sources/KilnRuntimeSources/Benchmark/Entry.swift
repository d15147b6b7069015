import BenchmarkSystem

// Embedded Swift has no `CommandLine`, so there the program's entry is C's.
#if hasFeature(Embedded)
  /// The program's entry, which C calls.
  @c(main)
  public func entry(
    _ argumentCount: Int32, _ arguments: UnsafePointer<UnsafePointer<CChar>?>
  ) -> Int32 {
    benchmark(Arguments(count: Int(argumentCount), values: arguments)).rawValue
  }
#else
  @main
  enum Entry {
    static func main() {
      let status = CommandLine.unsafeArgv.withMemoryRebound(
        to: UnsafePointer<CChar>?.self, capacity: Int(CommandLine.argc)
      ) {
        benchmark(Arguments(count: Int(CommandLine.argc), values: $0))
      }
      benchmark_exit(status.rawValue)
    }
  }
#endif
