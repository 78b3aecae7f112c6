import Cllama
import NIOCore
import NIOPosix

/// The sinks of a sidecar: what is on the disk goes to each of them, at its own pace.
///
/// Nothing waits for them. A sink reads the record's own files from where it is, so that what waits costs no memory, and what a
/// crash interrupts is gone on with. Belongs to one event loop.
final class Sinks {
  private let loop: any EventLoop
  private let client: PeerClient
  private let folder: String
  private var mark: RecordFile.Mark
  /// Files and encodings; a sink that hangs must not hold up the record, so these are not the record's threads.
  private var threads: NIOThreadPool?
  private var workers: [SinkWorker] = []
  private var isStopping = false

  init(loop: any EventLoop, log: RecordLog, client: PeerClient) {
    self.loop = loop
    self.client = client
    folder = log.folder
    mark = log.mark
    log.onDisk = { [weak self] mark in self?.written(mark) }
  }

  /// Takes a configuration's sinks over. One that is told something else goes on from where the old one was.
  func take(_ configuration: SidecarConfiguration) {
    if isStopping || workers.map(\.setting) == configuration.sinks { return }
    let threads = threads ?? startThreads()
    let old = workers
    workers = configuration.sinks.map { setting in
      if let same = old.first(where: { $0.setting == setting }) { return same }
      let before = old.first { $0.setting.name == setting.name }
      // The record must not drop what still waits.
      let kept = configuration.log.segmentBytes * (configuration.log.segments - 1) / 2
      let worker = SinkWorker(
        setting, folder: folder, pod: configuration.pod,
        agent: configuration.instances.count == 1 ? configuration.instances[0].name : nil,
        queueBytes: min(setting.queueBytes, kept), loop: loop, threads: threads, sender: SinkSender(client, loop: loop))
      worker.start(mark, after: before?.retire())
      return worker
    }
    for worker in old where !configuration.sinks.contains(where: { $0.name == worker.setting.name }) {
      _ = worker.retire()
    }
  }

  private func startThreads() -> NIOThreadPool {
    let pool = NIOThreadPool(numberOfThreads: 2)
    pool.start()
    threads = pool
    return pool
  }

  private func written(_ mark: RecordFile.Mark) {
    self.mark = mark
    for worker in workers { worker.written(mark) }
  }

  /// Sends what waits, or puts it to the dead letters; the future tells when that is done, in a bounded time.
  func stop() -> EventLoopFuture<Void> {
    isStopping = true
    return EventLoopFuture.andAllComplete(workers.map { $0.stop() }, on: loop)
  }

  /// Ends what still runs.
  func close() {
    for worker in workers { _ = worker.retire() }
    workers = []
    threads?.shutdownGracefully { _ in }
  }

  /// Counts, by sink.
  var counts: [(name: String, counts: SinkWorker.Counts, waiting: Int)] {
    workers.map { ($0.setting.name, $0.counts, $0.waiting) }
  }
}
