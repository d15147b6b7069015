import BenchmarkSystem

/// A line of text, put together without allocating and written at the end.
///
/// Nothing here is worth a copy of its code at each of its callers: the program is to be small.
struct Line: ~Copyable {
  /// Standard output or standard error.
  enum Destination: Int32 {
    case output = 1
    case error = 2
  }

  private let destination: Destination
  private var buffer = InlineArray<256, UInt8>(repeating: 0)
  private var count = 0

  init(_ destination: Destination) { self.destination = destination }

  @inline(never)
  mutating func append(_ text: StaticString) {
    append(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  @inline(never)
  mutating func append(_ text: UnsafeBufferPointer<UInt8>) {
    var index = 0
    while index < text.count {
      append(byte: text[index])
      index += 1
    }
  }

  @inline(never)
  mutating func append(cString text: UnsafePointer<CChar>) {
    var index = 0
    while text[index] != 0 {
      append(byte: UInt8(bitPattern: text[index]))
      index += 1
    }
  }

  /// Appends a number that is not negative, the last `decimals` digits after a point.
  @inline(never)
  mutating func append(_ value: Int, decimals: Int = 0) {
    var digits = 1
    var divisor = 1
    while divisor <= value / 10 || digits <= decimals {
      divisor *= 10
      digits += 1
    }
    while divisor > 0 {
      if digits == decimals { append(byte: 46) }
      append(byte: UInt8(48 + value / divisor % 10))
      divisor /= 10
      digits -= 1
    }
  }

  /// Ends the line.
  @inline(never)
  consuming func write() {
    append(byte: 10)
    flush()
  }

  @inline(never)
  private mutating func append(byte: UInt8) {
    if count == buffer.count { flush() }
    buffer[count] = byte
    count += 1
  }

  @inline(never)
  private mutating func flush() {
    let count = count
    buffer.span.withUnsafeBytes { bytes in
      // A reader that went away is no reason to fail.
      if let start = bytes.baseAddress { _ = benchmark_write(destination.rawValue, start, Int64(count)) }
    }
    self.count = 0
  }
}
