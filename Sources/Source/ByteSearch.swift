/// Finds which of some texts occur in bytes: one pass for all of them.
public struct ByteSearch: Sendable {
  private let texts: [[UInt8]]
  /// Whether a text starts with a byte.
  private let isStart: [Bool]

  /// Looks for texts, none of them empty.
  public init(_ texts: [String]) {
    self.texts = texts.map { Array($0.utf8) }
    var isStart = [Bool](repeating: false, count: 256)
    for text in self.texts { if let first = text.first { isStart[Int(first)] = true } }
    self.isStart = isStart
  }

  /// Adds the indices of the texts that `bytes` holds to `found`.
  public func search(_ bytes: ArraySlice<UInt8>, into found: inout Set<Int>) {
    bytes.withUnsafeBufferPointer { bytes in
      for start in bytes.indices where isStart[Int(bytes[start])] {
        for (number, text) in texts.enumerated() where matches(text, bytes, at: start) { found.insert(number) }
      }
    }
  }

  private func matches(_ text: [UInt8], _ bytes: UnsafeBufferPointer<UInt8>, at start: Int) -> Bool {
    guard start + text.count <= bytes.count else { return false }
    for (place, byte) in text.enumerated() where bytes[start + place] != byte { return false }
    return !text.isEmpty
  }
}
