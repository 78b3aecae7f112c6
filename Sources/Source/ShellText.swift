/// Texts as words of a POSIX shell: the one place that quotes for shells.
package enum ShellText {
  /// A word that a shell takes for exactly this text, in quotes where it needs them.
  ///
  /// By bytes: to Swift, a quote with a combining accent behind it is another character than a quote.
  package static func word(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { $0.isASCIIAlphanumeric || plain.contains($0) }
    return isPlain && !text.isEmpty ? text : quoted(text)
  }

  /// The same, always in quotes.
  package static func quoted(_ text: String) -> String {
    var bytes: [UInt8] = [0x27]
    bytes.reserveCapacity(text.utf8.count + 2)
    for byte in text.utf8 {
      if byte == 0x27 { bytes += [0x27, 0x5C, 0x27] }
      bytes.append(byte)
    }
    bytes.append(0x27)
    return String(decoding: bytes, as: UTF8.self)
  }

  private static let plain = Set("-_./:=@,+%".utf8)
}
