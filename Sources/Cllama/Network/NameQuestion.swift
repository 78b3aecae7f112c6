/// A question to a name server (RFC 1035), and the answer that there is no such name.
package struct NameQuestion: Sendable, Equatable {
  /// The name with dots, in small letters; `.` for the root.
  package var name: String
  /// What is asked for: 1 is an IPv4 address, 28 an IPv6 address.
  package var type: UInt16
  private let header: [UInt8]
  private let question: [UInt8]

  /// Reads a datagram; nil for what is no plain question.
  package init?(_ bytes: [UInt8]) {
    // One question, and no answer among it.
    guard bytes.count >= 17, bytes.count <= 512, bytes[2] & 0xF8 == 0, bytes[4] == 0, bytes[5] == 1 else { return nil }
    var index = 12
    var labels: [String] = []
    while true {
      guard index < bytes.count else { return nil }
      let length = Int(bytes[index])
      if length == 0 { break }
      guard length < 64, index + 1 + length < bytes.count else { return nil }
      // Anything but a letter, digit, hyphen or underscore is shown as a question mark: the name goes into the record.
      let label = bytes[(index + 1)...(index + length)].map { byte -> UInt8 in
        switch byte {
        case 0x30...0x39, 0x61...0x7A, 0x2D, 0x5F: byte
        case 0x41...0x5A: byte | 0x20
        default: 0x3F
        }
      }
      labels.append(String(decoding: label, as: UTF8.self))
      index += length + 1
      guard index - 12 < 255 else { return nil }
    }
    guard index + 5 <= bytes.count else { return nil }
    name = labels.isEmpty ? "." : labels.joined(separator: ".")
    type = UInt16(bytes[index + 1]) << 8 | UInt16(bytes[index + 2])
    header = Array(bytes[..<12])
    question = Array(bytes[12..<(index + 5)])
  }

  /// The answer that there is no such name, and that nobody else need be asked.
  package var refusal: [UInt8] {
    var bytes = header
    // An answer, by authority, to a question that wanted recursion or not; recursion is there; NXDOMAIN.
    bytes[2] = 0x84 | (header[2] & 0x01)
    bytes[3] = 0x83
    for index in 6..<12 { bytes[index] = 0 }
    return bytes + question
  }
}
