/// The order in which the reference's runtime sorts texts (ICU's root collation), as far as ASCII goes. What is beyond
/// depends on the version and the locale of the machine, so that nobody can know it afterwards.
enum Collation {
  /// The place of each printable character in the first pass, in which letters have no case.
  private static let places: [UInt8] = {
    var places = [UInt8](repeating: 0, count: 128)
    var next: UInt8 = 1
    for byte in Array(##" _-,;:!?.'"()[]{}@*/\&#%`^+<=>|~$0123456789"##.utf8) {
      places[Int(byte)] = next
      next += 1
    }
    for byte: UInt8 in 0x61...0x7A {
      places[Int(byte)] = next
      places[Int(byte - 0x20)] = next
      next += 1
    }
    return places
  }()

  /// Whether the order of a text is known.
  static func isKnown(_ text: String) -> Bool { text.utf8.allSatisfy { 0x20...0x7E ~= $0 } }

  /// Below zero if a text comes before another, above if behind, zero if they are the same.
  static func compare(_ left: String, _ right: String) -> Int {
    let (left, right) = (Array(left.utf8), Array(right.utf8))
    for (first, second) in zip(left, right) {
      let (a, b) = (places[Int(first & 0x7F)], places[Int(second & 0x7F)])
      if a != b { return Int(a) - Int(b) }
    }
    if left.count != right.count { return left.count - right.count }
    // The same but for case: small letters come first.
    for (first, second) in zip(left, right) where first != second { return Int(second) - Int(first) }
    return 0
  }
}
