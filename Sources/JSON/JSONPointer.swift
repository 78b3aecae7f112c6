/// Pointers into JSON texts (RFC 6901).
package enum JSONPointer {
  /// A name as it stands in a pointer.
  package static func escaped(_ name: String) -> String {
    guard name.utf8.contains(where: { $0 == 0x7E || $0 == 0x2F }) else { return name }
    var text = ""
    for scalar in name.unicodeScalars {
      switch scalar {
      case "~": text += "~0"
      case "/": text += "~1"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }

  /// The names of a pointer, unescaped; nil if it is none.
  package static func parts(_ pointer: String) -> [[UInt8]]? {
    let bytes = pointer.utf8
    if bytes.isEmpty { return [] }
    guard bytes.first == 0x2F else { return nil }
    var parts: [[UInt8]] = []
    for part in bytes.dropFirst().split(separator: 0x2F, omittingEmptySubsequences: false) {
      var name: [UInt8] = []
      var rest = part[...]
      while let byte = rest.popFirst() {
        guard byte == 0x7E else {
          name.append(byte)
          continue
        }
        switch rest.popFirst() {
        case 0x30: name.append(0x7E)
        case 0x31: name.append(0x2F)
        default: return nil
        }
      }
      parts.append(name)
    }
    return parts
  }

  /// Leads a cursor over the value that stands next to the one that the parts lead to.
  ///
  /// - Parameters:
  ///   - entered: hears where each value on the way begins, the last one too.
  ///   - found: must read the value at the end; not called if there is none.
  package static func follow(
    _ parts: ArraySlice<[UInt8]>, _ cursor: inout JSONCursor, entered: (Int) -> Void = { _ in },
    found: (inout JSONCursor) throws(JSONFailure) -> Void
  ) throws(JSONFailure) {
    let kind = try cursor.peek()
    entered(cursor.offset)
    guard let part = parts.first else { return try found(&cursor) }
    switch kind {
    case .object:
      try cursor.object { cursor, decoded, raw throws(JSONFailure) in
        if decoded?.elementsEqual(part) ?? raw.elementsEqual(part) {
          try follow(parts.dropFirst(), &cursor, entered: entered, found: found)
        } else {
          try cursor.skip()
        }
      }
    case .array:
      // Digits without a leading zero.
      let isIndex = !part.isEmpty && part.allSatisfy { 0x30...0x39 ~= $0 } && (part.count == 1 || part[0] != 0x30)
      let wanted = isIndex ? Int(String(decoding: part, as: UTF8.self)) : nil
      var index = 0
      try cursor.array { cursor throws(JSONFailure) in
        if index == wanted {
          try follow(parts.dropFirst(), &cursor, entered: entered, found: found)
        } else {
          try cursor.skip()
        }
        index += 1
      }
    default: try cursor.skip()
    }
  }
}
