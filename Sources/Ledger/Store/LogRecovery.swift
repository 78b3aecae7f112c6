import Canonical

/// Finds the end of the log by reading its last segment.
enum LogRecovery {
  /// What was found.
  struct Result {
    var tail: LogTail
    /// How many bytes behind the last whole record are the rest of one that was being written.
    var torn = 0
    /// The file of the last segment.
    var file: DiskFile
  }

  /// - Parameter start: a place and tree to begin at, if they are known; the last segment's start otherwise.
  static func find(_ folder: LedgerFolder, from start: LogTail? = nil) throws(LedgerFailure) -> Result? {
    guard let first = try folder.segments().last else { return nil }
    guard let file = try DiskFile.read(folder.segment(first)) else { return nil }
    var tail: LogTail
    if let start, start.place.segment == first {
      tail = start
    } else {
      let head = try SegmentHead.read(file, first: first)
      tail = LogTail(place: LogPlace(segment: first, offset: SegmentHead.size), frontier: head.frontier)
    }
    var scan = LogScan(file, segment: first, from: tail.place.offset)
    while true {
      switch try scan.next() {
      case .record(let frame, let body, _):
        guard frame.index == tail.size, LogScan.isWhole(frame, body) else {
          return try cut(tail, file)
        }
        tail.frontier.append(frame.leaf)
        tail.place.offset += frame.total
      case .end: return Result(tail: tail, file: file)
      case .damage: return try cut(tail, file)
      }
    }
  }

  /// The end of the log before something that is no record.
  ///
  /// What a process was writing when it died, or what the machine had not brought to the disk when it lost power, was never
  /// acknowledged and can go. But a record behind it may say that more was durable when it was written: then a record that
  /// was acknowledged is damaged, and nothing must be cut.
  private static func cut(_ tail: LogTail, _ file: DiskFile) throws(LedgerFailure) -> Result {
    let rest = file.size - tail.place.offset
    var offset = tail.place.offset + 1
    let step = 1 << 20
    while offset < file.size {
      let bytes = try file.bytes(at: offset, count: step + Frame.size)
      guard bytes.count >= Frame.size else { break }
      let found = bytes.withUnsafeBytes { bytes -> Frame? in
        guard let start = bytes.baseAddress else { return nil }
        for index in 0...(bytes.count - Frame.size) where bytes[index] == 0x63 {
          if let frame = Frame(start + index), frame.durable > tail.size { return frame }
        }
        return nil
      }
      if let found {
        throw LedgerFailure(
          .damaged,
          "record \(tail.size) in '\(file.path)' at byte \(tail.place.offset) is damaged, and record \(found.index) behind it is not"
        )
      }
      offset += step
    }
    return Result(tail: tail, torn: rest, file: file)
  }
}
