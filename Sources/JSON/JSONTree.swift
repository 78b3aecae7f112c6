/// Which names a text may have that some programs read as something else. Names with escapes count for any.
package struct UnusualNames: Sendable {
  /// A name that begins with a digit.
  package var hasDigits = false
  /// `__proto__`
  package var hasPrototype = false

  package init() {}
}

extension JSONValue {
  /// The value that the whole of `bytes` spells, as strictly as I-JSON (RFC 7493) asks.
  package static func strict(_ bytes: [UInt8], maximumDepth: Int = 128) throws(JSONFailure) -> JSONValue {
    var names = UnusualNames()
    return try strict(bytes, maximumDepth: maximumDepth, &names)
  }

  /// The value that the whole of `bytes` spells, as strictly as I-JSON (RFC 7493) asks.
  ///
  /// The same as `JSONParser.parse(_:strict: true)`, over the faster cursor.
  package static func strict(
    _ bytes: [UInt8], maximumDepth: Int = 128, _ names: inout UnusualNames
  ) throws(JSONFailure) -> JSONValue {
    var failure: JSONFailure?
    var value = JSONValue.null
    bytes.withUnsafeBufferPointer { buffer in
      do throws(JSONFailure) {
        var cursor = JSONCursor(buffer, maximumDepth: maximumDepth)
        value = try tree(&cursor, &names)
        try cursor.finish()
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return value
  }

  private static func tree(
    _ cursor: inout JSONCursor, _ unusual: inout UnusualNames
  ) throws(JSONFailure) -> JSONValue {
    switch try cursor.peek() {
    case .null:
      try cursor.skip()
      return .null
    case .bool: return .bool(try cursor.bool())
    case .number: return .number(try cursor.number())
    case .string: return .string(try cursor.string())
    case .array:
      var elements: [JSONValue] = []
      try cursor.array { cursor throws(JSONFailure) in elements.append(try tree(&cursor, &unusual)) }
      return .array(elements)
    case .object:
      var members: [Member] = []
      members.reserveCapacity(8)
      // Few names are compared with each other; from some on, a table is faster.
      var window = NameWindow()
      var isPlain = true
      var names: Set<[UInt8]> = []
      try cursor.object { cursor, decoded, raw throws(JSONFailure) in
        let name = decoded.map { String(decoding: $0, as: UTF8.self) } ?? String(decoding: raw, as: UTF8.self)
        if let first = raw.first, first == 0x5F || 0x30...0x39 ~= first || decoded != nil {
          if first != 0x5F || decoded != nil { unusual.hasDigits = true }
          if decoded != nil || raw.count == 9 { unusual.hasPrototype = true }
        }
        isPlain = isPlain && decoded == nil && window.hasRoom
        let isThere: Bool
        if isPlain {
          isThere = !window.insert(raw)
        } else {
          if names.isEmpty, members.count >= 24 { for member in members { names.insert(Array(member.name.utf8)) } }
          isThere =
            names.isEmpty
            ? members.contains { $0.name.hasBytes(of: name) } : !names.insert(Array(name.utf8)).inserted
        }
        if isThere { throw cursor.failure("the member '\(name)' is there twice") }
        members.append(Member(name, try tree(&cursor, &unusual)))
      }
      return .object(members)
    }
  }
}
