import Canonical
import Glibc

/// Where the records of runs lie, in SQLite: made from the log, and made anew whenever it does not fit it.
///
/// Nothing is believed because it stands here: every record that it leads to is read from the log and held against it.
final class LedgerIndex {
  /// What the index knows of a run.
  struct Run: Sendable, Equatable {
    var runId: String
    /// The seq of its last event.
    var seq: Int
    var hash: Hash256
    /// The last event's record and place.
    var index: Int
    var place: LogPlace
    var state: RunState
    /// The times of the first and the last event.
    var started: String
    var last: String
  }

  /// 2: the places of long runs stand in a file as well.
  private static let version = 2
  private let folder: LedgerFolder
  private let path: String
  /// The most events of a run whose places are kept.
  let longRun: Int
  private(set) var database: SQLite
  private var types: [String: Int] = [:]
  /// The run that was asked for last.
  var lastRun: RunPlaces?
  /// The places of long runs; opened when it is needed.
  private(set) lazy var placeFile = PlaceFile(ofIndex: path)

  /// Opens the index of a ledger; one that can't be used is thrown away.
  convenience init(_ folder: LedgerFolder) throws(LedgerFailure) {
    try self.init(folder, path: folder.index, longRun: PlacePages.limit)
  }

  private init(_ folder: LedgerFolder, path: String, longRun: Int) throws(LedgerFailure) {
    self.folder = folder
    self.longRun = longRun
    self.path = path
    do throws(SQLite.Failure) { database = try Self.open(path) } catch {
      Self.remove(path)
      do throws(SQLite.Failure) { database = try Self.open(path) } catch { throw Self.failure(folder, error) }
    }
  }

  /// The index for reading; where the folder can't be written to, one in memory.
  static func open(_ folder: LedgerFolder, longRun: Int) throws(LedgerFailure) -> LedgerIndex {
    let isWritable = access(folder.path, W_OK) == 0 && !isReadOnly(folder.path)
    return try LedgerIndex(folder, path: isWritable ? folder.index : ":memory:", longRun: longRun)
  }

  private static func isReadOnly(_ path: String) -> Bool {
    var status = statvfs()
    return statvfs(path, &status) == 0 && status.f_flag & UInt(ST_RDONLY) != 0
  }

  private static func failure(_ folder: LedgerFolder, _ failure: SQLite.Failure) -> LedgerFailure {
    let rule: LedgerFailure.Rule = failure.code & 0xFF == 13 ? .noSpace : .notWritten
    return LedgerFailure(rule, "the index '\(folder.index)': \(failure.message)")
  }

  private static func open(_ path: String) throws(SQLite.Failure) -> SQLite {
    if path != ":memory:" {
      // SQLite makes files with the mode of the process; others must not read these.
      let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
      if descriptor >= 0 { close(descriptor) }
    }
    let database = try SQLite(path)
    try database.execute(
      "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-16000;")
    try database.execute(schema)
    var found: [String: Int] = [:]
    try database.run("SELECT key, value FROM meta") { row in
      found[row.text(0)] = row.number(1)
      return true
    }
    guard found["version"] ?? version == version else { throw .init(code: 11, message: "it is of another version") }
    return database
  }

  private static let schema = """
    CREATE TABLE IF NOT EXISTS meta(key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS types(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
    CREATE TABLE IF NOT EXISTS runs(id INTEGER PRIMARY KEY, run TEXT NOT NULL UNIQUE, seq INTEGER NOT NULL,
      hash BLOB NOT NULL, leaf INTEGER NOT NULL, segment INTEGER NOT NULL, place INTEGER NOT NULL, state TEXT NOT NULL,
      started TEXT NOT NULL, last TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS events(run INTEGER NOT NULL, seq INTEGER NOT NULL, leaf INTEGER NOT NULL,
      segment INTEGER NOT NULL, place INTEGER NOT NULL, type INTEGER NOT NULL, PRIMARY KEY(run, seq)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS leaves(leaf INTEGER PRIMARY KEY, segment INTEGER NOT NULL, place INTEGER NOT NULL);
    CREATE TABLE IF NOT EXISTS ids(id INTEGER NOT NULL, leaf INTEGER NOT NULL, PRIMARY KEY(id, leaf)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS blocks(number INTEGER PRIMARY KEY, run INTEGER NOT NULL, block INTEGER NOT NULL,
      UNIQUE(run, block));
    """

  private static func remove(_ path: String) {
    for end in ["", "-wal", "-shm", PlaceFile.ending] { unlink(path + end) }
  }

  /// Throws the index away: what it said did not fit the log.
  func reset() throws(LedgerFailure) {
    (types, lastRun) = ([:], nil)
    do throws(SQLite.Failure) {
      try database.execute(
        """
        BEGIN IMMEDIATE; DELETE FROM meta; DELETE FROM types; DELETE FROM runs; DELETE FROM events; DELETE FROM leaves;
        DELETE FROM ids; DELETE FROM blocks; COMMIT;
        """)
    } catch {
      // A file that SQLite can't even empty.
      try? database.execute("ROLLBACK")
      Self.remove(path)
      placeFile = PlaceFile(ofIndex: path)
      do throws(SQLite.Failure) { database = try Self.open(path) } catch { throw Self.failure(folder, error) }
    }
  }

