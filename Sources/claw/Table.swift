/// Rows of text under a header, in columns.
struct Table {
  private var rows: [[String]]

  /// A table with a header.
  init(_ header: [String]) { rows = [header] }

  /// Adds a row.
  mutating func add(_ row: [String]) { rows.append(row) }

  /// The text, a line for each row.
  ///
  /// - Parameter limit: how wide a line may be before columns go that say nothing, from the right; nil for no limit.
  func text(within limit: Int? = nil) -> String {
    var columns = Array(rows[0].indices)
    func width(_ column: Int) -> Int { rows.map { $0[column].count }.max() ?? 0 }
    func isEmpty(_ column: Int) -> Bool { rows.dropFirst().allSatisfy { $0[column] == "-" } }
    while let limit, columns.reduce(0, { $0 + width($1) + 2 }) - 2 > limit, let last = columns.lastIndex(where: isEmpty)
    {
      columns.remove(at: last)
    }
    return rows.map { row in
      let cells = columns.dropLast().map { row[$0].padded(to: width($0)) } + columns.suffix(1).map { row[$0] }
      return cells.joined(separator: "  ") + "\n"
    }.joined()
  }
}
