import KilnLowering
import KilnMachine
import KilnPlanning
import KilnRuntimeSources

/// What the source has besides when several threads share an inference: the threads, and what each does.
extension NetworkSource {
  /// Whether the workers share a layer; else the caller's thread computes it.
  func isShared(_ layer: Program.Layer) -> Bool { layer.workers != [0] }

  /// The call of a layer's function, for all workers one after the other.
  func call(ofLayer index: Int) -> String {
    isShared(program.layers[index])
      ? "forEachWorker { Self.\(layerNames[index])(memory, worker: $0) }" : "\(layerNames[index])(memory)"
  }

  /// A shared layer's calls, by worker.
  func sharedBody(_ layer: Program.Layer, print: (KernelCall) -> String) -> String {
    let workers = Set(layer.calls.map(\.worker)).sorted()
    let isComplete = workers.count == program.threads
    var lines = ["    switch worker {"]
    for worker in workers {
      lines.append(isComplete && worker == workers.last ? "    default:" : "    case \(worker):")
      for call in layer.calls where call.worker == worker {
        lines += print(call).split(separator: "\n", omittingEmptySubsequences: false).map { "  \($0)" }
      }
    }
    if !isComplete { lines.append("    default: break") }
    return (lines + ["    }"]).joined(separator: "\n")
  }

  /// What the network's documentation says of threads; nothing for one thread.
  var threadsSummary: String {
    if program.threads == 1 { return "" }
    return """
      ///
      /// Compiled for \(program.threads) threads: the forms of `predict` that take `workers` share each layer among them, the others
      /// compute on the caller's thread alone. `Workers(storage:)` starts the threads.

      """
  }

