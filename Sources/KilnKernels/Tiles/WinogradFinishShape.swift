import KilnGraph
import KilnRuntimeSources

/// What happens to each sum of a Winograd convolution: bias, addend, activation, store.
package struct WinogradFinishShape: RegisterTile, Hashable {
  package var epilogue: Epilogue
  /// Whether sums are float16.
  package var isHalf: Bool

  /// Makes the last steps.
  package init(epilogue: Epilogue, isHalf: Bool = false) {
    self.epilogue = epilogue
    self.isHalf = isHalf
  }

  package static let family = RegisterTileFamily.winograd

  /// For instance `StoreReLU`.
  package var details: String { "Store\(isHalf ? "Halves" : "")\(epilogue.nameSuffix)" }

  package var files: Set<RuntimeFile> { epilogue.files }
}
