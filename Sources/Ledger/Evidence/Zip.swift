/// The parts of the zip format (APPNOTE 6.3) that evidence bundles use: no zip64, no encryption, no comments, one disk.
enum Zip {
  static let localSignature: UInt32 = 0x0403_4B50
  static let descriptorSignature: UInt32 = 0x0807_4B50
  static let centralSignature: UInt32 = 0x0201_4B50
  static let endSignature: UInt32 = 0x0605_4B50
  static let localSize = 30
  static let centralSize = 46
  static let endSize = 22
  /// 1980-01-01, the first day that zip knows; its time is 0.
  static let firstDate: UInt16 = 0x0021
  /// A regular file that its owner writes and all read.
  static let fileMode: UInt32 = 0o100644
  /// UTF-8 in the name.
  static let nameFlag: UInt16 = 1 << 11
  /// Sizes and sum follow the data.
  static let descriptorFlag: UInt16 = 1 << 3

  /// How data is kept.
  enum Method: UInt16 {
    case stored = 0
    case deflated = 8
  }

  // MARK: Limits

  /// Most entries; with one more, the format would need zip64.
  static let entryLimit = 65_534
  /// Most bytes of a bundle, and of all its entries together.
  static let totalLimit = 4_294_967_294
  /// Most bytes of one entry.
  static let contentLimit = 1 << 30
  /// Most bytes of the central directory.
  static let directoryLimit = 1 << 24
  static let nameLimit = 255
  /// How many times larger than its data an entry may be.
  static let ratioLimit = 200
}

/// An entry of a zip file, as both of its headers have it.
struct ZipEntry: Sendable, Equatable {
  var name: String
  var method: Zip.Method
  /// How many bytes it has, and how many those take in the file.
  var size: Int
  var packedSize: Int
  var sum: UInt32
  /// Where its data begins.
  var dataOffset: Int
}

/// Numbers of zip headers, the lowest byte first.
struct ZipFields {
  private(set) var bytes: [UInt8] = []

  mutating func add(_ value: UInt16) {
    bytes += [UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: value >> 8)]
  }

  mutating func add(_ value: UInt32) {
    add(UInt16(truncatingIfNeeded: value))
    add(UInt16(truncatingIfNeeded: value >> 16))
  }

  mutating func add(_ text: String) { bytes += Array(text.utf8) }

  mutating func append(_ more: [UInt8]) { bytes += more }
}

extension [UInt8] {
  /// Two bytes at a place, which must be there.
  func zip16(_ offset: Int) -> UInt16 { UInt16(self[offset]) | UInt16(self[offset + 1]) << 8 }

  /// Four bytes at a place, which must be there.
  func zip32(_ offset: Int) -> UInt32 { UInt32(zip16(offset)) | UInt32(zip16(offset + 2)) << 16 }
}
