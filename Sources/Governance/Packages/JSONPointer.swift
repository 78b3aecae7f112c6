import Canonical
import JSON

/// Pointers into JSON texts (RFC 6901).
enum JSONPointer {
  /// A name as it stands in a pointer.
  static func escaped(_ name: String) -> String {
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

  /// The parts of a pointer.
  private static func parts(_ pointer: String) -> [[UInt8]] {
    pointer.utf8.split(separator: 0x2F, omittingEmptySubsequences: false).dropFirst().map { part in
      var bytes: [UInt8] = []
      var rest = part[...]
      while let byte = rest.popFirst() {
        if byte == 0x7E, let digit = rest.first, digit == 0x30 || digit == 0x31 {
          bytes.append(digit == 0x30 ? 0x7E : 0x2F)
          rest = rest.dropFirst()
        } else {
          bytes.append(byte)
        }
      }
      return bytes
    }
  }

  /// Where the value of a pointer begins in a text; where it is missing, the value around it.
  static func offset(_ pointer: String, in bytes: [UInt8]) -> Int? {
    var found: Int?
    let parts = parts(pointer)
    try? JSONCursor.read(bytes) { cursor throws(JSONFailure) in try find(parts[...], &cursor, &found) }
    return found
  }

  private static func find(
    _ parts: ArraySlice<[UInt8]>, _ cursor: inout JSONCursor, _ found: inout Int?
  ) throws(JSONFailure) {
    let kind = try cursor.peek()
    found = cursor.offset
    guard let part = parts.first else {
      try cursor.skip()
      return
    }
    switch kind {
    case .object:
      try cursor.object { cursor, decoded, raw throws(JSONFailure) in
        if decoded?.elementsEqual(part) ?? raw.elementsEqual(part) {
          try find(parts.dropFirst(), &cursor, &found)
        } else {
          try cursor.skip()
        }
      }
    case .array:
      let wanted = Int(String(decoding: part, as: UTF8.self))
      var index = 0
      try cursor.array { cursor throws(JSONFailure) in
        if index == wanted { try find(parts.dropFirst(), &cursor, &found) } else { try cursor.skip() }
        index += 1
      }
    default: try cursor.skip()
    }
  }
}
