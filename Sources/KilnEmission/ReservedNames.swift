import KilnKernels
import KilnMachine
import KilnRuntimeSources

/// Names that mean something in emitted source, so that nothing of a model's may be called so there.
package enum ReservedNames {
  /// The words of Swift, also those that are words in some places only.
  static let keywords = words(
    """
    Any Protocol Self Type actor any as associatedtype async await borrowing break case catch class consume consuming
    continue copy default defer deinit discard do dynamic each else enum extension fallthrough false fileprivate final
    for func guard if import in indirect infix init inout internal is isolated lazy let macro mutating nil nonisolated
    nonmutating open operator optional override package postfix precedencegroup prefix private protocol public repeat
    required rethrows return self sending some static struct subscript super switch throw throws true try typealias
    unowned unsafe var weak where while yield
    """)

  /// What the source of a network uses beside its kernels.
  static let ofNetworks = words(
    """
    Double Element Float InlineArray Int Int16 Int32 Int64 Int8 Job Memory MutableRawSpan MutableSpan Network Span
    StaticString StripBand StripRows UInt16 UInt32 UInt64 UInt8 UnsafeBufferPointer UnsafeMutableBufferPointer UnsafeMutablePointer
    UnsafeMutableRawBufferPointer UnsafeMutableRawPointer UnsafePointer UnsafeRawPointer Void Workers arena
    arenaByteCount elements forEachWorker index inputByteCount inputCount inputs layerCount layerName layerOutput memory
    outputByteCount outputCount outputs precondition predict run runLayer storage threadCount work worker workers
    """)

  /// What a network's type, which is also a module, may not be called: words of Swift, modules that come with it, and
  /// everything that the emitted package's own files mention.
  package static let ofTypes: Set<String> = {
    let modules = words(
      """
      Benchmark Builtin Dispatch Foundation FoundationEssentials Glibc KilnIntrinsics Musl Observation Swift Synchronization Testing
      XCTest
      """)
    return keywords.union(ofNetworks).union(modules).union(RuntimeSources.words)
  }()

  /// Whether a network's type may not have a name: one of `ofTypes`, or that of another file or kernel in its module, in
  /// letters of any case.
  package static func forbidsType(_ name: String) -> Bool {
    let files = RuntimeFile.allCases.map { $0.name.split(separator: ".")[0].lowercased() }
    // SwiftPM takes a library for a program that has a file `Main.swift`.
    return ofTypes.contains(name) || (files + ["main"]).contains(name.lowercased())
      || RegisterTileFamily.allCases.contains { name.lowercased().hasPrefix($0.rawValue.lowercased()) }
  }

  static func words(_ text: String) -> Set<String> {
    Set(text.split { $0.isWhitespace }.map(String.init))
  }
}