  /// The threads, and the forms of `predict` and `runLayer` that use them; nothing for one thread.
  var threads: String {
    if program.threads == 1 { return "" }
    let prefix = "\(weights.name)_threads"
    let ports = inputNames + outputNames + ["arena"]
    let spans =
      zip(inputNames, inputTypes).map { "\($0): Span<\($1)>" }
      + zip(outputNames, outputTypes).map { "\($0): inout MutableSpan<\($1)>" }
      + ["arena: inout MutableRawSpan", "workers: Workers"]
    let pointers =
      zip(inputNames, inputTypes).map { "\($0): UnsafePointer<\($1)>" }
      + zip(outputNames, outputTypes).map { "\($0): UnsafeMutablePointer<\($1)>" }
      + ["arena: UnsafeMutableRawPointer", "workers: Workers"]
    let forwarded = ports.map { "\($0): \($0)" } + ["workers: workers"]
    let numbered = ["inputs: inputs", "outputs: outputs", "arena: arena"]
    let parameters = """
      inputs: UnsafePointer<UnsafeRawPointer>, outputs: UnsafePointer<UnsafeMutableRawPointer>,
          arena: UnsafeMutableRawPointer, workers: Workers
      """
    return """

      // MARK: Threads

      extension \(name) {
        /// How many threads share an inference, the caller's among them.
        public static var threadCount: Int { \(program.threads) }

        /// The threads that share inferences with the caller's. They are made once; between inferences they sleep.
        ///
        /// They serve one call of `predict` at a time.
        public struct Workers {
          /// Bytes of the memory that `init(storage:)` takes, wherever that begins.
          public static var byteCount: Int {
            \(prefix)_byte_count(\(program.threads), MemoryLayout<Job>.size) + \(MemoryPlan.alignment)
          }

          fileprivate let storage: UnsafeMutableRawPointer

          /// Starts the threads. Returns `nil` when the system refuses one.
          ///
          /// Precondition: `storage` has `byteCount` bytes that nothing else touches until `stop` returns.
          public init?(storage: UnsafeMutableRawPointer) {
            let storage = storage.alignedUp(toMultipleOf: \(MemoryPlan.alignment))
            guard \(prefix)_start(storage, \(program.threads), MemoryLayout<Job>.size) == 0 else { return nil }
            self.storage = storage
          }

          /// Ends the threads. They can't be used any more.
          public func stop() { \(prefix)_stop(storage) }
        }

        /// Computes the outputs from the inputs, with all threads.
        ///
        /// Precondition: every span has as many elements as its shape, and `arena` at least `arenaByteCount` bytes.
        public static func predict(
      \(spans.wrapped(indent: "    "))
        ) {
      \(checks.joined(separator: "\n"))
      \(nestedSpans(forwarded))
        }

        /// Computes the outputs from the inputs, with all threads. Precondition: every pointer has the memory that its
        /// shape, or `arenaByteCount`, asks for.
        public static func predict(
      \(pointers.wrapped(indent: "    "))
        ) {
          let memory = Memory(
      \(memoryArguments.wrapped(indent: "      ")))
          run(Job(memory: memory), workers)
        }

        /// Computes the outputs from the inputs, given by number, with all threads.
        public static func predict(
          \(parameters)
        ) {
          run(Job(memory: Memory(\(numbered.joined(separator: ", ")))), workers)
        }

        /// Computes one layer with all threads. Calling it for every index in order is `predict`.
        public static func runLayer(
          _ index: Int, \(parameters)
        ) {
          run(Job(memory: Memory(\(numbered.joined(separator: ", "))), layer: index), workers)
        }

        /// What the threads are to do.
        private struct Job {
          let memory: Memory
          /// The one layer that is asked for; all when negative.
          var layer = -1
        }

        private static func run(_ job: Job, _ workers: Workers) {
          withUnsafePointer(to: job) { pointer in
            \(prefix)_run(
              workers.storage,
              { context, turn in
                let job = context.assumingMemoryBound(to: Job.self).pointee
                if job.layer < 0 {
                  \(name).work(job.memory, turn)
                } else {
                  while \(prefix)_next(turn) { \(name).runLayer(job.layer, job.memory, worker: turn.pointee.share) }
                }
              }, pointer)
          }
        }

        /// What one of the threads does in an inference. A loop's shares are done at the same time, each by one thread; the
        /// next loop needs what another share of this one wrote.
        private static func work(_ memory: Memory, _ turn: UnsafeMutablePointer<\(prefix)_turn>) {
      \(work(next: "\(prefix)_next(turn)"))
        }

        /// What one share of a layer is.
        private static func runLayer(_ index: Int, _ memory: Memory, worker: Int) {
      \(cases(program.layers.indices.map(workerCall), otherwise: "break"))
        }

        /// Calls `body` for every worker, one after the other.
        private static func forEachWorker(_ body: (Int) -> Void) {
          var worker = 0
          while worker < \(program.threads) {
            body(worker)
            worker &+= 1
          }
        }
      }

      extension \(name).Memory {
        /// Memory given by number.
        fileprivate init(
          inputs: UnsafePointer<UnsafeRawPointer>, outputs: UnsafePointer<UnsafeMutableRawPointer>,
          arena: UnsafeMutableRawPointer
        ) {
          self.init(
      \(numberedMemory.wrapped(indent: "      ")))
        }
      }

      """
  }

  /// The steps of an inference, and the calls of a share of each.
  private func work(next: String) -> String {
    program.layersBetweenMeetings().flatMap { layers in
      let calls = layers.map { index in
        isShared(program.layers[index])
          ? "      \(layerNames[index])(memory, worker: worker)"
          : "      if worker == 0 { \(layerNames[index])(memory) }"
      }
      return ["    while \(next) {", "      let worker = turn.pointee.share"] + calls + ["    }"]
    }.joined(separator: "\n")
  }

  private func workerCall(_ index: Int) -> String {
    isShared(program.layers[index])
      ? "\(layerNames[index])(memory, worker: worker)" : "if worker == 0 { \(layerNames[index])(memory) }"
  }
}
