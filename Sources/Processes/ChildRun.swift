import Glibc
import Subprocess
import Synchronization

/// What a child reads. One that ends without reading it has its reasons, and they stand in what it said.
struct GivenInput: InputProtocol {
  let bytes: [UInt8]

  func write(with writer: StandardInputWriter) async throws { _ = try? await writer.write(bytes) }
}

/// One run of children: the bridge between our synchronous main thread and the asynchronous library.
final class ChildRun: Sendable {
  private typealias Outcome = Result<[ChildProcess.Result], ChildProcess.Failure>
  private let grace: Duration
  private let state = Mutex<(pids: [pid_t], wish: Int32?)>(([], nil))
  private let outcome = Mutex<Outcome?>(nil)

  init(grace: Duration) { self.grace = grace }

  static var options: PlatformOptions {
    var options = PlatformOptions()
    options.createSession = true
    return options
  }

  /// Notes the process; a signal that came before it is delivered now.
  func started(_ pid: pid_t) {
    let wish = state.withLock { state in
      state.pids.append(pid)
      return state.wish
    }
    if let wish { kill(-pid, wish) }
  }

  /// Sends a signal to the children and everything in their sessions' first groups.
  func send(_ signal: Int32) {
    let pids = state.withLock { state in
      state.wish = signal
      return state.pids
    }
    for pid in pids { kill(-pid, signal) }
  }

  /// Runs `body` to its end on other threads, while this one waits for it, for signals and for the clock.
  ///
  /// Never on a thread that tasks share: `body` needs one, there are as few as cores, and who waits on them all waits for
  /// ever.
  static func wait(
    grace: Duration, timeout: Duration?,
    _ body: @escaping @Sendable (ChildRun) async throws -> [ChildProcess.Result]
  ) throws(ChildProcess.Failure) -> [ChildProcess.Result] {
    assert(withUnsafeCurrentTask { $0 == nil || $0?.unownedTaskExecutor != nil }, "waits on a thread that tasks share")
    let run = ChildRun(grace: grace)
    guard let pipe = SignalPipe() else { throw .notStarted(String(cString: strerror(errno))) }
    let writer = pipe.writer
    Task.detached {
      let result: Outcome
      do {
        result = .success(try await body(run))
      } catch let error as SubprocessError {
        result = .failure(error.code == .outputLimitExceeded ? .tooMuchOutput : .notStarted(error.description))
      } catch {
        result = .failure(.notStarted("\(error)"))
      }
      run.outcome.withLock { $0 = result }
      SignalPipe.finish(writer)
    }
    if let cut = run.supervise(pipe, timeout: timeout) { throw cut }
    guard let outcome = run.outcome.withLock({ $0 }) else { throw .notStarted("no result") }
    return try outcome.get()
  }

  /// Returns when the work is done: with what cut it short, or nil.
  private func supervise(_ pipe: borrowing SignalPipe, timeout: Duration?) -> ChildProcess.Failure? {
    let clock = ContinuousClock()
    var deadline = timeout.map { clock.now + $0 }
    var cut: ChildProcess.Failure?
    while true {
      let milliseconds: Int32? = deadline.map {
        Int32(max(0, min(1e9, (($0 - clock.now) / .milliseconds(1)).rounded(.up))))
      }
      switch pipe.next(milliseconds: milliseconds) {
      case SignalPipe.done?: return cut
      case let signal?:
        // The second wish is not a polite one.
        send(cut == nil ? Int32(signal) : SIGKILL)
        cut = .interrupted(Int32(signal))
        deadline = clock.now + grace
      case nil:
        if cut == nil {
          cut = .timedOut
          send(SIGTERM)
          deadline = clock.now + grace
        } else {
          send(SIGKILL)
          deadline = nil
        }
      }
    }
  }
}

extension TerminationStatus {
  /// The exit status as a shell has it: 128 and the signal's number if a signal ended the program.
  var code: Int32 {
    switch self {
    case .exited(let code): code
    case .signaled(let signal): 128 + signal
    }
  }
}
