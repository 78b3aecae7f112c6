/// Random numbers that are the same in every run: a failing case is found again by its seed.
///
/// SplitMix64 (Steele, Lea and Flood, 2014).
package struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  /// Starts at a seed.
  package init(seed: UInt64) { state = seed &+ 0x9E37_79B9_7F4A_7C15 }

  /// The next number.
  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// True once in `count` times.
  package mutating func oneIn(_ count: Int) -> Bool { Int.random(in: 0..<count, using: &self) == 0 }

  /// Any bytes, with those that mean something in our languages more often.
  package mutating func bytes(upTo limit: Int) -> [UInt8] {
    let special =
      Array("\n\n\n\r\t  \"'\\`$#<>{}[](),:=-EOFROMRUN&*!|@%~/.0919".utf8) + [0, 0xC2, 0xA0, 0x85, 0xEF, 0xBB, 0xBF]
    return (0..<Int.random(in: 0...limit, using: &self)).map { _ in
      oneIn(4) ? UInt8.random(in: 0...255, using: &self) : special[Int.random(in: 0..<special.count, using: &self)]
    }
  }

  /// A text with a few random changes: bytes replaced, dropped, doubled, and pieces moved about.
  package mutating func mutated(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...6, using: &self) where !bytes.isEmpty {
      let index = Int.random(in: 0..<bytes.count, using: &self)
      let end = min(bytes.count, index + Int.random(in: 1...24, using: &self))
      switch Int.random(in: 0..<5, using: &self) {
      case 0: bytes[index] = UInt8.random(in: 0...255, using: &self)
      case 1: bytes.removeSubrange(index..<end)
      case 2: bytes.insert(contentsOf: bytes[index..<end], at: Int.random(in: 0...bytes.count, using: &self))
      case 3: bytes.insert(contentsOf: self.bytes(upTo: 8), at: index)
      default: bytes.removeLast(bytes.count - index)
      }
    }
    return bytes
  }
}
