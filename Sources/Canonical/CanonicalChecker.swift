internal import JSON

/// Tests whether a text is canonical JSON without writing it anew.
package struct CanonicalChecker: ~Copyable {
  /// The members of the outermost object of the text that was tested last.
  package private(set) var members: [CanonicalMembers.Member] = []
  private var number = ByteWriter(capacity: 64)

  package init() { members.reserveCapacity(16) }

  /// Whether `CanonicalText.canonical` would give back the same bytes.
  package mutating func isCanonical(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    members.removeAll(keepingCapacity: true)
    guard let start = bytes.baseAddress else { return false }
    var offset = 0
    return value(bytes, start, &offset, depth: 0) && offset == bytes.count
  }

  private mutating func value(
    _ bytes: UnsafeBufferPointer<UInt8>, _ start: UnsafePointer<UInt8>, _ offset: inout Int, depth: Int
  ) -> Bool {
    guard offset < bytes.count else { return false }
    switch start[offset] {
    case 0x22:
      var isPlain = true
      return Self.string(bytes, start, &offset, &isPlain)
    case 0x7B: return object(bytes, start, &offset, depth: depth + 1)
    case 0x5B: return array(bytes, start, &offset, depth: depth + 1)
    case 0x74: return Self.word("true", bytes, start, &offset)
    case 0x66: return Self.word("false", bytes, start, &offset)
    case 0x6E: return Self.word("null", bytes, start, &offset)
    default: return number(bytes, start, &offset)
    }
  }

  private static func word(
    _ word: StaticString, _ bytes: UnsafeBufferPointer<UInt8>, _ start: UnsafePointer<UInt8>, _ offset: inout Int
  ) -> Bool {
    let length = word.utf8CodeUnitCount
    guard bytes.count - offset >= length else { return false }
    for index in 0..<length where start[offset + index] != word.utf8Start[index] { return false }
    offset += length
    return true
  }

  @inline(__always)
  private mutating func number(
    _ bytes: UnsafeBufferPointer<UInt8>, _ start: UnsafePointer<UInt8>, _ offset: inout Int
  ) -> Bool {
    // Most numbers are short and whole, and have one spelling.
    var index = offset
    if start[index] == 0x2D { index += 1 }
    let first = index
    while index < bytes.count, 0x30...0x39 ~= start[index] { index += 1 }
    let isWhole = index == bytes.count || start[index] != 0x2E && start[index] | 0x20 != 0x65
    if isWhole, 1...15 ~= index - first, start[first] != 0x30 || index - first == 1 && first == offset {
      offset = index
      return true
    }
    return written(bytes, &offset)
  }

  @inline(never)
  private mutating func written(_ bytes: UnsafeBufferPointer<UInt8>, _ offset: inout Int) -> Bool {
    let rest = UnsafeBufferPointer(rebasing: bytes[offset...])
    number.count = 0
    do throws(NumberText.Failure) {
      let text = try NumberText(rest)
      try text.write(rest, to: &number)
      guard number.count == text.length, (0..<number.count).allSatisfy({ number.base[$0] == rest[$0] }) else {
        return false
      }
      offset += text.length
      return true
    } catch {
      return false
    }
  }

  private mutating func array(
    _ bytes: UnsafeBufferPointer<UInt8>, _ start: UnsafePointer<UInt8>, _ offset: inout Int, depth: Int
  ) -> Bool {
    guard depth <= CanonicalText.maximumDepth else { return false }
    offset += 1
    if offset < bytes.count, start[offset] == 0x5D {
      offset += 1
      return true
    }
    while true {
      guard value(bytes, start, &offset, depth: depth), offset < bytes.count else { return false }
      offset += 1
      if start[offset - 1] == 0x5D { return true }
      guard start[offset - 1] == 0x2C else { return false }
    }
  }

  private mutating func object(
    _ bytes: UnsafeBufferPointer<UInt8>, _ start: UnsafePointer<UInt8>, _ offset: inout Int, depth: Int
  ) -> Bool {
    guard depth <= CanonicalText.maximumDepth else { return false }
    offset += 1
    if offset < bytes.count, start[offset] == 0x7D {
      offset += 1
      return true
    }
    var previous: (range: Range<Int>, isPlain: Bool)?
    while true {
      guard offset < bytes.count, start[offset] == 0x22 else { return false }
      let nameStart = offset + 1
      var isPlain = true
      guard Self.string(bytes, start, &offset, &isPlain), offset < bytes.count, start[offset] == 0x3A else {
        return false
      }
      let name = nameStart..<offset - 1
      if let previous {
        let (left, right) = (
          UnsafeBufferPointer(rebasing: bytes[previous.range]), UnsafeBufferPointer(rebasing: bytes[name])
        )
        guard MemberOrder.isBefore(left, right, isPlain: previous.isPlain && isPlain) else { return false }
      }
      previous = (name, isPlain)
      offset += 1
      let valueStart = offset
      guard value(bytes, start, &offset, depth: depth), offset < bytes.count else { return false }
      if depth == 1 { members.append(.init(name: name, value: valueStart..<offset)) }
      offset += 1
      if start[offset - 1] == 0x7D { return true }
      guard start[offset - 1] == 0x2C else { return false }
    }
  }

  /// Passes over a string in its one spelling.
  @inline(__always)
  private static func string(
    _ bytes: UnsafeBufferPointer<UInt8>, _ start: UnsafePointer<UInt8>, _ offset: inout Int, _ isPlain: inout Bool
  ) -> Bool {
    offset += 1
    while true {
      offset += PlainText.skip(start + offset, bytes.count - offset)
      guard offset < bytes.count else { return false }
      let byte = start[offset]
      switch byte {
      case 0x22:
        offset += 1
        return true
      case 0x5C:
        isPlain = false
        guard escape(bytes, start, &offset) else { return false }
      case 0..<0x20: return false
      case 0x20..<0x80: offset += 1
      default:
        let length = UTF8Scalar.length(bytes, offset)
        guard length > 0 else { return false }
        offset += length
      }
    }
  }

  private static func escape(
    _ bytes: UnsafeBufferPointer<UInt8>, _ start: UnsafePointer<UInt8>, _ offset: inout Int
  ) -> Bool {
    guard bytes.count - offset >= 2 else { return false }
    switch start[offset + 1] {
    case 0x22, 0x5C, 0x62, 0x66, 0x6E, 0x72, 0x74:
      offset += 2
      return true
    case 0x75:
      // A control character that has no letter, in lower-case digits.
      guard bytes.count - offset >= 6, start[offset + 2] == 0x30, start[offset + 3] == 0x30,
        let high = Hexadecimal.value(start[offset + 4]), let low = Hexadecimal.value(start[offset + 5]),
        !(0x41...0x46 ~= start[offset + 5])
      else { return false }
      let value = high << 4 | low
      guard value < 0x20, ![0x08, 0x09, 0x0A, 0x0C, 0x0D].contains(value) else { return false }
      offset += 6
      return true
    default: return false
    }
  }
}
