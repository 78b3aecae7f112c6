import Canonical

/// The hashes that bind the lines of a record to each other: each is over the hash before it and the line without its own.
enum RecordChain {
  /// What stands before the first line.
  static let start = [UInt8](repeating: 0, count: 32)

  /// How many bytes `,"chain":"<64>"}` has, with which every line ends.
  private static let tail = 76

  /// The hash of a line.
  ///
  /// - Parameter content: the line up to its own hash.
  static func hash(_ content: some Sequence<UInt8>, after before: [UInt8]) -> [UInt8] {
    var digest = RunningDigest()
    digest.add(before)
    digest.add(Array(content))
    return digest.value
  }

  /// The hash that a line states; nil for what is no line of a record.
  static func stated(_ line: ArraySlice<UInt8>) -> [UInt8]? {
    guard line.count >= tail else { return nil }
    return Hash256(hex: String(decoding: line.suffix(66).prefix(64), as: UTF8.self))?.bytes
  }

  /// The hash of its digits.
  static func stated(hex: String) -> [UInt8]? { Hash256(hex: hex)?.bytes }

  /// Whether a line follows from the hash before it.
  static func follows(_ line: ArraySlice<UInt8>, _ before: [UInt8]) -> Bool {
    stated(line).map { $0 == hash(line.dropLast(tail), after: before) } ?? false
  }
}
