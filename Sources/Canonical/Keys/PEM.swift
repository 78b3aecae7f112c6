/// Bytes in the textual encoding of RFC 7468.
package enum PEM {
  /// The text of some bytes under a label.
  package static func encode(_ bytes: [UInt8], label: String, width: Int = 64) -> String {
    var text = "-----BEGIN \(label)-----\n"
    let encoded = Array(Base64.encode(bytes).utf8)
    for start in stride(from: 0, to: encoded.count, by: width) {
      text += String(decoding: encoded[start..<min(encoded.count, start + width)], as: UTF8.self) + "\n"
    }
    return text + "-----END \(label)-----\n"
  }

  /// The label and the bytes of the one text in a file; nil if there is none, or more than one.
  package static func decode(_ file: [UInt8]) -> (label: String, bytes: [UInt8])? {
    let lines = file.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D })
    guard let first = lines.first, let last = lines.last, lines.count > 2, first.starts(with: "-----BEGIN ".utf8),
      first.suffix(5).elementsEqual("-----".utf8)
    else { return nil }
    let label = String(decoding: first.dropFirst("-----BEGIN ".utf8.count).dropLast(5), as: UTF8.self)
    var body: [UInt8] = []
    body.reserveCapacity(file.count)
    for line in lines[1..<(lines.count - 1)] { body += line }
    guard last.elementsEqual("-----END \(label)-----".utf8), let bytes = Base64.decode(body) else { return nil }
    return (label, bytes)
  }
}
