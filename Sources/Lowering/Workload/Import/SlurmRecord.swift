import Source

/// A line of `scontrol --oneliner show …`.
package enum SlurmRecord {
  /// Its words of the form `Key=value`; a value goes on to the next key, since some hold blanks.
  package static func fields(_ line: String) -> [String: String] {
    var result: [String: String] = [:]
    var last: String?
    for word in line.utf8.split(separator: 0x20) {
      let text = String(Substring(word))
      if let equals = text.utf8.firstIndex(of: 0x3D), isKey(text[..<equals]) {
        let key = String(text[..<equals])
        // The first is the record's own: what follows may be free text.
        if result[key] == nil { result[key] = String(text[text.utf8.index(after: equals)...]) }
        last = key
      } else if let key = last {
        result[key] = (result[key] ?? "") + " " + text
      }
    }
    return result
  }

  private static func isKey(_ text: Substring) -> Bool {
    guard let first = text.utf8.first, (0x41...0x5A).contains(first) else { return false }
    return text.utf8.allSatisfy { $0.isASCIIAlphanumeric || $0 == 0x2F || $0 == 0x3A || $0 == 0x5F }
  }
}
