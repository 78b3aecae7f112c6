import Canonical
import Glibc

/// Reads records by their places, keeping the segments open.
struct LogReader {
  let folder: LedgerFolder
  private var files: [Int: DiskFile] = [:]
  /// How many bytes the next record has perhaps: a little more than the last one had.
  private var guess = 2048

  init(_ folder: LedgerFolder) { self.folder = folder }

  /// The file of a segment.
  mutating func file(_ segment: Int) throws(LedgerFailure) -> DiskFile {
    if let file = files[segment] { return file }
    guard let file = try DiskFile.read(folder.segment(segment)) else {
      throw LedgerFailure(.damaged, "the segment '\(folder.segment(segment))' is missing")
    }
    // Old segments are read now and then; their descriptors are not worth keeping by the thousand. Whoever reads all over a
    // log that has more loses one of them at a time, not all.
    if files.count >= Self.fileLimit, let some = files.keys.first { files[some] = nil }
    files[segment] = file
    return file
  }

  /// How many segments stay open: 16 GB of the log, unless the process may not have so many files.
  private static let fileLimit: Int = {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 64 }
    return Int(min(max(limit.rlim_cur / 4, 16), 256))
  }()

  /// Forgets what was opened: segments may have been replaced.
  mutating func forget() { files.removeAll() }

  /// The record at a place: its head and body.
  mutating func record(_ place: LogPlace) throws(LedgerFailure) -> (frame: Frame, body: [UInt8]) {
    let file = try file(place.segment)
    let guess = try file.bytes(at: place.offset, count: 2048)
    guard guess.count >= Frame.size,
      let frame = guess.withUnsafeBytes({ $0.baseAddress.flatMap { Frame($0) } })
    else { throw LedgerFailure(.damaged, "there is no record in '\(file.path)' at byte \(place.offset)") }
    if guess.count >= frame.total { return (frame, Array(guess[Frame.size..<frame.total])) }
    let body = try file.bytes(at: place.offset + Frame.size, count: frame.length)
    guard body.count == frame.length else {
      throw LedgerFailure(.damaged, "the record in '\(file.path)' at byte \(place.offset) is cut off")
    }
    return (frame, body)
  }

  /// Reads a record of an event whose bytes are held against its head, and that against the run and number that were asked
  /// for; `body` gets the bytes. Nil if it is another event's.
  mutating func whole<Result>(
    _ place: LogPlace, of run: RunKey, _ seq: Int, _ body: (UnsafeRawBufferPointer) -> Result
  ) throws(LedgerFailure) -> Result? {
    let file = try file(place.segment)
    let room = 4096
    var failure: LedgerFailure?
    var isOther = false
    let result = withUnsafeTemporaryAllocation(byteCount: room, alignment: 16) { buffer -> Result? in
      do throws(LedgerFailure) {
        let count = try file.read(
          UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(guess, room)]), at: place.offset)
        guard count >= Frame.size, let start = buffer.baseAddress, let frame = Frame(UnsafeRawPointer(start)) else {
          throw LedgerFailure(.damaged, "there is no record in '\(file.path)' at byte \(place.offset)")
        }
        guard frame.run == run, frame.seq == seq else {
          isOther = true
          return nil
        }
        guess = max(512, frame.total + 128)
        guard frame.total <= count else { return nil }
        let bytes = UnsafeRawBufferPointer(rebasing: buffer[Frame.size..<frame.total])
        guard LogScan.isWhole(frame, bytes) else {
          throw LedgerFailure(.hashMismatch, "record \(frame.index) is not the one that was recorded")
        }
        return body(bytes)
      } catch {
        failure = error
        return nil
      }
    }
    if let failure { throw failure }
    if isOther { return nil }
    if let result { return result }
    let (frame, bytes) = try record(place)
    guard frame.run == run, frame.seq == seq else { return nil }
    guard bytes.withUnsafeBytes({ LogScan.isWhole(frame, $0) }) else {
      throw LedgerFailure(.hashMismatch, "record \(frame.index) is not the one that was recorded")
    }
    return bytes.withUnsafeBytes { body($0) }
  }

  /// Goes over the records from a place up to another one.
  mutating func scan(
    from start: LogPlace, to end: LogPlace,
    _ body: (Frame, UnsafeRawBufferPointer, LogPlace) throws(LedgerFailure) -> Void
  ) throws(LedgerFailure) {
    guard start != end else { return }
    let segments = try folder.segments().filter { start.segment...end.segment ~= $0 }
    guard segments.first == start.segment, segments.last == end.segment else {
      throw LedgerFailure(.damaged, "a segment of the log is missing")
    }
    for segment in segments {
      let from = segment == start.segment ? start.offset : SegmentHead.size
      let limit = segment == end.segment ? end.offset : Int.max
      var scan = LogScan(try file(segment), segment: segment, from: from)
      var isOpen = from < limit
      while isOpen {
        switch try scan.next() {
        case .record(let frame, let bytes, let place):
          try body(frame, bytes, place)
          isOpen = place.offset + frame.total < limit
        case .end(let place):
          guard limit == Int.max else {
            throw LedgerFailure(
              .truncated, "'\(folder.segment(segment))' ends at byte \(place.offset), before \(limit)")
          }
          isOpen = false
        case .damage(let place):
          throw LedgerFailure(.damaged, "there is no record in '\(folder.segment(segment))' at byte \(place.offset)")
        }
      }
    }
  }
}
