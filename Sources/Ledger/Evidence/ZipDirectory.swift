/// Reads the central directory of a zip file, and holds the local headers against it.
///
/// Readers of zip files disagree about anything that is there twice: a name, a header, an end. Here everything is there once,
/// the directory accounts for every byte of the file, and both headers of an entry say the same.
enum ZipDirectory {
  /// An entry as the directory has it.
  private struct Record {
    var entry: ZipEntry
    var nameBytes: [UInt8]
    var version: UInt16
    var flags: UInt16
    var time: UInt32
    var headerOffset: Int
  }

  private static func bad(_ message: String) -> LedgerFailure { LedgerFailure(.badBundle, message) }

  /// The entries, in the order of the file.
  static func read(_ file: DiskFile) throws(LedgerFailure) -> [ZipEntry] {
    let size = file.size
    guard size <= Zip.totalLimit else { throw bad("the file is larger than \(Zip.totalLimit) bytes") }
    guard size >= Zip.endSize else { throw bad("the file is no zip file: it is too short") }
    let end = try file.bytes(at: size - Zip.endSize, count: Zip.endSize)
    guard end.count == Zip.endSize, end.zip32(0) == Zip.endSignature, end.zip16(20) == 0 else {
      throw bad("the file does not end with the directory of a zip file")
    }
    guard end.zip16(4) == 0, end.zip16(6) == 0, end.zip16(8) == end.zip16(10) else {
      throw bad("the zip file goes over several disks")
    }
    let (count, length, start) = (Int(end.zip16(10)), Int(end.zip32(12)), Int(end.zip32(16)))
    guard count <= Zip.entryLimit, length < 0xFFFF_FFFF, start < 0xFFFF_FFFF else {
      throw bad("the zip file is of the zip64 form, which bundles don't need")
    }
    guard length <= Zip.directoryLimit else { throw bad("the directory has more than \(Zip.directoryLimit) bytes") }
    guard start + length == size - Zip.endSize else {
      throw bad("bytes lie between the directory of the zip file and its end")
    }
    let directory = try file.bytes(at: start, count: length)
    guard directory.count == length else { throw bad("the directory is cut off") }
    return try locate(try records(directory, count), file, end: start)
  }

  // MARK: The directory

  private static func records(_ bytes: [UInt8], _ count: Int) throws(LedgerFailure) -> [Record] {
    var records: [Record] = []
    var names = ZipNames()
    var total = 0
    var offset = 0
    for _ in 0..<count {
      guard bytes.count - offset >= Zip.centralSize, bytes.zip32(offset) == Zip.centralSignature else {
        throw bad("the directory has fewer entries than the end says")
      }
      let (nameLength, extraLength) = (Int(bytes.zip16(offset + 28)), Int(bytes.zip16(offset + 30)))
      let next = offset + Zip.centralSize + nameLength + extraLength
      guard next <= bytes.count else { throw bad("an entry of the directory is cut off") }
      let nameStart = offset + Zip.centralSize
      let nameBytes = Array(bytes[nameStart..<nameStart + nameLength])
      let flags = bytes.zip16(offset + 8)
      let name = try names.add(nameBytes, isUnicode: flags & Zip.nameFlag != 0)
      func refusal(_ message: String) -> LedgerFailure { bad("the entry '\(name)' \(message)") }
      if let complaint = flagComplaint(flags) { throw refusal(complaint) }
      guard let method = Zip.Method(rawValue: bytes.zip16(offset + 10)) else {
        throw refusal("is packed in a way that is neither stored nor deflated")
      }
      guard bytes.zip16(offset + 32) == 0, bytes.zip16(offset + 34) == 0 else {
        throw refusal("has a comment, or lies on another disk")
      }
      if let complaint = modeComplaint(bytes.zip16(offset + 4), bytes.zip32(offset + 38)) { throw refusal(complaint) }
      if let complaint = extraComplaint(bytes[(next - extraLength)..<next]) { throw refusal(complaint) }
      let (packed, size) = (Int(bytes.zip32(offset + 20)), Int(bytes.zip32(offset + 24)))
      guard size <= Zip.contentLimit, packed <= Zip.totalLimit else {
        throw refusal("has more than \(Zip.contentLimit) bytes")
      }
      guard method == .deflated || size == packed else { throw refusal("is stored with two sizes") }
      guard size <= Zip.ratioLimit * packed else {
        throw refusal("is more than \(Zip.ratioLimit) times larger than its data")
      }
      total += size
      guard total <= Zip.totalLimit else { throw bad("the entries have more than \(Zip.totalLimit) bytes together") }
      let entry = ZipEntry(
        name: name, method: method, size: size, packedSize: packed, sum: bytes.zip32(offset + 16), dataOffset: 0)
      records.append(
        Record(
          entry: entry, nameBytes: nameBytes, version: bytes.zip16(offset + 6), flags: flags,
          time: bytes.zip32(offset + 12), headerOffset: Int(bytes.zip32(offset + 42))))
      offset = next
    }
    guard offset == bytes.count else { throw bad("the directory has more than the entries that the end says") }
    return records
  }

