import Testing

@testable import KilnRuntimeSources

struct SourceSectionsTests {
  private static let source = """
    // About the file.

    import Module

    /// Adds one.
    @inline(__always)
    func increment(_ x: Int) -> Int {
      let one = 1

      return x + one
    }

    func first() {}
    func second() {}

    private func < (a: Size, b: Size) -> Bool { a.width < b.width }

    struct Size {
      var width = 0

      func area() -> Int { width }
    }

    #if FLAG
      func chosen() {}
    #endif

    func generic<T>(
      _ x: T
    ) { increment(1) }

    """

  @Test func `sections are the file`() {
    #expect(SourceSections(Self.source).sections.map(\.text).joined() == Self.source)
    #expect(SourceSections("").sections.isEmpty)
    #expect(SourceSections("\n\nfunc f() {}").sections.map(\.function) == [nil, "f"])
  }

  @Test func `only a section of one function can be left out`() {
    #expect(
      SourceSections(Self.source).sections.map(\.function) == [nil, nil, "increment", nil, nil, nil, nil, "generic"])
  }

  @Test func `a function that nothing names is left out, and what only it calls`() {
    let files: [RuntimeFile] = [.exponential, .activations, .vector]
    func texts(_ source: String) -> [RuntimeFile: String] {
      Dictionary(uniqueKeysWithValues: RuntimeFile.texts(of: files, usedBy: [source]).map { ($0.file, $0.text) })
    }
    let clipping = texts("func f(_ x: Vector) -> Vector { relu(x) }")
    #expect(clipping[.exponential] == nil)
    #expect(clipping[.activations]?.contains("func relu(") == true)
    #expect(clipping[.activations]?.contains("func sigmoid(") == false)
    #expect(clipping[.activations]?.hasSuffix("}\n") == true)
    let growing = texts("func f(_ x: Vector) -> Vector { sigmoid(x) }")
    #expect(growing[.activations]?.contains("func relu(") == false)
    #expect(growing[.exponential]?.contains("func exponential(") == true)
    #expect(texts("// relu sigmoid")[.activations] == nil)
  }
}
