import Canonical
import Glibc
import Synchronization
import Source

/// A ledger that events are appended to, from any thread, beside other processes.
///
/// Many appends become one group: who comes while another one writes waits in a queue, and the next one to write takes all
/// of them.
package final class Ledger: Sendable {
  package let folder: LedgerFolder
  private let check: EventCheck
  private let queue = Mutex<[AppendRequest]>([])
  private let writer: Mutex<LogWriter>
  private let gate: Mutex<SyncGate>
  private let durability: Durability
  /// The most bytes that one group has, if no single request has more.
  private static let groupLimit = 8 << 20

  /// How a ledger is used.
  package struct Options: Sendable {
    /// What a receipt promises.
    package var durability = Durability.durable
    /// When a segment is closed.
    package var segmentLimit = 64 << 20
    /// How much room in a segment is asked for at once; 0 for none.
    package var allocation = 4 << 20

    package init() {}
  }

  /// Opens a ledger for appending, and makes it if there is none. What a process that died left unfinished is cut off.
  package init(_ folder: LedgerFolder, options: Options = Options()) throws(LedgerFailure) {
    self.folder = folder
    check = EventCheck(extensions: try folder.extensions())
    durability = options.durability
    var limits = LogWriter.Limits()
    limits.segment = options.segmentLimit
    limits.allocation = options.allocation
    writer = Mutex(try LogWriter(folder, limits: limits))
    gate = Mutex(try SyncGate(folder))
    try exclusively { (_) throws(LedgerFailure) in }
  }

  /// Whether events of a type are still recorded, although the extension that has it is on its way out.
  package func isDeprecated(_ type: String) -> Bool { check.extensions.state(of: type) == .deprecated }

  /// How many bytes of records that were not written to their end this ledger cut off.
  package var cutBytes: Int { writer.withLock { $0.cutBytes } }

  /// Records events, all of them or none; returns when they are as safe as the ledger's receipts say.
  ///
  /// - Parameters:
  ///   - run: the run of drafts that name none.
  ///   - actor: whose doing it is where a draft does not say.
  package func append(
    _ drafts: [EventDraft], run: String? = nil, actor: EventActor
  ) throws(LedgerFailure) -> [Receipt] {
    var events: [PreparedEvent] = []
    events.reserveCapacity(drafts.count)
    let who = actor.bytes
    for draft in drafts {
      try check.check(draft)
      guard let runId = draft.runId ?? run else {
        throw LedgerFailure(.malformedEvent, "the event does not say to which run it belongs")
      }
      if let run, runId != run {
        throw LedgerFailure(.malformedEvent, "the event is of run \(runId), and not of \(run)")
      }
      events.append(
        PreparedEvent(draft, runId: runId, eventId: draft.eventId ?? UUID.random(), actor: who, now: Clock.now()))
    }
    return try append(events)
  }

  /// Begins a run; its receipt names it.
  ///
  /// - Parameters:
  ///   - runId: its identity; a new one if nil.
  ///   - payload: that of `RunStarted`, canonical JSON.
  package func start(
    _ runId: String? = nil, payload: [UInt8] = Array("{}".utf8), actor: EventActor
  ) throws(LedgerFailure) -> Receipt {
    let draft = EventDraft(type: "RunStarted", payload: payload, runId: runId)
    try check.check(draft)
    let event = PreparedEvent(
      draft, runId: runId ?? UUID.random(), eventId: UUID.random(), actor: actor.bytes, startsOwnRun: runId == nil,
      now: Clock.now())
    guard let receipt = try append([event]).first else { throw LedgerFailure(.notWritten, "the run was not begun") }
    return receipt
  }

  private func append(_ events: [PreparedEvent]) throws(LedgerFailure) -> [Receipt] {
    if events.isEmpty { return [] }
    let request = AppendRequest(events)
    queue.withLock { $0.append(request) }
    let seen = writer.withLock { writer in
      // Who wrote before may have written this as well.
      if !request.isSettled { writer.commit(takeGroup(with: request)) }
      return writer.seen
    }
    var receipts = try request.receipts()
    guard durability == .durable, let last = receipts.map(\.index).max() else { return receipts }
    try sync(upTo: last + 1, seen: seen)
    for index in receipts.indices { receipts[index].durability = .durable }
    return receipts
  }

  /// Takes what waits, up to a limit, and the request of the one who writes in any case.
  private func takeGroup(with request: AppendRequest) -> [AppendRequest] {
    queue.withLock { waiting in
      var (size, count) = (0, 0)
      var isIn = false
      while count < waiting.count, size < Self.groupLimit || !isIn {
        size += waiting[count].size
        if waiting[count] === request { isIn = true }
        count += 1
      }
      let group = Array(waiting[..<count])
      waiting.removeFirst(count)
      return group
    }
  }

  /// Waits until so many records are on the disk.
  func sync(upTo size: Int, seen: ControlFile.Seen? = nil) throws(LedgerFailure) {
    let failure = gate.withLock { gate -> LedgerFailure? in
      do throws(LedgerFailure) {
        try gate.sync(upTo: size, seen: seen)
        return nil
      } catch {
        return error
      }
    }
    if let failure { throw failure }
  }

  /// Runs `body` while nobody appends, in this process or another one.
  func exclusively<Result: Sendable>(
    _ body: @Sendable (inout LogWriter) throws(LedgerFailure) -> Result
  ) throws(LedgerFailure) -> Result {
    try writer.withLock { writer -> Swift.Result<Result, LedgerFailure> in
      do throws(LedgerFailure) { return .success(try writer.locked(body)) } catch { return .failure(error) }
    }.get()
  }
}

/// The time of events.
enum Clock {
  /// Now, as events have it.
  static func now() -> String {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return AuditTime.text(milliseconds: time.tv_sec * 1000 + time.tv_nsec / 1_000_000)
  }
}

/// Identities that nobody else makes.
package enum UUID {
  /// A random UUID of version 4 in lower case.
  package static func random() -> String {
    // Both halves with one call of the system.
    var words: (high: UInt64, low: UInt64) = (0, 0)
    let isDrawn = withUnsafeMutableBytes(of: &words) { getentropy($0.baseAddress, $0.count) == 0 }
    if !isDrawn { words = (.random(in: .min ... .max), .random(in: .min ... .max)) }
    let high = words.high & ~0xF000 | 0x4000
    let low = words.low & ~(0xC << 60) | 0x8 << 60
    return String(unsafeUninitializedCapacity: 36) { text in
      var place = 0
      for index in 0..<32 {
        if index == 8 || index == 12 || index == 16 || index == 20 {
          text[place] = 0x2D
          place += 1
        }
        let word = index < 16 ? high : low
        let digit = UInt8(truncatingIfNeeded: word >> UInt64(60 - 4 * (index % 16)) & 15)
        text[place] = digit + (digit < 10 ? 0x30 : 0x57)
        place += 1
      }
      return 36
    }
  }
}