  private static func flagComplaint(_ flags: UInt16) -> String? {
    // Bits 1 and 2 say how hard the packer tried.
    if flags & (1 << 0 | 1 << 6 | 1 << 13) != 0 { return "is encrypted" }
    let known: UInt16 = 0b110 | Zip.descriptorFlag | Zip.nameFlag
    return flags & ~known != 0 ? "has a flag that bundles don't have" : nil
  }

  /// - Parameters:
  ///   - maker: the version and system of who made it.
  ///   - attributes: those of that system; on Unix the mode is the upper half.
  private static func modeComplaint(_ maker: UInt16, _ attributes: UInt32) -> String? {
    let mode = attributes >> 16
    switch maker >> 8 {
    case 3:
      if mode & 0o170000 == 0o120000 { return "is a symbolic link" }
      guard mode & 0o170000 == 0o100000 || mode & 0o170000 == 0 else { return "is no regular file" }
      return mode & 0o7000 != 0 ? "has a mode beyond the rights of a file" : nil
    case 0:
      return mode == 0 && attributes & ~0x21 == 0 ? nil : "is no regular file"
    default: return "was made for a system whose attributes bundles don't have"
    }
  }

  /// Times and owners beside the entry change nothing about it; anything else could.
  private static func extraComplaint(_ bytes: ArraySlice<UInt8>) -> String? {
    let bytes = Array(bytes)
    var offset = 0
    while offset < bytes.count {
      guard bytes.count - offset >= 4 else { return "has an extra field that is cut off" }
      guard [0x5455, 0x7875, 0x000A].contains(bytes.zip16(offset)) else {
        return bytes.zip16(offset) == 1 ? "is of the zip64 form" : "has an extra field that bundles don't have"
      }
      offset += 4 + Int(bytes.zip16(offset + 2))
    }
    return offset == bytes.count ? nil : "has an extra field that is cut off"
  }

  // MARK: Local headers

