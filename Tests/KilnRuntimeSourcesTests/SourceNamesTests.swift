import Testing

@testable import KilnRuntimeSources

struct SourceNamesTests {
  @Test func `comments, literals and numbers hold no names`() {
    let source = #"""
      a // b
      /* c /* d */ e */ f /// g
      "h \" i" j """
        k " l
        """ 0x1p3 1_000.5e3 `m` ü
      """#
    let words = ["a", "f", "j", "m", "ü"].map { SwiftTokens.Token.word($0) }
    #expect(Array(SwiftTokens(source)) == words[..<3] + [.mark(".")] + words[3...])
  }

  @Test(arguments: ["/*", "\"", "\"\"\"a\"", "\"\\", "`", "/", "// a", "a.", "/* /* */", "}", ")"])
  func `source that ends early or has too many brackets is read to its end`(source: String) {
    #expect(SourceNames(of: source).functions.isEmpty)
  }

  @Test func `declarations at the top level are other files'`() {
    let names = SourceNames(
      of: """
        import Module
        @inline(__always)
        func f<T: P>(_ x: T) -> S { func inner() {} ; let local = 1 }
        private func hidden() {}
        public struct S { private init() {} ; var member: Int ; static func method() {} }
        fileprivate extension S { func added() {} }
        package enum E { case a }
        protocol P { static var v: Int { get } }
        @frozen public typealias A = (Int, Int)
        private(set) public var secret = 1
        let constant = 2
        """)
    #expect(names.functions == ["f"])
    #expect(names.others == ["S", "E", "P", "A", "constant"])
  }

  @Test func `calls count for functions, and mentions for the rest`() {
    let names = SourceNames(
      of: """
        func own(_ place: Int, scale: Float) -> Size {
          let place = call(place) + value
          own(place, scale: x.member(3))
          return Other.make { $0.field }
        }
        """)
    #expect(names.calledNames == ["call"])
    #expect(names.usedNames.isSuperset(of: ["Size", "Other", "value", "place", "Int", "Float"]))
    #expect(names.usedNames.isDisjoint(with: ["own", "member", "make", "field"]))
  }

  @Test func `an index finds the file that declares a name`() {
    let index = DeclarationIndex([
      ("Types", SourceNames(of: "struct Size {} ; typealias Pair = (Int, Int)")),
      ("Numbers", SourceNames(of: "func power(_ x: Int) {} ; func half(_ x: Int) {}")),
      ("Fractions", SourceNames(of: "func power(_ x: Double) {} ; private func half(_ x: Double) {}")),
    ])
    func files(_ source: String) -> Set<String> { index.files(usedBy: SourceNames(of: source)) }
    #expect(files("let x = half(3)") == ["Numbers"])
    #expect(files("let x: [Size] = half") == ["Types"])
    #expect(files("power(2)") == [])
    #expect(index.overloads(usedBy: SourceNames(of: "power(half(2))")) == ["power": ["Numbers", "Fractions"]])
    #expect(files("struct Size {} ; func half() {} ; half() ; x.half() ; Size()") == [])
  }
}
