import CSQLite

/// A database of SQLite's, and its statements, which are compiled once.
final class SQLite {
  /// Why SQLite does not do something.
  struct Failure: Error {
    var code: Int32
    var message: String

    /// Whether the file is no use any more.
    var isDamage: Bool {
      [SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_FORMAT, SQLITE_ERROR, SQLITE_SCHEMA].contains(code & 0xFF)
    }
  }

  private let database: OpaquePointer
  private var statements: [String: OpaquePointer] = [:]
  /// The same by the place of their text, which is quicker to look up.
  private var numbered: [UInt: OpaquePointer] = [:]

  /// Opens a database.
  init(_ path: String, isReadOnly: Bool = false) throws(Failure) {
    var database: OpaquePointer?
    let flags = isReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
    let code = sqlite3_open_v2(path, &database, flags | SQLITE_OPEN_NOMUTEX, nil)
    guard code == SQLITE_OK, let database else {
      sqlite3_close_v2(database)
      throw Failure(code: code, message: String(cString: sqlite3_errstr(code)))
    }
    self.database = database
    sqlite3_busy_timeout(database, 30_000)
  }

  deinit {
    for statement in statements.values { sqlite3_finalize(statement) }
    sqlite3_close_v2(database)
  }

  private func failure() -> Failure {
    Failure(code: sqlite3_errcode(database), message: String(cString: sqlite3_errmsg(database)))
  }

  /// Runs statements without values.
  func execute(_ text: String) throws(Failure) {
    guard sqlite3_exec(database, text, nil, nil, nil) == SQLITE_OK else { throw failure() }
  }

  /// Runs `body` in a transaction that nobody else writes in.
  func transaction<Result, Issue: Error>(
    _ body: () throws(Issue) -> Result, failure: (Failure) -> Issue
  ) throws(Issue) -> Result {
    do { try execute("BEGIN IMMEDIATE") } catch { throw failure(error) }
    do throws(Issue) {
      let result = try body()
      do throws(Failure) { try execute("COMMIT") } catch { throw failure(error) }
      return result
    } catch {
      try? execute("ROLLBACK")
      throw error
    }
  }

  /// A value that goes into a statement.
  enum Value {
    case number(Int)
    case text(String)
    case bytes([UInt8])
  }

  /// Runs a statement, and calls `row` for each row until it says that it has enough.
  func run(
    _ text: String, _ values: [Value] = [], row: (borrowing Row) -> Bool = { _ in false }
  ) throws(Failure) {
    let statement = try compiled(text)
    defer {
      sqlite3_reset(statement)
      sqlite3_clear_bindings(statement)
    }
    for (index, value) in values.enumerated() {
      let place = Int32(index + 1)
      // SQLite makes a copy (SQLITE_TRANSIENT): Swift's storage does not stay.
      let copy = claw_sqlite_transient()
      switch value {
      case .number(let number): sqlite3_bind_int64(statement, place, Int64(number))
      case .text(let text): sqlite3_bind_text(statement, place, text, -1, copy)
      case .bytes(let bytes): sqlite3_bind_blob(statement, place, bytes, Int32(bytes.count), copy)
      }
    }
    while true {
      switch sqlite3_step(statement) {
      case SQLITE_ROW: if !row(Row(statement: statement)) { return }
      case SQLITE_DONE: return
      default: throw failure()
      }
    }
  }

  /// The same for two numbers, which need no list.
  func run(
    _ text: StaticString, numbers first: Int, _ second: Int, _ third: Int? = nil, row: (borrowing Row) -> Bool
  ) throws(Failure) {
    let key = UInt(bitPattern: text.utf8Start)
    let statement: OpaquePointer
    if let known = numbered[key] {
      statement = known
    } else {
      statement = try compiled("\(text)")
      numbered[key] = statement
    }
    defer { sqlite3_reset(statement) }
    sqlite3_bind_int64(statement, 1, Int64(first))
    sqlite3_bind_int64(statement, 2, Int64(second))
    if let third { sqlite3_bind_int64(statement, 3, Int64(third)) }
    while true {
      switch sqlite3_step(statement) {
      case SQLITE_ROW: if !row(Row(statement: statement)) { return }
      case SQLITE_DONE: return
      default: throw failure()
      }
    }
  }

  private func compiled(_ text: String) throws(Failure) -> OpaquePointer {
    if let statement = statements[text] { return statement }
    var statement: OpaquePointer?
    guard sqlite3_prepare_v3(database, text, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil) == SQLITE_OK,
      let statement
    else { throw failure() }
    statements[text] = statement
    return statement
  }

  /// A row of a result.
  struct Row: ~Copyable {
    fileprivate let statement: OpaquePointer

    func number(_ column: Int32) -> Int { Int(sqlite3_column_int64(statement, column)) }

    func text(_ column: Int32) -> String {
      sqlite3_column_text(statement, column).map { String(cString: $0) } ?? ""
    }

    func bytes(_ column: Int32) -> [UInt8] {
      let count = Int(sqlite3_column_bytes(statement, column))
      guard let start = sqlite3_column_blob(statement, column) else { return [] }
      return Array(UnsafeRawBufferPointer(start: start, count: count))
    }
  }
}
