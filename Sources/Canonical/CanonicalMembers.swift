import JSON

/// The members of an object in canonical JSON, found without reading their values.
package struct CanonicalMembers: Sendable, Equatable {
  /// A member: where its name stands (without quotes) and where its value does.
  package struct Member: Sendable, Equatable {
    package var name: Range<Int>
    package var value: Range<Int>
  }

  package var members: [Member]

  /// The members of the object that `bytes` spells; nil if it is none. What it spells must have been checked: the text of a
  /// value is only skipped.
  package init?(_ bytes: UnsafeBufferPointer<UInt8>) {
    members = []
    guard bytes.count >= 2, bytes[0] == 0x7B, bytes[bytes.count - 1] == 0x7D else { return nil }
    if bytes.count == 2 { return }
    var offset = 1
    while offset < bytes.count {
      guard bytes[offset] == 0x22, let nameEnd = Self.stringEnd(bytes, offset), nameEnd < bytes.count,
        bytes[nameEnd] == 0x3A, let end = Self.valueEnd(bytes, nameEnd + 1), end < bytes.count
      else { return nil }
      members.append(Member(name: offset + 1..<nameEnd - 1, value: nameEnd + 1..<end))
      if bytes[end] == 0x7D {
        guard end == bytes.count - 1 else { return nil }
        return
      }
      guard bytes[end] == 0x2C else { return nil }
      offset = end + 1
    }
    return nil
  }

  /// The same for a slice; the ranges are counted from its start.
  package init?(_ bytes: ArraySlice<UInt8>) {
    guard let members = bytes.withUnsafeBufferPointer({ CanonicalMembers($0) }) else { return nil }
    self = members
  }

  package init?(_ bytes: [UInt8]) { self.init(bytes[...]) }

  /// The elements of the array that a slice spells; nil if it is none. What it spells must have been checked.
  package static func elements(_ bytes: ArraySlice<UInt8>) -> [ArraySlice<UInt8>]? {
    guard bytes.count >= 2, bytes.first == 0x5B, bytes.last == 0x5D else { return nil }
    let ends = bytes.withUnsafeBufferPointer { buffer -> [Int]? in
      var ends: [Int] = []
      var offset = 1
      while buffer.count > 2, offset < buffer.count {
        guard let end = valueEnd(buffer, offset), end < buffer.count else { return nil }
        ends.append(end)
        offset = end + 1
      }
      return ends
    }
    guard let ends else { return nil }
    var start = bytes.startIndex + 1
    return ends.map { end in
      defer { start = bytes.startIndex + end + 1 }
      return bytes[start..<bytes.startIndex + end]
    }
  }

  /// Where the string that starts at `start` ends, its quote included.
  @inline(__always)
  package static func stringEnd(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int? {
    var offset = start + 1
    while offset < bytes.count {
      while bytes.count - offset >= 8, let base = bytes.baseAddress {
        let (_, length) = PlainText.run(base + offset, allowsHigh: true)
        offset += length
        if length < 8 { break }
      }
      guard offset < bytes.count else { return nil }
      switch bytes[offset] {
      case 0x22: return offset + 1
      case 0x5C: offset += 2
      default: offset += 1
      }
    }
    return nil
  }

  /// Where the value that starts at `start` ends: at the comma or bracket behind it.
  @inline(__always)
  private static func valueEnd(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int? {
    var (offset, depth) = (start, 0)
    while offset < bytes.count {
      switch bytes[offset] {
      case 0x22:
        guard let end = stringEnd(bytes, offset) else { return nil }
        offset = end
      case 0x7B, 0x5B:
        depth += 1
        offset += 1
      case 0x7D, 0x5D:
        if depth == 0 { return offset > start ? offset : nil }
        depth -= 1
        offset += 1
      case 0x2C:
        if depth == 0 { return offset > start ? offset : nil }
        offset += 1
      default: offset += 1
      }
    }
    return nil
  }
}

/// Strings in canonical JSON.
package enum CanonicalString {
  /// What a string with its quotes stands for; nil if the bytes are none.
  package static func text(_ value: ArraySlice<UInt8>) -> String? {
    guard value.count >= 2, value.first == 0x22, value.last == 0x22 else { return nil }
    if !value.contains(0x5C) { return String(decoding: value.dropFirst().dropLast(), as: UTF8.self) }
    return (try? JSONParser.parse(value, strict: true))?.string
  }
}