  /// Finds the data of each entry; they lie one behind the other, from the start of the file to the directory.
  private static func locate(
    _ records: [Record], _ file: DiskFile, end: Int
  ) throws(LedgerFailure) -> [ZipEntry] {
    var entries: [ZipEntry] = []
    var offset = 0
    for (index, record) in records.enumerated() {
      func refusal(_ message: String) -> LedgerFailure { bad("the entry '\(record.entry.name)' \(message)") }
      guard record.headerOffset == offset else {
        throw refusal("does not lie where the entry before it ends: entries overlap, or bytes lie between them")
      }
      let header = try file.bytes(at: offset, count: Zip.localSize)
      guard header.count == Zip.localSize, header.zip32(0) == Zip.localSignature else {
        throw refusal("has no header")
      }
      let hasDescriptor = record.flags & Zip.descriptorFlag != 0
      let (nameLength, extraLength) = (Int(header.zip16(26)), Int(header.zip16(28)))
      let name = try file.bytes(at: offset + Zip.localSize, count: nameLength + extraLength)
      guard name.count == nameLength + extraLength, name.starts(with: record.nameBytes),
        nameLength == record.nameBytes.count, header.zip16(4) == record.version, header.zip16(6) == record.flags,
        header.zip16(8) == record.entry.method.rawValue, header.zip32(10) == record.time
      else { throw refusal("is not the one that the directory has") }
      if let complaint = extraComplaint(name[nameLength...]) { throw refusal(complaint) }
      let sizes = [header.zip32(14), header.zip32(18), header.zip32(22)]
      let expected = sums(record.entry)
      guard sizes == expected || hasDescriptor && sizes == [0, 0, 0] else {
        throw refusal("has other sizes or another sum than the directory says")
      }
      var entry = record.entry
      entry.dataOffset = offset + Zip.localSize + nameLength + extraLength
      offset = entry.dataOffset + entry.packedSize
      let limit = index + 1 < records.count ? records[index + 1].headerOffset : end
      if hasDescriptor { offset += try descriptor(file, at: offset, expected, limit: limit, refusal) }
      guard offset <= end else { throw refusal("reaches into the directory") }
      entries.append(entry)
    }
    guard offset == end else { throw bad("bytes lie between the last entry and the directory") }
    return entries
  }

  private static func sums(_ entry: ZipEntry) -> [UInt32] {
    [entry.sum, UInt32(entry.packedSize), UInt32(entry.size)]
  }

  /// How many bytes the descriptor behind the data has: its signature may be left out.
  private static func descriptor(
    _ file: DiskFile, at offset: Int, _ expected: [UInt32], limit: Int, _ refusal: (String) -> LedgerFailure
  ) throws(LedgerFailure) -> Int {
    let length = limit - offset
    let bytes = length == 12 || length == 16 ? try file.bytes(at: offset, count: length) : []
    let numbers = stride(from: 0, to: bytes.count - bytes.count % 4, by: 4).map { bytes.zip32($0) }
    guard numbers == (length == 16 ? [Zip.descriptorSignature] : []) + expected else {
      throw refusal("has no descriptor behind its data, or one that the directory contradicts")
    }
    return length
  }
}

/// Names of entries that mean one file each, on every system.
struct ZipNames {
  private var seen: Set<String> = []
  private var folders: Set<String> = []

  /// Reads a name; a failure if it is none, or if it is there already.
  mutating func add(_ bytes: [UInt8], isUnicode: Bool) throws(LedgerFailure) -> String {
    func bad(_ message: String) -> LedgerFailure { LedgerFailure(.badBundle, message) }
    guard let name = String(validating: bytes, as: UTF8.self), isUnicode || bytes.allSatisfy({ $0 < 0x80 }) else {
      throw bad("the name of an entry is no UTF-8")
    }
    func refusal(_ message: String) -> LedgerFailure { bad("the entry '\(name)' \(message)") }
    guard 1...Zip.nameLimit ~= bytes.count else { throw bad("the name of an entry has 1 to \(Zip.nameLimit) bytes") }
    guard bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F && $0 != 0x5C }) else {
      throw refusal("has a backslash or a control character in its name")
    }
    let parts = bytes.split(separator: 0x2F, omittingEmptySubsequences: false).map(Array.init)
    guard parts.allSatisfy({ !$0.isEmpty && $0 != [0x2E] && $0 != [0x2E, 0x2E] }), !parts[0].contains(0x3A) else {
      throw refusal("is no path below the folder that it is unpacked in")
    }
    // Systems that don't tell upper from lower case, or composed from decomposed characters, would unpack one file.
    let folded = name.lowercased()
    var folder = ""
    for part in folded.split(separator: "/").dropLast() {
      folder += folder.isEmpty ? String(part) : "/\(part)"
      guard !seen.contains(folder) else { throw refusal("lies in a folder that is a file too") }
      folders.insert(folder)
    }
    guard !folders.contains(folded), seen.insert(folded).inserted else {
      throw refusal("is there twice, if upper and lower case are the same")
    }
    return name
  }
}
