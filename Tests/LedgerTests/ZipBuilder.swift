import Canonical
import Ledger
import Testing

/// Zip files made by hand, each of whose fields can be wrong.
struct ZipBuilder {
  struct Entry {
    var name: [UInt8]
    var content: [UInt8]
    /// What the headers say instead, where they don't say what is true.
    var localName: [UInt8]?
    var method: UInt16 = 0
    var localMethod: UInt16?
    var flags: UInt16 = 0
    var localFlags: UInt16?
    var size: UInt32?
    var localSize: UInt32?
    var packedSize: UInt32?
    var sum: UInt32?
    var localSum: UInt32?
    var maker: UInt16 = 3 << 8 | 20
    var attributes: UInt32 = 0o100644 << 16
    var extra: [UInt8] = []
    var localExtra: [UInt8] = []
    var comment: [UInt8] = []
    var disk: UInt16 = 0
    var time: UInt16?
    /// Bytes in front of the header, and behind the data.
    var before: [UInt8] = []
    var behind: [UInt8] = []
    var offset: UInt32?

    init(_ name: String, _ content: [UInt8] = Array("{}".utf8)) {
      self.name = Array(name.utf8)
      self.content = content
    }
  }

  var entries: [Entry]
  var beforeDirectory: [UInt8] = []
  var behindDirectory: [UInt8] = []
  var behind: [UInt8] = []
  var comment: [UInt8] = []
  var count: UInt16?
  var disk: UInt16 = 0

  static func words16(_ values: UInt16...) -> [UInt8] { values.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] } }
  static func words32(_ values: UInt32...) -> [UInt8] {
    values.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
  }

  /// CRC-32, a bit at a time.
  static func sum(_ bytes: [UInt8]) -> UInt32 {
    var sum: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      sum ^= UInt32(byte)
      for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
    }
    return ~sum
  }

  /// The descriptor that stands behind an entry's data.
  static func descriptor(_ content: [UInt8], hasSignature: Bool = true) -> [UInt8] {
    let size = UInt32(content.count)
    return (hasSignature ? words32(0x0807_4B50) : []) + words32(sum(content), size, size)
  }

  var bytes: [UInt8] {
    var file: [UInt8] = []
    var directory: [UInt8] = []
    for entry in entries {
      file += entry.before
      let start = UInt32(file.count)
      let size = UInt32(entry.content.count)
      let sum = entry.sum ?? Self.sum(entry.content)
      let (packed, unpacked) = (entry.packedSize ?? size, entry.size ?? size)
      let isDescribed = (entry.localFlags ?? entry.flags) & 8 != 0
      let name = entry.localName ?? entry.name
      file += Self.words32(0x0403_4B50)
      file += Self.words16(
        20, entry.localFlags ?? entry.flags, entry.localMethod ?? entry.method, entry.time ?? 0, 0x21)
      file +=
        isDescribed
        ? Self.words32(0, 0, 0) : Self.words32(entry.localSum ?? sum, packed, entry.localSize ?? unpacked)
      file += Self.words16(UInt16(name.count), UInt16(entry.localExtra.count)) + name + entry.localExtra
      file += entry.content + entry.behind
      directory += Self.words32(0x0201_4B50)
      directory += Self.words16(entry.maker, 20, entry.flags, entry.method, 0, 0x21)
      directory += Self.words32(sum, packed, unpacked)
      directory += Self.words16(
        UInt16(entry.name.count), UInt16(entry.extra.count), UInt16(entry.comment.count), entry.disk, 0)
      directory += Self.words32(entry.attributes, entry.offset ?? start) + entry.name + entry.extra + entry.comment
    }
    file += beforeDirectory
    let start = UInt32(file.count)
    file += directory + behindDirectory + Self.words32(0x0605_4B50) + Self.words16(disk, 0)
    let number = count ?? UInt16(entries.count)
    file += Self.words16(number, number) + Self.words32(UInt32(directory.count), start)
    file += Self.words16(UInt16(comment.count)) + comment + behind
    return file
  }
}

/// The entries of a bundle that claw wrote, to be changed and put together again.
struct OpenedBundle {
  var entries: [(name: String, bytes: [UInt8])] = []

  /// Takes a file apart whose entries are all stored, without checking anything.
  init(_ path: String) throws {
    let file = try LedgerFixture.bytes(path)
    func number(_ offset: Int, _ width: Int) -> Int {
      (0..<width).reversed().reduce(0) { $0 << 8 | Int(file[offset + $1]) }
    }
    var offset = 0
    while number(offset, 4) == 0x0403_4B50 {
      let (size, length) = (number(offset + 18, 4), number(offset + 26, 2))
      let start = offset + 30 + length
      entries.append((String(decoding: file[offset + 30..<start], as: UTF8.self), Array(file[start..<start + size])))
      offset = start + size
    }
  }

  subscript(_ name: String) -> [UInt8]? {
    get { entries.first { $0.name == name }?.bytes }
    set {
      guard let index = entries.firstIndex(where: { $0.name == name }) else {
        if let newValue { entries.append((name, newValue)) }
        return
      }
      if let newValue { entries[index].bytes = newValue } else { entries.remove(at: index) }
    }
  }

  static let manifest = "evidence/integrity/manifest.sha256"

  /// Makes the list of digests anew, as whoever changes a bundle would.
  mutating func listAgain() {
    self[Self.manifest] = nil
    let lines = entries.map { "\(Digest.sha256Hex($0.bytes))  \($0.name)\n" }
    self[Self.manifest] = Array(lines.joined().utf8)
  }

  func write(to path: String) throws {
    try LedgerFixture.write(ZipBuilder(entries: entries.map { .init($0.name, $0.bytes) }).bytes, to: path)
  }
}
