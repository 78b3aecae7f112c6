package import JSON

/// JSON as clawdstrike's Rust code writes it before it hashes, for checking and making its hashes only.
///
/// It differs from RFC 8785 in that names are sorted by their UTF-8 bytes, U+007F to U+009F are escaped, and whole numbers
/// of 64 bits stay exact. It also reads some fractions one digit off: numbers for which that could be are refused, as are
/// names that repeat.
package enum ReferenceJSON {
  /// The text of a value.
  package static func bytes(_ value: JSONValue) throws(CanonicalJSON.Failure) -> [UInt8] {
    var writer = ByteWriter(capacity: 4096)
    try write(value, to: &writer)
    return writer.bytes()
  }

  private static func write(_ value: JSONValue, to writer: inout ByteWriter) throws(CanonicalJSON.Failure) {
    switch value {
    case .null: writer.append("null")
    case .bool(let value): writer.append(value ? "true" : "false")
    case .number(let text): try write(number: text, to: &writer)
    case .string(let text): write(string: text, to: &writer)
    case .array(let elements):
      writer.append(0x5B)
      for index in elements.indices {
        if index > 0 { writer.append(0x2C) }
        try write(elements[index], to: &writer)
      }
      writer.append(0x5D)
    case .object(let members):
      let sorted = members.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
      writer.append(0x7B)
      for index in sorted.indices {
        if index > 0 {
          if sorted[index - 1].name.utf8.elementsEqual(sorted[index].name.utf8) {
            throw .init(message: "the member '\(sorted[index].name)' is there twice")
          }
          writer.append(0x2C)
        }
        write(string: sorted[index].name, to: &writer)
        writer.append(0x3A)
        try write(sorted[index].value, to: &writer)
      }
      writer.append(0x7D)
    }
  }

  private static func write(string: String, to writer: inout ByteWriter) {
    let isEscaped: (Unicode.Scalar) -> Bool = { 0x7F...0x9F ~= $0.value }
    guard string.unicodeScalars.contains(where: isEscaped) else { return StringWriter.write(string, to: &writer) }
    writer.append(0x22)
    for scalar in string.unicodeScalars {
      writer.reserve(6)
      if isEscaped(scalar) {
        StringWriter.unicode(UInt8(scalar.value), to: &writer)
      } else {
        _ = StringWriter.write(scalar, to: &writer)
      }
    }
    writer.append(0x22)
  }

  private static func write(number text: String, to writer: inout ByteWriter) throws(CanonicalJSON.Failure) {
    let isWhole = !text.utf8.contains { $0 == 0x2E || $0 == 0x65 || $0 == 0x45 }
    if isWhole {
      guard let shown = Int64(text).map({ String($0) }) ?? UInt64(text).map({ String($0) }) else {
        throw .init(message: "the number \(text) has more than 64 bits")
      }
      writer.reserve(shown.utf8.count)
      for byte in shown.utf8 { writer.put(byte) }
      return
    }
    guard isExactInReference(text), let value = Double(text), value.isFinite else {
      throw .init(message: "the number \(text) may be read one digit off by the reference")
    }
    CanonicalNumber.write(value, to: &writer)
  }

  /// Whether multiplying or dividing the digits by a power of ten, as the reference does, gives the nearest double: with at
  /// most 15 digits and 22 places both are exact.
  private static func isExactInReference(_ text: String) -> Bool {
    var (digits, places) = (0, 0)
    var isBehindPoint = false
    let parts = text.utf8.split(maxSplits: 1, whereSeparator: { $0 | 0x20 == 0x65 })
    for byte in parts.first ?? text.utf8[...] {
      if byte == 0x2E { isBehindPoint = true }
      guard 0x30...0x39 ~= byte else { continue }
      digits += 1
      if isBehindPoint { places -= 1 }
    }
    if parts.count == 2 {
      guard let written = Int(String(decoding: parts[1], as: UTF8.self)), written.magnitude < 100 else { return false }
      places += written
    }
    return digits <= 15 && -22...22 ~= places
  }
}
