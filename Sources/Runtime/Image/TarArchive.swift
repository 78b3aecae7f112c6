import Source

/// A tar archive in the ustar form whose bytes depend on nothing but what is put in: no time, no names of users.
struct TarArchive {
  /// Who an entry belongs to, by number.
  struct Owner {
    var user: Int
    var group: Int
    static let root = Owner(user: 0, group: 0)
  }

  private(set) var bytes: [UInt8] = []

  /// Adds a folder; the archive has it before what lies in it.
  mutating func add(folder path: String, owner: Owner = .root) {
    bytes += header(path + "/", size: 0, mode: 0o755, owner: owner, type: UInt8(ascii: "5"))
  }

  /// Adds a file.
  mutating func add(file path: String, _ content: [UInt8], mode: Int = 0o644) {
    bytes += header(path, size: content.count, mode: mode, owner: .root, type: UInt8(ascii: "0"))
    bytes += content
    pad()
  }

  /// The archive, with its end.
  func finished() -> [UInt8] { bytes + [UInt8](repeating: 0, count: 1024) }

  private mutating func pad() {
    let rest = bytes.count % 512
    if rest != 0 { bytes += [UInt8](repeating: 0, count: 512 - rest) }
  }

  /// Source: POSIX pax(1), "ustar Interchange Format". Paths here are shorter than the 100 bytes of the field.
  private func header(_ path: String, size: Int, mode: Int, owner: Owner, type: UInt8) -> [UInt8] {
    var block = [UInt8](repeating: 0, count: 512)
    func put(_ text: some Sequence<UInt8>, at offset: Int) {
      for (index, byte) in text.enumerated() { block[offset + index] = byte }
    }
    func octal(_ number: Int, digits: Int) -> [UInt8] {
      let text = String(number, radix: 8)
      return Array((String(repeating: "0", count: max(0, digits - text.utf8.count)) + text).utf8)
    }
    put(path.utf8.prefix(100), at: 0)
    put(octal(mode, digits: 7), at: 100)
    put(octal(owner.user, digits: 7), at: 108)
    put(octal(owner.group, digits: 7), at: 116)
    put(octal(size, digits: 11), at: 124)
    put(octal(0, digits: 11), at: 136)
    block[156] = type
    put("ustar".utf8, at: 257)
    put("00".utf8, at: 263)
    // The sum is made with blanks in its place.
    for index in 148..<156 { block[index] = 0x20 }
    let sum = block.reduce(0) { $0 + Int($1) }
    put(octal(sum, digits: 6), at: 148)
    block[154] = 0
    return block
  }
}
