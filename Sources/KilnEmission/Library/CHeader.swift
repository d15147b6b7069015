import KilnGraph
import KilnKernels

/// The header of a library: C99, and C++.
struct CHeader {
  let interface: LibraryInterface

  private var macro: String { interface.macro }

  var text: String {
    let guardName = "\(macro)_H"
    return """
      // \(interface.title) \(EmittedLibrary.marker) \(interface.identity.version): don't edit it, build the model again.
      //
      // C99 and C++. The library needs nothing but the C library, allocates nothing, and keeps nothing between calls. Its
      // functions may run in several threads at once, each with an arena of its own.

      #ifndef \(guardName)
      #define \(guardName)

      #include <stddef.h>
      #include <stdint.h>

      #ifdef __cplusplus
      extern "C" {
      #endif

      /// The version of Kiln that wrote this, and the SHA-256 of the model: of its file, with external data after it.
      #define \(macro)_KILN_VERSION "\(interface.identity.version)"
      #define \(macro)_MODEL_SHA256 "\(interface.identity.modelHash)"

      /// Bytes of the memory that the network works in, and what its address must be a multiple of. Its contents need not be
      /// kept between calls.
      #define \(macro)_ARENA_BYTES \(interface.arenaByteCount)
      #define \(macro)_ARENA_ALIGNMENT \(LibraryInterface.arenaAlignment)

      \(interface.ports.map(constants).joined(separator: "\n\n"))

      /// What the functions return.
      enum \(interface.name)_status {
      \(statuses)
      };

      /// Computes the outputs from the inputs, all row-major.
      ///
      /// `arena` is the network's memory for the time of the call. It and the outputs' overlap no other argument's memory.
      \(declaration("predict", parameters))

      /// The SHA-256 of the model that the library was made from: \(macro)_MODEL_SHA256 when header and library belong
      /// together.
      const char *\(interface.function("model_sha256"))(void);
      \(interface.threads > 1 ? threads : "")
      #ifdef __cplusplus
      }
      #endif

      #endif

      """
  }

  private func constants(_ port: LibraryInterface.Port) -> String {
    let prefix = "\(macro)_\(port.macro)"
    let notes = [
      port.type.scalar.note, port.quantization.map { _ in "It stands for (q - ZERO_POINT) * SCALE." },
      port.pixelOrder.map { "Its bytes are pixels, \($0)." },
    ]
    let note = notes.compactMap { $0.map { " \($0)" } }.joined()
    return """
      /// \(port.isOutput ? "Output" : "Input") `\(port.name)`: \(port.type.scalar.rawValue)\(port.shapeText).\(note)
      #define \(prefix)_NAME \(port.modelName.cLiteral)
      #define \(prefix)_COUNT \(port.type.elementCount)
      #define \(prefix)_RANK \(port.type.shape.count)
      #define \(prefix)_SHAPE {\(port.type.shape.map(String.init).joined(separator: ", "))}
      """ + (port.quantization.map { "\n" + constants($0, prefix) } ?? "")
  }

  private func constants(_ quantization: PortQuantization, _ prefix: String) -> String {
    """
    #define \(prefix)_SCALE \(quantization.scale)f
    #define \(prefix)_ZERO_POINT (\(quantization.zeroPoint))
    """
  }

  private var statuses: String {
    LibraryStatus.allCases.filter { interface.threads > 1 || $0 != .noThreads }.map { status in
      "  /// \(status.meaning)\n  \(macro)_\(status.macro) = \(status.rawValue)"
    }.joined(separator: ",\n")
  }

  private func declaration(_ name: String, _ parameters: [String]) -> String {
    let start = "int \(interface.function(name))("
    let line = "\(start)\(parameters.joined(separator: ", ")));"
    return line.count <= 118 ? line : "\(start)\n\(parameters.wrapped(indent: "    ")));"
  }

  private var parameters: [String] {
    interface.ports.map { "\($0.isOutput ? "" : "const ")\($0.type.scalar.cName) *\($0.name)" } + ["void *arena"]
  }

  private var threads: String {
    """

    /// How many threads share an inference that workers help with, the caller's among them.
    #define \(macro)_THREADS \(interface.threads)

    /// Bytes of memory for workers, the threads that share inferences with the caller's. It begins at a multiple of
    /// \(macro)_ARENA_ALIGNMENT.
    size_t \(interface.function("workers_bytes"))(void);

    /// Starts the workers, once for many inferences. Between inferences they sleep.
    ///
    /// Nothing else may touch the memory until they are stopped. A child process that `fork` makes has no workers.
    int \(interface.function("workers_start"))(void *workers);

    /// Ends the workers, which were started.
    int \(interface.function("workers_stop"))(void *workers);

    /// Computes the outputs as `\(interface.function("predict"))` does, to the same bits, with workers that were started:
    /// one call at a time.
    \(declaration("predict_with_workers", parameters + ["void *workers"]))

    """
  }
}
