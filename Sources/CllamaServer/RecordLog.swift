import Cllama
import JSON
import NIOCore
import NIOPosix

/// Brings records to the disk without holding the event loop up: what comes while one group is being written makes the next
/// group.
///
/// Belongs to one event loop.
final class RecordLog {
  private struct Waiting {
    var lines: [(time: Int, members: [UInt8])]
    var promise: EventLoopPromise<Void>?
  }

  private let file: RecordFile
  private let loop: any EventLoop
  private let thread: NIOThreadPool
  private var waiting: [Waiting] = []
  private var isWriting = false
  /// The last failure, until something could be written again.
  private(set) var failure: String?
  /// How many groups were written, and how long that took in nanoseconds.
  private(set) var groups = 0
  private(set) var nanoseconds = 0
  /// How far the record is on the disk.
  private(set) var mark: RecordFile.Mark
  /// The run of the ledger that lines belong to, as a member; none outside of one.
  private var runMember: [UInt8] = []
  /// Told each time it got further.
  var onDisk: (RecordFile.Mark) -> Void = { _ in }
  /// Told each time that another file was begun.
  var onFile: () -> Void = {}

  init(_ file: RecordFile, loop: any EventLoop, thread: NIOThreadPool) {
    self.file = file
    self.loop = loop
    self.thread = thread
    mark = file.mark
  }

  /// Where the record's files are.
  var folder: String { file.folder }

  /// Lines from now on belong to a run, or to none.
  func setRun(_ run: String?) {
    runMember = run.map { Array(",\"run\":\(JSONValue.string($0).text())".utf8) } ?? []
  }

  /// Appends records; the future tells when they are on the disk.
  func append(_ records: [CallRecord]) -> EventLoopFuture<Void> {
    let promise = loop.makePromise(of: Void.self)
    put(records, promise)
    return promise.futureResult
  }

  /// Appends records whose writing nobody waits for.
  func note(_ records: [CallRecord]) { put(records, nil) }

  private func put(_ records: [CallRecord], _ promise: EventLoopPromise<Void>?) {
    let now = RecordTime.now
    waiting.append(
      Waiting(
        lines: records.map { record in
          var line = record.line
          line += runMember
          return (now, line)
        }, promise: promise))
    if !isWriting { write() }
  }

  private func write() {
    guard !waiting.isEmpty else { return }
    isWriting = true
    let group = waiting
    waiting = []
    let lines = group.flatMap(\.lines)
    let start = NIODeadline.now()
    thread.runIfActive(eventLoop: loop) { [file] in try file.append(lines) }.assumeIsolated().whenComplete {
      [self] result in
      isWriting = false
      groups += 1
      nanoseconds += Int((NIODeadline.now() - start).nanoseconds)
      switch result {
      case .success(let mark):
        failure = nil
        let isNew = mark.segment != self.mark.segment
        self.mark = mark
        if isNew { onFile() }
        onDisk(mark)
        for one in group { one.promise?.succeed(()) }
      case .failure(let error):
        failure = (error as? RecordFile.Failure)?.message ?? "\(error)"
        for one in group { one.promise?.fail(error) }
      }
      if !isWriting { write() }
    }
  }
}
