/// A JSON text that was checked, and is made a value only if somebody wants one.
package struct LazyJSON: Sendable {
  private enum Storage: Sendable {
    case text([UInt8])
    case value(JSONValue)
  }

  private let storage: Storage

  /// Wraps a text that `JSONCursor` has passed over.
  package init(_ checked: Slice<UnsafeBufferPointer<UInt8>>) {
    storage = .text(Array(UnsafeBufferPointer(rebasing: checked)))
  }

  /// Wraps a value.
  package init(_ value: JSONValue) { storage = .value(value) }

  /// The value; null where the text has a name twice, which a cursor does not see.
  package var value: JSONValue {
    switch storage {
    case .text(let bytes): (try? JSONParser.parse(bytes[...], strict: true)) ?? .null
    case .value(let value): value
    }
  }

  /// The text of a member of this object, if it is a text.
  package func string(_ name: String) -> String? {
    guard case .text(let bytes) = storage else { return value[name]?.string }
    return bytes.withUnsafeBufferPointer { buffer in
      var cursor = JSONCursor(buffer)
      var found: String?
      try? cursor.object { cursor, decoded, raw throws(JSONFailure) in
        let isMeant = decoded?.elementsEqual(name.utf8) ?? name.hasBytes(raw.bindMemory(to: UInt8.self))
        if isMeant, try cursor.peek() == .string { found = try cursor.string() } else { try cursor.skip() }
      }
      return found
    }
  }

  /// How many bytes it has without white space, escaped no more than JSON asks for.
  package var compactSize: Int {
    switch storage {
    case .text(let bytes): Self.size(of: bytes)
    case .value(let value): Self.size(of: Array(value.text().utf8))
    }
  }

  private static func size(of bytes: [UInt8]) -> Int {
    var count = 0
    var index = 0
    var isInString = false
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      if !isInString {
        if byte == 0x22 { isInString = true }
        if byte != 0x20, byte != 0x09, byte != 0x0A, byte != 0x0D { count += 1 }
        continue
      }
      if byte == 0x22 { isInString = false }
      guard byte == 0x5C, index < bytes.count else {
        count += 1
        continue
      }
      let letter = bytes[index]
      index += 1
      switch letter {
      case 0x2F: count += 1
      case 0x75:
        let unit = bytes[index..<min(index + 4, bytes.count)].reduce(0) { $0 << 4 | (JSONParser.hexadecimal($1) ?? 0) }
        index += 4
        switch unit {
        case 0x08, 0x09, 0x0A, 0x0C, 0x0D, 0x22, 0x5C: count += 2
        case 0..<0x20: count += 6
        case 0x20..<0x80: count += 1
        case 0x80..<0x800: count += 2
        case 0xD800..<0xDC00:
          count += 4
          index += 6
        default: count += 3
        }
      default: count += 2
      }
    }
    return count
  }
}

extension LazyJSON: ExpressibleByDictionaryLiteral {
  /// An object with members in the order written.
  package init(dictionaryLiteral elements: (String, JSONValue)...) {
    self.init(.object(elements.map(JSONValue.Member.init)))
  }
}
