import JSON

/// Where the events of a run lie, by their numbers.
extension LedgerIndex {
  /// A place where an event should be.
  struct Found {
    var place: LogPlace
    /// The run that its record must name.
    var run: RunKey
    /// Whether it comes from the file of places, which may be wrong where the tables are right.
    var isHint: Bool
  }

  /// The place of an event.
  ///
  /// Places of a run that is asked for again are read a page at a time and kept; those of one that is too long for that stand
  /// in the file of places.
  ///
  /// - Parameter takesHints: whether it may come from that file.
  func place(_ runId: String, _ seq: Int, takesHints: Bool = true) throws(LedgerFailure) -> Found? {
    if lastRun?.runId.hasBytes(of: runId) != true {
      guard case let (id, run?) = try numbered(runId) else { return nil }
      lastRun = RunPlaces(runId: run.runId, id: id, eventCount: run.seq, longRun: longRun)
    }
    guard seq > 0, let id = lastRun?.id, let key = lastRun?.key else { return nil }
    if let known = lastRun?.pages[seq] { return Found(place: known, run: key, isHint: false) }
    if takesHints, let hint = try hint(seq) { return Found(place: hint, run: key, isHint: true) }
    let wanted = lastRun?.pages.span(around: seq) ?? seq..<seq + 1
    let found = try attempt { () throws(SQLite.Failure) in
      try places(ofRun: id, wanted.lowerBound, count: wanted.count)
    }
    lastRun?.pages.keep(found, from: wanted.lowerBound)
    guard seq - wanted.lowerBound < found.count else { return nil }
    return Found(place: found[seq - wanted.lowerBound], run: key, isHint: false)
  }

  /// What the file of places says of an event of the last run, if that is too long for its places to be kept.
  private func hint(_ seq: Int) throws(LedgerFailure) -> LogPlace? {
    let (block, rest) = (seq - 1).quotientAndRemainder(dividingBy: PlaceFile.blockCount)
    guard let id = lastRun?.id, var number = lastRun?.number(ofBlock: block), let placeFile else { return nil }
    if number == RunPlaces.unknown {
      number = RunPlaces.none
      try attempt { () throws(SQLite.Failure) in
        try database.run("SELECT number FROM blocks WHERE run = ?1 AND block = ?2", numbers: id, block) { row in
          number = row.number(0)
          return false
        }
      }
      lastRun?.blocks[block] = number
    }
    return number == RunPlaces.none ? nil : placeFile.place(rest, block: number)
  }

  private func places(ofRun id: Int, _ seq: Int, count: Int) throws(SQLite.Failure) -> [LogPlace] {
    var found: [LogPlace] = []
    try database.run(
      "SELECT segment, place FROM events WHERE run = ?1 AND seq >= ?2 ORDER BY seq LIMIT ?3", numbers: id, seq, count
    ) { row in
      found.append(LogPlace(segment: row.number(0), offset: row.number(1)))
      return true
    }
    return found
  }

  /// Puts the places of a run's events into the file, when a block of them is whole.
  func storeBlock(_ block: Int, ofRun id: Int) throws(SQLite.Failure) {
    guard let placeFile else { return }
    let found = try places(ofRun: id, block * PlaceFile.blockCount + 1, count: PlaceFile.blockCount)
    var number = 0
    try database.run("SELECT coalesce(max(number), -1) + 1 FROM blocks") { row in
      number = row.number(0)
      return false
    }
    guard placeFile.write(found, block: number) else { return }
    try database.run(
      "INSERT OR REPLACE INTO blocks(number, run, block) VALUES(?, ?, ?)",
      [.number(number), .number(id), .number(block)])
  }
}
