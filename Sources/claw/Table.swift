/// Rows of text under a header, in columns.
struct Table {
  private var rows: [[String]]

  /// A table with a header.
  init(_ header: [String]) { rows = [header] }

  /// Adds a row.
  mutating func add(_ row: [String]) { rows.append(row) }

  /// The text, a line for each row.
  var text: String {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let cells = zip(row, widths).dropLast().map { $0.padded(to: $1) } + [row[row.count - 1]]
      return cells.joined(separator: "  ") + "\n"
    }.joined()
  }
}
