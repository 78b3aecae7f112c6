extension JSONValue {
  /// The value as JSON text: on one line, or with two spaces of indentation. Only what JSON requires is escaped.
  public func text(indented: Bool = false) -> String {
    var bytes: [UInt8] = []
    write(to: &bytes, depth: indented ? 0 : nil)
    return String(decoding: bytes, as: UTF8.self)
  }

  private func write(to bytes: inout [UInt8], depth: Int?) {
    switch self {
    case .null: bytes += "null".utf8
    case .bool(let value): bytes += (value ? "true" : "false").utf8
    case .number(let text): bytes += text.utf8
    case .string(let text): Self.write(string: text, to: &bytes)
    case .array(let elements):
      Self.write(elements, open: "[", close: "]", to: &bytes, depth: depth) { element, bytes, depth in
        element.write(to: &bytes, depth: depth)
      }
    case .object(let members):
      Self.write(members, open: "{", close: "}", to: &bytes, depth: depth) { member, bytes, depth in
        Self.write(string: member.name, to: &bytes)
        bytes += (depth == nil ? ":" : ": ").utf8
        member.value.write(to: &bytes, depth: depth)
      }
    }
  }

  private static func write<Item>(
    _ items: [Item], open: String, close: String, to bytes: inout [UInt8], depth: Int?,
    _ body: (Item, inout [UInt8], Int?) -> Void
  ) {
    bytes += open.utf8
    for (index, item) in items.enumerated() {
      if index > 0 { bytes.append(0x2C) }
      breakLine(&bytes, depth.map { $0 + 1 })
      body(item, &bytes, depth.map { $0 + 1 })
    }
    if !items.isEmpty { breakLine(&bytes, depth) }
    bytes += close.utf8
  }

  private static func breakLine(_ bytes: inout [UInt8], _ depth: Int?) {
    guard let depth else { return }
    bytes.append(0x0A)
    bytes.append(contentsOf: repeatElement(0x20, count: depth * 2))
  }

  /// Appends a JSON string literal.
  public static func write(string: String, to bytes: inout [UInt8]) {
    bytes.append(0x22)
    defer { bytes.append(0x22) }
    var string = string
    // Almost every text stands there as it is.
    let isWritten = string.withUTF8 { text in
      guard text.allSatisfy({ $0 >= 0x20 && $0 != 0x22 && $0 != 0x5C }) else { return false }
      bytes.append(contentsOf: text)
      return true
    }
    if isWritten { return }
    for byte in string.utf8 {
      switch byte {
      case 0x22: bytes += [0x5C, 0x22]
      case 0x5C: bytes += [0x5C, 0x5C]
      case 0x08: bytes += [0x5C, 0x62]
      case 0x09: bytes += [0x5C, 0x74]
      case 0x0A: bytes += [0x5C, 0x6E]
      case 0x0C: bytes += [0x5C, 0x66]
      case 0x0D: bytes += [0x5C, 0x72]
      case 0..<0x20:
        let digits = Array("0123456789abcdef".utf8)
        bytes += [0x5C, 0x75, 0x30, 0x30, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      default: bytes.append(byte)
      }
    }
  }
}
