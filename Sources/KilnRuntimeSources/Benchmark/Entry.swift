import BenchmarkSystem

/// The program's entry.
@main
enum Entry {
  static func main() {
    // Embedded Swift has no `CommandLine`.
    #if hasFeature(Embedded)
      let status = benchmark(Arguments(count: Int(benchmark_argument_count()), values: benchmark_arguments()))
    #else
      let status = CommandLine.unsafeArgv.withMemoryRebound(
        to: UnsafePointer<CChar>?.self, capacity: Int(CommandLine.argc)
      ) {
        benchmark(Arguments(count: Int(CommandLine.argc), values: $0))
      }
    #endif
    benchmark_exit(status.rawValue)
  }
}
