import Foundation
import FuzzingDriver

// libFuzzer has the `main` function and calls these. Its callbacks have no context, so the target is a word in the
// environment, which the processes that libFuzzer starts inherit; `KILN_FUZZ_TARGET=onnx kiln-fuzz FOLDER…`.
private let target = ProcessInfo.processInfo.environment["KILN_FUZZ_TARGET"].flatMap(FuzzTarget.init)

/// libFuzzer's question before it begins.
@c(LLVMFuzzerInitialize)
public func initialize(
  _ count: UnsafeMutablePointer<CInt>, _ words: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>
) -> CInt {
  guard target != nil else {
    let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: ", ")
    FileHandle.standardError.write(Data("kiln-fuzz: set KILN_FUZZ_TARGET to one of \(names)\n".utf8))
    exit(64)
  }
  return 0
}

/// One input.
@c(LLVMFuzzerTestOneInput)
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  target?.read(UnsafeRawBufferPointer(start: data, count: count))
  return 0
}

/// A mutation of our own: three in four mutations of models keep them well-formed.
@c(LLVMFuzzerCustomMutator)
public func customMutator(
  _ data: UnsafeMutablePointer<UInt8>, _ count: Int, _ maximum: Int, _ seed: CUnsignedInt
) -> Int {
  switch target {
  case .onnx, .plan, .part:
    var mutator = ModelMutator(seed: seed)
    guard !seed.isMultiple(of: 4), let bytes = mutator.mutated(UnsafeRawBufferPointer(start: data, count: count)),
      bytes.count <= maximum
    else { break }
    UnsafeMutableRawBufferPointer(start: data, count: maximum).copyBytes(from: bytes)
    return bytes.count
  case .npy, .target, .schedule, nil: break
  }
  return LLVMFuzzerMutate(data, count, maximum)
}
