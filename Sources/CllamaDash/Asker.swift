import Dispatch
import NIOCore
import Processes
import Source
import Synchronization

/// Runs claw's commands one after the other, on the thread that `run` is called on: children and signals belong to the
/// main thread.
package final class Asker: Sendable {
  private struct Job: Sendable {
    var question: Question
    var promise: EventLoopPromise<Answer>
  }

  private struct State {
    var jobs: [Job] = []
    var isStopped = false
  }

  private let claw: String
  private let file: String
  private let state = Mutex(State())
  private let ready = DispatchSemaphore(value: 0)
  /// Most bytes of an answer: a day of a busy pod is less.
  private static let limit = 32 << 20

  /// - Parameter claw: claw's absolute path.
  /// - Parameter file: the pod file.
  package init(claw: String, file: String) {
    self.claw = claw
    self.file = file
  }

  /// Asks when all that was asked before is answered. The future never fails.
  func ask(_ question: Question, on loop: any EventLoop) -> EventLoopFuture<Answer> {
    let job = Job(question: question, promise: loop.makePromise(of: Answer.self))
    let isStopped = state.withLock { state in
      if !state.isStopped { state.jobs.append(job) }
      return state.isStopped
    }
    if isStopped {
      job.promise.succeed(Self.stopped)
    } else {
      ready.signal()
    }
    return job.promise.futureResult
  }

  /// Answers until it is stopped; the number of the signal that did it, if one did.
  package func run() -> Int32? {
    while true {
      ready.wait()
      let job = state.withLock { $0.isStopped || $0.jobs.isEmpty ? nil : $0.jobs.removeFirst() }
      guard let job else {
        if state.withLock({ $0.isStopped }) { return nil }
        continue
      }
      let (answer, signal) = answer(job.question)
      job.promise.succeed(answer)
      if let signal {
        stop()
        return signal
      }
    }
  }

  /// Lets `run` return.
  package func stop() {
    let jobs = state.withLock { state in
      defer { state.jobs = [] }
      state.isStopped = true
      return state.jobs
    }
    for job in jobs { job.promise.succeed(Self.stopped) }
    ready.signal()
  }

  private static let stopped = Answer(status: 130, output: [], complaint: "the page is ending")

  private func answer(_ question: Question) -> (Answer, signal: Int32?) {
    var child = ChildProcess(claw, question.arguments(file: file))
    // Looking is no step of the run that this terminal may be in.
    child.environment = ["CLAW_RUN": "", "NO_COLOR": "1"]
    child.grace = .seconds(2)
    do throws(ChildProcess.Failure) {
      let result = try child.capture(limit: Self.limit, timeout: .seconds(30))
      return (Answer(status: result.status, output: result.output, complaint: Self.plain(result.complaint)), nil)
    } catch {
      var answer = Answer(status: -1, output: [], complaint: "")
      switch error {
      case .notStarted(let reason): answer.complaint = "'\(claw)' can't be run: \(reason)"
      case .tooMuchOutput:
        answer.complaint = "it is more than \(Self.limit >> 20) MiB"
        answer.isTooMuch = true
      case .timedOut: answer.complaint = "claw took longer than 30 s"
      case .interrupted(let signal): return (Self.stopped, signal)
      }
      return (answer, nil)
    }
  }

  /// What claw said, without its own name in front of each line.
  static func plain(_ text: String) -> String {
    let lines = text.split(separator: "\n").prefix(6).map { line in
      line.hasPrefix("claw: ") ? String(line.dropFirst(6)) : String(line.drop { $0 == " " })
    }
    return String(lines.joined(separator: "; ").unicodeScalars.prefix(600).map(Character.init))
  }
}
