import Canonical

/// An entry's bytes, piece by piece; size and sum are checked when the last piece is out.
struct ZipContent: ~Copyable {
  private let file: DiskFile
  private let entry: ZipEntry
  private var inflater: Inflater?
  /// How much of the data was read, and what of it waits to be unpacked.
  private var taken = 0
  private var waiting: ArraySlice<UInt8> = []
  private var given = 0
  private var sum: UInt32 = 0
  private var isAtEnd = false
  private static let piece = 1 << 16

  init(_ file: DiskFile, _ entry: ZipEntry) throws(LedgerFailure) {
    self.file = file
    self.entry = entry
    if entry.method == .deflated {
      guard let inflater = Inflater() else { throw LedgerFailure(.unreadable, "there is no memory for unpacking") }
      self.inflater = inflater
    }
  }

  private func bad(_ message: String) -> LedgerFailure {
    LedgerFailure(.badBundle, "the entry '\(entry.name)' \(message)")
  }

  /// The next bytes; nil behind the last.
  mutating func next() throws(LedgerFailure) -> [UInt8]? {
    while !isAtEnd {
      let bytes = try inflater == nil ? stored() : inflated()
      given += bytes.count
      guard given <= entry.size else { throw bad("has more bytes than its header says") }
      sum = ZipSum.add(sum, bytes)
      if isAtEnd {
        guard given == entry.size else { throw bad("has fewer bytes than its header says") }
        guard sum == entry.sum else { throw bad("has other bytes than its sum says") }
      }
      if !bytes.isEmpty { return bytes }
    }
    return nil
  }

  private mutating func stored() throws(LedgerFailure) -> [UInt8] {
    let bytes = try read()
    if taken == entry.packedSize { isAtEnd = true }
    return bytes
  }

  private mutating func inflated() throws(LedgerFailure) -> [UInt8] {
    if waiting.isEmpty { waiting = try read()[...] }
    guard let step = inflater?.step(waiting) else { throw bad("is no deflate data") }
    waiting = waiting.dropFirst(step.used)
    if step.isAtEnd {
      guard waiting.isEmpty, taken == entry.packedSize else { throw bad("has bytes behind its data") }
      isAtEnd = true
    } else if step.output.isEmpty, step.used == 0 || taken == entry.packedSize && waiting.isEmpty {
      throw bad("is cut off")
    }
    return step.output
  }

  private mutating func read() throws(LedgerFailure) -> [UInt8] {
    let wanted = min(Self.piece, entry.packedSize - taken)
    let bytes = try file.bytes(at: entry.dataOffset + taken, count: wanted)
    guard bytes.count == wanted else { throw bad("is cut off") }
    taken += wanted
    return bytes
  }
}

/// The lines of an entry, without their line ends, one after the other.
struct ZipLines: ~Copyable {
  private var content: ZipContent
  private var rest: [UInt8] = []
  private var start = 0
  private var isAtEnd = false
  /// More bytes than any line of a bundle has.
  private static let limit = 4 << 20

  init(_ content: consuming ZipContent) { self.content = content }

  /// The next line; nil behind the last. A last line without a line end is a failure: it may be half of one.
  mutating func next() throws(LedgerFailure) -> [UInt8]? {
    var searched = start
    while true {
      if let end = rest[searched...].firstIndex(of: 0x0A) {
        defer { start = end + 1 }
        return Array(rest[start..<end])
      }
      searched = rest.count
      guard !isAtEnd, let more = try content.next() else {
        isAtEnd = true
        if start < rest.count { throw LedgerFailure(.badBundle, "a list of the bundle ends in the middle of a line") }
        return nil
      }
      rest.removeFirst(start)
      searched -= start
      start = 0
      rest += more
      guard rest.count <= Self.limit + more.count else {
        throw LedgerFailure(.badBundle, "a line of the bundle has more than \(Self.limit) bytes")
      }
    }
  }
}

/// A zip file that is exactly what its directory says, opened for reading.
struct ZipReader: Sendable {
  private let file: DiskFile
  /// In the order of the file.
  let entries: [ZipEntry]
  private let places: [String: Int]

  /// Opens a file; one that two readers could take for different things is refused.
  init(_ path: String) throws(LedgerFailure) {
    guard let file = try DiskFile.read(path) else { throw LedgerFailure(.unreadable, "'\(path)' doesn't exist") }
    self.file = file
    entries = try ZipDirectory.read(file)
    places = Dictionary(
      entries.enumerated().map { ($0.element.name, $0.offset) }, uniquingKeysWith: { first, _ in first })
  }

  /// The entry of a name, if there is one.
  func entry(_ name: String) -> ZipEntry? { places[name].map { entries[$0] } }

  func content(_ entry: ZipEntry) throws(LedgerFailure) -> ZipContent { try ZipContent(file, entry) }

  /// All bytes of an entry, up to a limit; nil if there is none of the name.
  func bytes(_ name: String, limit: Int) throws(LedgerFailure) -> [UInt8]? {
    guard let entry = entry(name) else { return nil }
    guard entry.size <= limit else {
      throw LedgerFailure(.badBundle, "the entry '\(name)' has more than \(limit) bytes")
    }
    var content = try content(entry)
    var bytes: [UInt8] = []
    while let piece = try content.next() { bytes += piece }
    return bytes
  }

  /// The lines of an entry; nil if there is none of the name.
  func lines(_ name: String) throws(LedgerFailure) -> ZipLines? {
    guard let entry = entry(name) else { return nil }
    return ZipLines(try content(entry))
  }

  /// The digest of an entry's bytes.
  func sha256(_ entry: ZipEntry) throws(LedgerFailure) -> String {
    var content = try content(entry)
    var digest = RunningDigest()
    while let piece = try content.next() { digest.add(piece) }
    return Digest.hexadecimal(digest.value)
  }
}
