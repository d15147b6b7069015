import KilnGraph
import Testing

@testable import KilnONNX

/// Numbers rounded to formats of few bits, compared with all numbers that a format has.
struct NarrowConversionTests {
  private static let types: [NarrowElementType] = [
    .float8E4M3FN, .float8E4M3FNUZ, .float8E5M2, .float8E5M2FNUZ, .float4E2M1, .float6E2M3, .float6E3M2,
  ]

  /// The finite numbers of a type that are not negative, in order of their bit patterns.
  private static func numbers(_ type: NarrowElementType) -> [Double] {
    let count = 1 << (type.bitCount - 1)
    // A pattern in each byte.
    let bytes = (0..<count).map { UInt8($0) }
    let tensor = bytes.withUnsafeBytes { type.tensor([count], $0, spacing: 8) }
    return tensor.doubles().filter(\.isFinite)
  }

  /// The type's format; `nil` when it can't be had.
  private static func format(_ type: NarrowElementType, saturates: Bool = true, rounding: String = "up") -> NarrowFloat?
  {
    do { return try type.format(saturates: saturates, rounding: rounding) } catch { return nil }
  }

  @Test(arguments: types) func `what lies between two numbers becomes the nearer, or the even one`(
    _ type: NarrowElementType
  ) throws {
    let format = try #require(Self.format(type))
    let numbers = Self.numbers(type)
    for (index, (low, high)) in zip(numbers, numbers.dropFirst()).enumerated() {
      let middle = (low + high) / 2
      for (x, nearest) in [
        (low, low), (middle.nextDown, low), (middle, index.isMultiple(of: 2) ? low : high), (middle.nextUp, high),
      ] {
        #expect(format(x) == nearest, "\(x)")
        #expect(format(-x) == -nearest, "\(-x)")
      }
    }
  }

  @Test(arguments: types) func `what lies beyond is limited, or no number`(_ type: NarrowElementType) throws {
    let largest = try #require(Self.numbers(type).last)
    let limiting = try #require(Self.format(type))
    let strict = try #require(Self.format(type, saturates: false))
    for x in [2 * largest, 1e300, .infinity] {
      #expect(limiting(x) == largest && limiting(-x) == -largest)
      switch type {
      case .float8E5M2: #expect(strict(x) == .infinity && strict(-x) == -.infinity)
      case .float4E2M1, .float6E2M3, .float6E3M2: #expect(strict(x) == largest)
      default: #expect(strict(x).isNaN)
      }
    }
    let hasNaN = type.bitCount == 8
    #expect(limiting(.nan).isNaN == hasNaN)
  }

  @Test func `a zero has no sign where the format has none`() {
    for type in [NarrowElementType.float8E4M3FNUZ, .float8E5M2FNUZ] {
      #expect(Self.format(type)?(-1e-30).sign == .plus)
    }
    #expect(Self.format(.float8E4M3FN)?(-1e-30).sign == .minus)
  }

  @Test func `powers of two are rounded as asked`() throws {
    for (rounding, results) in [("up", [1.0, 2, 2, 2]), ("nearest", [1, 1, 2, 2]), ("down", [1, 1, 1, 1])] {
      let format = try #require(Self.format(.float8E8M0, rounding: rounding))
      for (x, result) in zip([1, 1.25, 1.5, 1.75], results) { #expect(format(x) == result, "\(rounding) \(x)") }
    }
    let up = try #require(Self.format(.float8E8M0))
    #expect(up(0) == 0x1p-127 && up(.infinity) == 0x1p127)
    let strict = try #require(Self.format(.float8E8M0, saturates: false, rounding: "nearest"))
    #expect(strict(0).isNaN && strict(1e39).isNaN)
    #expect(Self.format(.float8E8M0, rounding: "sideways") == nil)
  }
}
