/// Finds which of some texts occur in bytes: one pass for all of them.
public struct ByteSearch: Sendable {
  private let texts: [[UInt8]]
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
    isFirst = table(0)
    isSecond = table(1)
  }

  /// Adds the indices of the texts that `bytes` holds to `found`.
  public func search(_ bytes: ArraySlice<UInt8>, into found: inout Set<Int>) {
    bytes.withUnsafeBufferPointer { bytes in
      isFirst.withUnsafeBufferPointer { isFirst in
        for start in 0..<max(0, bytes.count - 1) where isFirst[Int(bytes[start])] && isSecond[Int(bytes[start + 1])] {
          for (number, text) in texts.enumerated() where matches(text, bytes, at: start) { found.insert(number) }
        }
      }
    }
  }

  private func matches(_ text: [UInt8], _ bytes: UnsafeBufferPointer<UInt8>, at start: Int) -> Bool {
    guard start + text.count <= bytes.count else { return false }
    for (place, byte) in text.enumerated() where bytes[start + place] != byte { return false }
    return text.count > 1
  }
}
