/// Rows of text in aligned columns.
struct TextTable {
  private var rows: [[String]]
  private let rightAligned: Set<Int>

  /// Makes a table of a title a column.
  init(_ titles: [String], rightAligned: Set<Int> = []) {
    rows = [titles]
    self.rightAligned = rightAligned
  }

  /// Adds a row.
  ///
  /// Precondition: it has as many cells as the titles.
  mutating func add(_ cells: [String]) { rows.append(cells) }

  /// The table, a line per row.
  var text: String {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let cells = row.enumerated().map { column, cell in
        let space = String(repeating: " ", count: widths[column] - cell.count)
        return rightAligned.contains(column) ? space + cell : cell + space
      }
      var line = cells.joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      return line + "\n"
    }.joined()
  }
}
