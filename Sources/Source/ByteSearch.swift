/// Finds which of some texts occur in bytes: one pass for all of them.
public struct ByteSearch: Sendable {
  private let texts: [[UInt8]]
  /// The first byte of all texts; nil if they start with several.
  private let first: UInt8?
  /// Whether a text has a byte as its first, and as its second.
  private let isFirst: [Bool]
  private let isSecond: [Bool]

  /// Looks for texts of two bytes or more.
  public init(_ texts: [String]) {
    self.texts = texts.map { Array($0.utf8) }
    func table(_ place: Int) -> [Bool] {
      var table = [Bool](repeating: false, count: 256)
      for text in texts.map(\.utf8) where text.count > 1 { table[Int(Array(text)[place])] = true }
      return table
    }
    let starts = table(0)
    let firsts = starts.indices.filter { starts[$0] }
    isFirst = starts
    isSecond = table(1)
    first = firsts.count == 1 ? UInt8(firsts[0]) : nil
  }

  /// Adds the indices of the texts that `bytes` holds to `found`.
  public func search(_ bytes: ArraySlice<UInt8>, into found: inout Set<Int>) {
    bytes.withUnsafeBufferPointer { bytes in
      let last = bytes.count - 1
      if let first {
        // Paths all start with a '/': comparing with one byte costs less than looking every one up.
        for start in 0..<max(0, last) where bytes[start] == first { look(bytes, at: start, into: &found) }
      } else {
        for start in 0..<max(0, last) where isFirst[Int(bytes[start])] { look(bytes, at: start, into: &found) }
      }
    }
  }

  private func look(_ bytes: UnsafeBufferPointer<UInt8>, at start: Int, into found: inout Set<Int>) {
    guard isSecond[Int(bytes[start + 1])] else { return }
    for (number, text) in texts.enumerated() where matches(text, bytes, at: start) { found.insert(number) }
  }

  private func matches(_ text: [UInt8], _ bytes: UnsafeBufferPointer<UInt8>, at start: Int) -> Bool {
    guard start + text.count <= bytes.count else { return false }
    for (place, byte) in text.enumerated() where bytes[start + place] != byte { return false }
    return text.count > 1
  }
}
