import CZlib
import Canonical

/// Writes a zip file whose bytes depend on nothing but names and contents: stored, no times, one mode, the given order.
struct ZipWriter: ~Copyable {
  private let file: DiskFile
  private var offset = 0
  private var directory = ZipFields()
  private var count = 0
  /// The digest of each entry, in order.
  private(set) var digests: [(name: String, sha256: String)] = []

  init(_ file: DiskFile) { self.file = file }

  /// Adds an entry that is there as a whole.
  mutating func add(_ name: String, _ bytes: [UInt8]) throws(LedgerFailure) {
    try add(name) { (sink) throws(LedgerFailure) in try sink(bytes) }
  }

  /// Adds an entry whose bytes come piece by piece; its digest.
  @discardableResult
  mutating func add(
    _ name: String, _ content: (_ sink: ([UInt8]) throws(LedgerFailure) -> Void) throws(LedgerFailure) -> Void
  ) throws(LedgerFailure) -> String {
    guard count < Zip.entryLimit else {
      throw LedgerFailure(.bundleTooLarge, "a bundle has at most \(Zip.entryLimit) entries")
    }
    let start = offset
    let dataStart = start + Zip.localSize + name.utf8.count
    var size = 0
    var sum: UInt32 = 0
    var digest = RunningDigest()
    let file = file
    try content { (bytes) throws(LedgerFailure) in
      guard size + bytes.count <= Zip.contentLimit, dataStart + size + bytes.count <= Zip.totalLimit else {
        throw LedgerFailure(.bundleTooLarge, "'\(name)' makes the bundle larger than its format holds")
      }
      try file.write(bytes, at: dataStart + size)
      digest.add(bytes)
      sum = ZipSum.add(sum, bytes)
      size += bytes.count
    }
    let fields = Self.shared(name, size: UInt32(size), sum)
    var local = ZipFields()
    local.add(Zip.localSignature)
    try file.write(local.bytes + fields + Array(name.utf8), at: start)
    directory.add(Zip.centralSignature)
    // Made on Unix: the upper half of the attributes is the mode.
    directory.add(UInt16(3 << 8 | 20))
    directory.append(fields)
    directory.add(UInt16(0))  // comment
    directory.add(UInt16(0))  // disk
    directory.add(UInt16(0))  // internal attributes
    directory.add(Zip.fileMode << 16)
    directory.add(UInt32(start))
    directory.add(name)
    offset = dataStart + size
    count += 1
    let sha256 = Digest.hexadecimal(digest.value)
    digests.append((name, sha256))
    return sha256
  }

  /// Writes the directory; the file is whole then.
  consuming func finish() throws(LedgerFailure) {
    guard offset + directory.bytes.count + Zip.endSize <= Zip.totalLimit else {
      throw LedgerFailure(.bundleTooLarge, "the bundle is larger than its format holds")
    }
    var end = ZipFields()
    end.add(Zip.endSignature)
    end.add(UInt32(0))  // disks
    end.add(UInt16(count))
    end.add(UInt16(count))
    end.add(UInt32(directory.bytes.count))
    end.add(UInt32(offset))
    end.add(UInt16(0))  // comment
    try file.write(directory.bytes + end.bytes, at: offset)
  }

  /// What both headers have: from the version that is needed to the length of extra fields.
  private static func shared(_ name: String, size: UInt32, _ sum: UInt32) -> [UInt8] {
    var fields = ZipFields()
    fields.add(UInt16(20))
    fields.add(name.utf8.allSatisfy { $0 < 0x80 } ? UInt16(0) : Zip.nameFlag)
    fields.add(Zip.Method.stored.rawValue)
    fields.add(UInt16(0))
    fields.add(Zip.firstDate)
    fields.add(sum)
    fields.add(size)
    fields.add(size)
    fields.add(UInt16(name.utf8.count))
    fields.add(UInt16(0))
    return fields.bytes
  }
}

/// The sum of the zip format (CRC-32).
enum ZipSum {
  static func add(_ sum: UInt32, _ bytes: [UInt8]) -> UInt32 {
    bytes.withUnsafeBufferPointer { UInt32(truncatingIfNeeded: crc32_z(uLong(sum), $0.baseAddress, $0.count)) }
  }
}
