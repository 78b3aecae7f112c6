import Cllama
import NIOCore
import NIOPosix

/// Brings the record to one sink, in order: reads a batch, sends it until it is delivered or will never be, remembers how far it
/// came, reads the next one.
///
/// Belongs to one event loop; files are touched by other threads, one job after the other.
final class SinkWorker {
  /// What became of records.
  struct Counts {
    var sent = 0
    /// Attempts that failed.
    var failures = 0
    var dead = 0
    /// Records that the record's own files had dropped before they were read.
    var lost = 0
  }

  enum Step {
    /// Finds out where to go on.
    case opening
    /// Nothing is under way.
    case waiting
    /// A batch is under way.
    case working
    /// A batch waits for its next attempt.
    case pausing
    case over
  }

  let setting: SinkSetting
  var counts = Counts()
  let folder: String
  private let agent: String?
  let queueBytes: Int
  let loop: any EventLoop
  private let threads: NIOThreadPool
  let sender: SinkSender
  let letters: LineFile
  let output = StandardOutput()

  var step = Step.opening
  var reader: RecordReader
  var mark = RecordFile.Mark(sequence: 0, bytes: 0)
  /// How much of the record was read, as `mark` counts.
  var readBytes = 0
  var batch: [SinkEvent] = []
  /// What is sent behind the batch, because it was too large.
  var rest: [SinkEvent] = []
  var heldBytes = 0
  var attempt = 0
  var savedSequence = 0
  var timer: Scheduled<Void>?
  var isSpilling = false
  private var tail: EventLoopFuture<Void>
  var stopped: EventLoopPromise<Void>?
  /// Whether there is no more time to send anything.
  var isClosing = false

  init(
    _ setting: SinkSetting, folder: String, agent: String?, queueBytes: Int, loop: any EventLoop,
    threads: NIOThreadPool, sender: SinkSender
  ) {
    self.setting = setting
    self.folder = folder
    self.agent = agent
    self.queueBytes = queueBytes
    self.loop = loop
    self.threads = threads
    self.sender = sender
    letters = LineFile(
      path: SinkPosition.deadLetters(folder, setting.name), .bounded(bytes: setting.deadLetterBytes))
    reader = RecordReader(folder, from: SinkPosition(sequence: 0), agent: agent)
    tail = loop.makeSucceededVoidFuture()
  }

  /// How many records are neither sent nor dead letters yet.
  var waiting: Int { max(0, mark.sequence - reader.sequence) + batch.count + rest.count }
  var unread: Int { max(0, mark.sequence - reader.sequence) }
  var unreadBytes: Int { max(0, mark.bytes - readBytes) }

  /// Runs a job on another thread, behind those that were asked for before.
  func run<Value: Sendable>(
    _ body: @escaping @Sendable () throws -> Value, then: @escaping (Result<Value, any Error>) -> Void
  ) {
    let promise = loop.makePromise(of: Value.self)
    let before = tail
    tail = promise.futureResult.map { _ in }.recover { _ in }
    before.whenComplete { [threads, loop] _ in
      threads.runIfActive(eventLoop: loop, body).cascade(to: promise)
    }
    promise.futureResult.assumeIsolated().whenComplete(then)
  }

  // MARK: Beginning and end

  /// - Parameters:
  ///   - mark: where the record is: a sink that is new begins behind it.
  ///   - before: when another one is done with the sink's files.
  func start(_ mark: RecordFile.Mark, after before: EventLoopFuture<Void>?) {
    self.mark = mark
    if let before { tail = before }
    open()
  }

  func open() {
    let sequence = mark.sequence
    run { [folder, setting, agent] in
      var position = SinkPosition.load(folder, setting.name)
      // A position behind the record's end is another record's.
      if let old = position, old.sequence > sequence { position = SinkPosition(sequence: 0) }
      if position == nil {
        position = SinkPosition(sequence: sequence)
        try position?.save(folder, setting.name)
      }
      var reader = RecordReader(folder, from: position ?? SinkPosition(sequence: 0), agent: agent)
      return (reader.backlog(), reader)
    } then: { [self] result in
      guard step == .opening else { return }
      switch result {
      case .success((let backlog, let reader)):
        self.reader = reader
        savedSequence = reader.sequence
        readBytes = unread == 0 ? mark.bytes : mark.bytes - backlog
        step = .waiting
        consider()
      case .failure:
        counts.failures += 1
        if stopped != nil { return finish() }
        pause(1_000) { $0.open() }
      }
    }
  }

  func written(_ mark: RecordFile.Mark) {
    self.mark = mark
    consider()
  }

  /// Brings out what waits. What can't be sent in time goes to the dead letters; when even that takes too long, the record
  /// still has it for the next start.
  func stop() -> EventLoopFuture<Void> {
    if let stopped { return stopped.futureResult }
    let promise = loop.makePromise(of: Void.self)
    stopped = promise
    if step == .over { return loop.makeSucceededVoidFuture() }
    let isolated = loop.assumeIsolated()
    isolated.scheduleTask(in: .milliseconds(Int64(setting.stopMilliseconds))) { [self] in close() }
    isolated.scheduleTask(in: .milliseconds(Int64(setting.stopMilliseconds) + 2_000)) { [self] in finish() }
    if step == .pausing { send() } else { consider() }
    return promise.futureResult
  }

  func close() {
    if step == .over { return }
    isClosing = true
    switch step {
    case .pausing: bury(batch + rest, "the sidecar stopped")
    case .working: sender.cancel()
    case .opening, .waiting, .over: consider()
    }
  }

  func finish() {
    step = .over
    timer?.cancel()
    stopped?.succeed(())
  }

  /// Ends at once; the future tells when its files are no longer touched.
  func retire() -> EventLoopFuture<Void> {
    finish()
    sender.cancel()
    return tail
  }

  func pause(_ milliseconds: Int, _ body: @escaping (SinkWorker) -> Void) {
    timer?.cancel()
    timer = loop.assumeIsolated().scheduleTask(in: .milliseconds(Int64(milliseconds))) { [self] in
      timer = nil
      if step != .over { body(self) }
    }
  }
}
