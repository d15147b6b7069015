import KilnKernels
import KilnPlanning

/// The Swift source of a library's C functions.
struct CInterfaceSource {
  let interface: LibraryInterface

  private var network: String { interface.network.name }

  var text: String {
    """
    // The C functions of \(interface.name).h, which says what they do.

    // Names are the header's.
    // swift-format-ignore-file: AlwaysUseLowerCamelCase, NoLeadingUnderscores

    \(predict(name: "predict", workers: false))

    @c(\(interface.function("model_sha256")))
    public func \(interface.function("model_sha256"))() -> UnsafeRawPointer {
      let text: StaticString = "\(interface.identity.modelHash)"
      return UnsafeRawPointer(text.utf8Start)
    }
    \(interface.threads > 1 ? threads : "")
    /// Whether an address is a multiple of a power of two.
    private func isMultiple(_ pointer: UnsafeRawPointer, of alignment: UInt) -> Bool {
      UInt(bitPattern: pointer) & (alignment &- 1) == 0
    }

    """
  }

  private func status(_ status: LibraryStatus) -> Int { status.rawValue }

  /// A function that computes the outputs.
  ///
  /// Pointers come untyped, so that their alignment can be looked at.
  private func predict(name: String, workers: Bool) -> String {
    let ports = interface.ports
    let parameters =
      ports.map { "_ \($0.name): \($0.isOutput ? "UnsafeMutableRawPointer" : "UnsafeRawPointer")?" }
      + ["_ arena: UnsafeMutableRawPointer?"] + (workers ? ["_ workers: UnsafeMutableRawPointer?"] : [])
    // Nothing is read or written of what has no elements: it may have no memory.
    let (full, empty) = (ports.filter { $0.type.elementCount > 0 }, ports.filter { $0.type.elementCount == 0 })
    let required = full.map(\.name) + ["arena"] + (workers ? ["workers"] : [])
    let alignments =
      full.filter { $0.type.scalar.byteCount > 1 }.map { ($0.name, $0.type.scalar.byteCount) }
      + [("arena", LibraryInterface.arenaAlignment)] + (workers ? [("workers", LibraryInterface.arenaAlignment)] : [])
    let substitutes = empty.map { port in
      "  let \(port.name) = \(port.name) ?? \(port.isOutput ? "arena" : "UnsafeRawPointer(arena)")\n"
    }
    let arguments =
      ports.map { "\($0.swiftName): \($0.name).assumingMemoryBound(to: \($0.type.scalar.swiftName).self)" }
      + ["arena: arena"]
      + (workers ? ["workers: workers.load(as: \(network).Workers.self)"] : [])
    return """
      @c(\(interface.function(name)))
      public func \(interface.function(name))(
      \(parameters.wrapped(indent: "  "))
      ) -> Int32 {
        guard
      \(required.map { "let \($0)" }.wrapped(indent: "    "))
        else { return \(status(.nullPointer)) }
        guard
      \(alignments.map { "isMultiple(\($0.0), of: \($0.1))" }.wrapped(indent: "    "))
        else { return \(status(.misalignedPointer)) }
      \(substitutes.joined())  \(network).predict(
      \(arguments.wrapped(indent: "    ")))
        return \(status(.ok))
      }
      """
  }

  /// The functions of a network whose layers several threads share.
  ///
  /// Their memory begins with the network's own `Workers`, and what that works in comes after it.
  private var threads: String {
    let alignment = LibraryInterface.arenaAlignment
    func guarded() -> String {
      """
        guard let workers else { return \(status(.nullPointer)) }
        guard isMultiple(workers, of: \(alignment)) else { return \(status(.misalignedPointer)) }
      """
    }
    return """

      \(predict(name: "predict_with_workers", workers: true))

      @c(\(interface.function("workers_bytes")))
      public func \(interface.function("workers_bytes"))() -> Int { \(alignment) &+ \(network).Workers.byteCount }

      @c(\(interface.function("workers_start")))
      public func \(interface.function("workers_start"))(_ workers: UnsafeMutableRawPointer?) -> Int32 {
      \(guarded())
        guard let started = \(network).Workers(storage: workers.advanced(by: \(alignment))) else {
          return \(status(.noThreads))
        }
        workers.initializeMemory(as: \(network).Workers.self, to: started)
        return \(status(.ok))
      }

      @c(\(interface.function("workers_stop")))
      public func \(interface.function("workers_stop"))(_ workers: UnsafeMutableRawPointer?) -> Int32 {
      \(guarded())
        workers.load(as: \(network).Workers.self).stop()
        return \(status(.ok))
      }

      """
  }
}