  func attempt<Result>(_ body: () throws(SQLite.Failure) -> Result) throws(LedgerFailure) -> Result {
    do throws(SQLite.Failure) { return try body() } catch { throw Self.failure(folder, error) }
  }

  // MARK: Bringing it up to date

  /// How far the index is: the next record, and where it begins. Nil for a new one.
  private func position() throws(SQLite.Failure) -> (size: Int, place: LogPlace, check: Int)? {
    var values: [String: Int] = [:]
    try database.run("SELECT key, value FROM meta") { row in
      values[row.text(0)] = row.number(1)
      return true
    }
    guard let size = values["size"], let segment = values["segment"], let offset = values["offset"] else { return nil }
    return (size, LogPlace(segment: segment, offset: offset), values["check"] ?? 0)
  }

  /// Whether the last record of the index is where it says.
  private func fits(_ size: Int, _ check: Int, _ reader: inout LogReader) -> Bool {
    if size == 0 { return true }
    // Anything that goes wrong here means that it does not.
    guard let place = try? place(of: size - 1), let record = try? reader.record(place) else { return false }
    return record.frame.index == size - 1 && record.frame.leaf.bytes.number(at: 0) == check
  }

  /// Takes in the records up to the end of the log.
  func catchUp(to tail: LogTail, _ reader: inout LogReader) throws(LedgerFailure) {
    for attempt in 0..<2 {
      let known = try? position()
      var isUsable = false
      if let known, known.size <= tail.size { isUsable = fits(known.size, known.check, &reader) }
      if isUsable, known?.size == tail.size { return }
      if !isUsable {
        try reset()
        reader.forget()
      }
      do throws(LedgerFailure) {
        try take(to: tail, &reader)
        return
      } catch {
        if attempt == 1 { throw error }
        try reset()
        reader.forget()
      }
    }
  }

  private func take(to tail: LogTail, _ reader: inout LogReader) throws(LedgerFailure) {
    var isDone = false
    while !isDone {
      var local = reader
      isDone = try database.transaction { () throws(LedgerFailure) in
        // Another process may have been here in between.
        var (size, place) = (0, LogPlace(segment: try folder.segments().first ?? 0, offset: SegmentHead.size))
        if let known = try attempt({ () throws(SQLite.Failure) in try position() }) {
          (size, place) = (known.size, known.place)
        }
        var batch = IndexBatch(size: size, place: place, limit: 100_000)
        guard size < tail.size else { return true }
        do throws(LedgerFailure) {
          try local.scan(from: place, to: tail.place) { (frame, body, place) throws(LedgerFailure) in
            try batch.add(frame, body, place, self)
          }
        } catch {
          // A batch that is full is no failure.
          guard batch.isFull else { throw error }
        }
        try store(batch)
        return !batch.isFull
      } failure: {
        Self.failure(folder, $0)
      }
      reader = local
    }
  }

  private func store(_ batch: IndexBatch) throws(LedgerFailure) {
    try attempt { () throws(SQLite.Failure) in
      for run in batch.runs.values { try store(run) }
      for (key, value) in [
        ("version", Self.version), ("size", batch.size), ("segment", batch.place.segment),
        ("offset", batch.place.offset), ("check", batch.check),
      ] {
        try database.run("INSERT OR REPLACE INTO meta(key, value) VALUES(?, ?)", [.text(key), .number(value)])
      }
    }
  }

