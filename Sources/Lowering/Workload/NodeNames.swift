import Source

/// Names of nodes: one, or many by a range in brackets, as Slurm writes them.
package enum NodeNames {
  /// The most names that one range may stand for.
  package static let limit = 100_000

  /// The names that `n1`, `n[1-4]` or `node-[001-128,200]` stand for; nil if it is none of these.
  package static func expand(_ text: String) -> [String]? {
    guard let open = text.utf8.firstIndex(of: 0x5B) else { return isName(text) ? [text] : nil }
    guard let close = text.utf8.lastIndex(of: 0x5D), open < close else { return nil }
    let before = String(text[..<open])
    let after = String(text[text.utf8.index(after: close)...])
    var names: [String] = []
    let ranges = text[text.utf8.index(after: open)..<close].utf8.split(
      separator: 0x2C, omittingEmptySubsequences: false)
    for range in ranges {
      let ends = range.split(separator: 0x2D, omittingEmptySubsequences: false).map { String(Substring($0)) }
      guard 1...2 ~= ends.count, let first = number(ends[0]), let last = number(ends[ends.count - 1]), first <= last,
        last - first < limit, names.count + last - first < limit
      else { return nil }
      let width = ends[0].utf8.count
      for value in first...last {
        let digits = String(value)
        let name = before + String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits + after
        guard isName(name) else { return nil }
        names.append(name)
      }
    }
    return names
  }

  private static func number(_ text: String) -> Int? {
    text.isEmpty || text.utf8.count > 9 || !text.utf8.allSatisfy(\.isASCIIDigit) ? nil : Int(text)
  }

  private static func isName(_ text: String) -> Bool {
    guard let first = text.utf8.first, first.isASCIIAlphanumeric, text.utf8.count <= 253 else { return false }
    return text.utf8.allSatisfy { $0.isASCIIAlphanumeric || $0 == 0x2D || $0 == 0x2E || $0 == 0x5F }
  }
}
