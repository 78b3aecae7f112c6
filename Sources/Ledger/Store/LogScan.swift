import Canonical

/// Reads records of the log one after the other, a piece of a file at a time.
struct LogScan: ~Copyable {
  /// What lies where a record should be.
  enum Next {
    /// A record: its head, its body, and its place.
    case record(Frame, UnsafeRawBufferPointer, LogPlace)
    /// Nothing: the segment's file ends here, or has only zeros from here on.
    case end(LogPlace)
    /// Something that is no record.
    case damage(LogPlace)
  }

  private let file: DiskFile
  private let segment: Int
  private let buffer: UnsafeMutableRawBufferPointer
  /// Where in the file the buffer begins, and how much of it is filled.
  private var base: Int
  private var filled = 0
  /// Where in the buffer the next record begins.
  private var position = 0

  /// Reads a segment from a place on.
  ///
  /// - Parameter piece: how many bytes are read at once, if no record is longer.
  init(_ file: DiskFile, segment: Int, from offset: Int, piece: Int = 1 << 20) {
    self.file = file
    self.segment = segment
    base = offset
    buffer = .allocate(byteCount: max(piece, Frame.size), alignment: 16)
    large = nil
  }

  deinit {
    buffer.deallocate()
    large?.deallocate()
  }

  /// Room for a record that is longer than the buffer.
  private var large: UnsafeMutableRawBufferPointer?

  private var place: LogPlace { LogPlace(segment: segment, offset: base + position) }

  /// The next record. What the body points to is valid until the next call.
  mutating func next() throws(LedgerFailure) -> Next {
    if filled - position < Frame.size { try refill() }
    guard filled - position >= Frame.size, let start = buffer.baseAddress else {
      let rest = UnsafeRawBufferPointer(rebasing: buffer[position..<filled])
      return rest.allSatisfy { $0 == 0 } ? .end(place) : .damage(place)
    }
    // Room that was asked for and not used has no end but the file's: a head of zeros with something behind is no end.
    guard let frame = Frame(UnsafeRawPointer(start + position)) else {
      let head = UnsafeRawBufferPointer(rebasing: buffer[position..<position + Frame.size])
      guard head.allSatisfy({ $0 == 0 }) else { return .damage(place) }
      return try isZero(from: base + position + Frame.size) ? .end(place) : .damage(place)
    }
    let here = place
    if frame.total > buffer.count { return try longRecord(frame, here) }
    if filled - position < frame.total { try refill() }
    guard filled - position >= frame.total else { return .damage(here) }
    let body = UnsafeRawBufferPointer(rebasing: buffer[(position + Frame.size)..<(position + frame.total)])
    position += frame.total
    return .record(frame, body, here)
  }

  /// Whether the rest of the file has only zeros.
  private func isZero(from start: Int) throws(LedgerFailure) -> Bool {
    var offset = start
    while true {
      let bytes = try file.bytes(at: offset, count: 1 << 16)
      if bytes.isEmpty { return true }
      let isZero = bytes.withUnsafeBytes { bytes in
        bytes.bindMemory(to: UInt64.self).allSatisfy { $0 == 0 } && bytes.suffix(bytes.count % 8).allSatisfy { $0 == 0 }
      }
      if !isZero { return false }
      offset += bytes.count
    }
  }

  private mutating func longRecord(_ frame: Frame, _ here: LogPlace) throws(LedgerFailure) -> Next {
    large?.deallocate()
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: frame.length, alignment: 16)
    large = room
    guard try file.read(room, at: here.offset + Frame.size) == frame.length else { return .damage(here) }
    base = here.offset + frame.total
    (filled, position) = (0, 0)
    return .record(frame, UnsafeRawBufferPointer(room), here)
  }

  /// Moves what is left to the front, and reads on.
  private mutating func refill() throws(LedgerFailure) {
    let rest = filled - position
    if rest > 0, let start = buffer.baseAddress { start.copyMemory(from: start + position, byteCount: rest) }
    base += position
    position = 0
    filled = rest
    let room = UnsafeMutableRawBufferPointer(rebasing: buffer[rest...])
    filled += try file.read(room, at: base + rest)
  }
}

extension LogScan {
  /// Whether a body is what its head says: for finding what was written halfway. Meddling is found by verification.
  @inline(__always)
  static func isWhole(_ frame: Frame, _ body: UnsafeRawBufferPointer) -> Bool {
    switch frame.kind {
    case .event: Hash256(of: body) == frame.hash
    case .pruned, .control: MerkleTree.leaf(body) == frame.leaf
    }
  }
}
