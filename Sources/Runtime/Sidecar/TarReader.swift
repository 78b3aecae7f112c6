/// Reads the plain files of a tar stream (POSIX ustar), as `docker cp` writes it.
package enum TarReader {
  /// The plain files, by the last part of their name.
  ///
  /// What is cut off ends the list: the caller sees that a file it expects is not there.
  package static func files(_ bytes: [UInt8]) -> [(name: String, bytes: [UInt8])] {
    var files: [(String, [UInt8])] = []
    var index = 0
    while index + 512 <= bytes.count {
      let header = bytes[index..<index + 512]
      let name = text(header, 0, 100)
      if name.isEmpty { break }
      guard let size = octal(header, 124, 12), index + 512 + size <= bytes.count else { break }
      let type = header[index + 156]
      if type == 0x30 || type == 0 {
        let last = name.utf8.lastIndex(of: 0x2F).map { String(name[name.utf8.index(after: $0)...]) } ?? name
        files.append((last, Array(bytes[(index + 512)..<(index + 512 + size)])))
      }
      index += 512 + (size + 511) / 512 * 512
    }
    return files
  }

  private static func text(_ header: ArraySlice<UInt8>, _ start: Int, _ count: Int) -> String {
    String(decoding: header.dropFirst(start).prefix(count).prefix { $0 != 0 }, as: UTF8.self)
  }

  private static func octal(_ header: ArraySlice<UInt8>, _ start: Int, _ count: Int) -> Int? {
    let digits = header.dropFirst(start).prefix(count).filter { 0x30...0x37 ~= $0 }
    return Int(String(decoding: digits, as: UTF8.self), radix: 8)
  }
}
