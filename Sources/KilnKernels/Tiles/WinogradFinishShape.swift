import KilnGraph
import KilnRuntimeSources

/// What happens to each sum of a Winograd convolution: bias, addend, activation, store.
package struct WinogradFinishShape: RegisterTile, Hashable {
  package var epilogue: Epilogue

  /// Makes the last steps.
  package init(epilogue: Epilogue) { self.epilogue = epilogue }

  package static let family = RegisterTileFamily.winograd

  /// For instance `StoreReLU`.
  package var details: String { "Store\(epilogue.nameSuffix)" }

  package var files: Set<RuntimeFile> { epilogue.files }
}