  private func store(_ entry: (id: Int, run: Run)) throws(SQLite.Failure) {
    let run = entry.run
    try database.run(
      """
      INSERT OR REPLACE INTO runs(id, run, seq, hash, leaf, segment, place, state, started, last)
      VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        .number(entry.id), .text(run.runId), .number(run.seq), .bytes(run.hash.bytes), .number(run.index),
        .number(run.place.segment), .number(run.place.offset), .text(run.state.text), .text(run.started),
        .text(run.last),
      ])
  }

  /// A run and its number in the index; a new number for one that is not there.
  func numbered(_ runId: String) throws(LedgerFailure) -> (id: Int, run: Run?) {
    try attempt { () throws(SQLite.Failure) in
      var found: (Int, Run)?
      try database.run(
        "SELECT id, run, seq, hash, leaf, segment, place, state, started, last FROM runs WHERE run = ?", [.text(runId)]
      ) { row in
        found = (row.number(0), Self.run(row))
        return false
      }
      if let found { return found }
      var next = 1
      try database.run("SELECT coalesce(max(id), 0) + 1 FROM runs") { row in
        next = row.number(0)
        return false
      }
      return (next, nil)
    }
  }

  private static func run(_ row: borrowing SQLite.Row) -> Run {
    Run(
      runId: row.text(1), seq: row.number(2), hash: Hash256(bytes: row.bytes(3)) ?? .zero, index: row.number(4),
      place: LogPlace(segment: row.number(5), offset: row.number(6)), state: RunState(text: row.text(7)) ?? RunState(),
      started: row.text(8), last: row.text(9))
  }

  /// The number of a type.
  func typeNumber(_ name: String) throws(LedgerFailure) -> Int {
    if let number = types[name] { return number }
    let number = try attempt { () throws(SQLite.Failure) in
      try database.run("INSERT OR IGNORE INTO types(name) VALUES(?)", [.text(name)])
      var number = 0
      try database.run("SELECT id FROM types WHERE name = ?", [.text(name)]) { row in
        number = row.number(0)
        return false
      }
      return number
    }
    types[name] = number
    return number
  }

  /// Puts a record in its tables.
  func insert(
    leaf: Int, place: LogPlace, event: (run: Int, seq: Int, type: Int, eventId: Int)?
  ) throws(LedgerFailure) {
    try attempt { () throws(SQLite.Failure) in
      try database.run(
        "INSERT OR REPLACE INTO leaves(leaf, segment, place) VALUES(?, ?, ?)",
        [.number(leaf), .number(place.segment), .number(place.offset)])
      guard let event else { return }
      try database.run(
        "INSERT OR REPLACE INTO events(run, seq, leaf, segment, place, type) VALUES(?, ?, ?, ?, ?, ?)",
        [
          .number(event.run), .number(event.seq), .number(leaf), .number(place.segment), .number(place.offset),
          .number(event.type),
        ])
      try database.run(
        "INSERT OR IGNORE INTO ids(id, leaf) VALUES(?, ?)", [.number(event.eventId), .number(leaf)])
      if event.seq % PlaceFile.blockCount == 0 {
        try storeBlock(event.seq / PlaceFile.blockCount - 1, ofRun: event.run)
      }
    }
  }

  // MARK: Asking

  /// Keeps what is there now in sight until the index is let go: without that every read begins and ends a transaction.
  func hold() throws(LedgerFailure) {
    try attempt { () throws(SQLite.Failure) in try database.execute("BEGIN; SELECT count(*) FROM meta;") }
  }

  /// What is known of a run; nil if there is none.
  func run(_ runId: String) throws(LedgerFailure) -> Run? { try numbered(runId).run }

  /// All runs, the newest last.
  func runs() throws(LedgerFailure) -> [Run] {
    try attempt { () throws(SQLite.Failure) in
      var found: [Run] = []
      try database.run("SELECT id, run, seq, hash, leaf, segment, place, state, started, last FROM runs ORDER BY id") {
        row in
        found.append(Self.run(row))
        return true
      }
      return found
    }
  }

  /// The places of a run's events from a seq on.
  func events(_ runId: String, from seq: Int = 1, limit: Int = .max) throws(LedgerFailure) -> [LogPlace] {
    try attempt { () throws(SQLite.Failure) in
      var found: [LogPlace] = []
      try database.run(
        """
        SELECT segment, place FROM events WHERE run = (SELECT id FROM runs WHERE run = ?) AND seq >= ? ORDER BY seq LIMIT ?
        """, [.text(runId), .number(seq), .number(limit)]
      ) { row in
        found.append(LogPlace(segment: row.number(0), offset: row.number(1)))
        return true
      }
      return found
    }
  }

  /// The places of all events of a type, in the order of the log.
  func events(ofType type: String) throws(LedgerFailure) -> [LogPlace] {
    try attempt { () throws(SQLite.Failure) in
      var found: [LogPlace] = []
      try database.run(
        "SELECT segment, place FROM events WHERE type = (SELECT id FROM types WHERE name = ?) ORDER BY leaf",
        [.text(type)]
      ) { row in
        found.append(LogPlace(segment: row.number(0), offset: row.number(1)))
        return true
      }
      return found
    }
  }

  /// The place of a record.
  func place(of leaf: Int) throws(LedgerFailure) -> LogPlace? {
    try attempt { () throws(SQLite.Failure) in
      var found: LogPlace?
      try database.run("SELECT segment, place FROM leaves WHERE leaf = ?", [.number(leaf)]) { row in
        found = LogPlace(segment: row.number(0), offset: row.number(1))
        return false
      }
      return found
    }
  }

  /// The places of records whose eventId may be this one.
  func places(ofEvent eventId: String) throws(LedgerFailure) -> [LogPlace] {
    try attempt { () throws(SQLite.Failure) in
      var found: [LogPlace] = []
      try database.run(
        "SELECT l.segment, l.place FROM ids JOIN leaves l ON l.leaf = ids.leaf WHERE ids.id = ?",
        [.number(IndexBatch.number(ofEvent: Array(eventId.utf8)[...]))]
      ) { row in
        found.append(LogPlace(segment: row.number(0), offset: row.number(1)))
        return true
      }
      return found
    }
  }
}
