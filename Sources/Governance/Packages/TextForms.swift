import JSON

/// Forms of texts that many artifacts have.
enum TextForms {
  /// Calls `body` with the bytes of a text.
  @inline(__always)
  static func withBytes<Result>(_ text: String, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    if let result = text.utf8.withContiguousStorageIfAvailable(body) { return result }
    return Array(text.utf8).withUnsafeBufferPointer(body)
  }

  /// 64 lower-case hexadecimal digits.
  static func isHash(_ text: String) -> Bool {
    guard text.utf8.count == 64 else { return false }
    return withBytes(text) { bytes in
      var isRight = true
      for byte in bytes { isRight = isRight && (0x30...0x39 ~= byte || 0x61...0x66 ~= byte) }
      return isRight
    }
  }

  /// A UUID of version 4 (RFC 9562), its digits in either case.
  static func isUUID(_ text: String) -> Bool {
    guard text.utf8.count == 36 else { return false }
    return withBytes(text) { bytes in
      for index in 0..<36 {
        let byte = bytes[index]
        switch index {
        case 8, 13, 18, 23: if byte != 0x2D { return false }
        case 14: if byte != 0x34 { return false }
        case 19:
          switch byte {
          case 0x38, 0x39, 0x41, 0x42, 0x61, 0x62: break
          default: return false
          }
        default:
          switch byte {
          case 0x30...0x39, 0x41...0x46, 0x61...0x66: break
          default: return false
          }
        }
      }
      return true
    }
  }

  /// A path below the repository's root, written in one way.
  static func isPath(_ text: String) -> Bool {
    let bytes = text.utf8
    guard let first = bytes.first, first != 0x2F, !bytes.contains(0x5C), !bytes.contains(where: { $0 < 0x20 }) else {
      return false
    }
    var previous: UInt8 = 0
    for byte in bytes {
      if byte == 0x2E, previous == 0x2E { return false }
      previous = byte
    }
    return true
  }

  /// The whole number that a text of JSON stands for; `1.0` and `1e2` are such numbers too.
  static func integer(_ text: String) -> Int? {
    if let number = Int(text) { return number }
    guard let number = Double(text), number.magnitude <= 9_007_199_254_740_991 else { return nil }
    return Int(exactly: number)
  }

  /// Whether two texts are the same by their bytes; Swift's `==` also takes texts for equal that only look so.
  static func same(_ left: String, _ right: String) -> Bool { left.hasBytes(of: right) }
}

/// A text that is equal to another only by its bytes.
struct Exact: Hashable {
  private let text: String

  init(_ text: String) { self.text = text }

  static func == (left: Self, right: Self) -> Bool { left.text.hasBytes(of: right.text) }

  func hash(into hasher: inout Hasher) {
    let isDone: Void? = text.utf8.withContiguousStorageIfAvailable { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    if isDone == nil { for byte in text.utf8 { hasher.combine(byte) } }
  }
}

extension Sequence<String> {
  /// The texts as a set by their bytes.
  var exact: Set<Exact> { Set(map { Exact($0) }) }

  /// Whether a text is among them, by its bytes.
  func has(_ text: String) -> Bool { contains { TextForms.same($0, text) } }
}
