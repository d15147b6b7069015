import KilnGeometry

/// Where a tile lies: the output pixel of its first sum, and how many of its first rows and columns another tile stores.
struct WinogradPlace {
  var image: Int
  var row: Int
  var column: Int
  var skippedRows: Int
  var skippedColumns: Int

  /// The place of a tile of `outputs` x `outputs` sums.
  @inline(__always)
  init(_ tile: Int, _ outputs: Int, _ geometry: WinogradGeometry) {
    let tileRow = tile / geometry.tileColumns
    image = tileRow / geometry.tileRows
    row = (tileRow &- image &* geometry.tileRows) &* outputs
    column = (tile &- tileRow &* geometry.tileColumns) &* outputs
    skippedRows = max(0, row &+ outputs &- geometry.rows)
    skippedColumns = max(0, column &+ outputs &- geometry.columns)
    row &-= skippedRows
    column &-= skippedColumns
  }
}
