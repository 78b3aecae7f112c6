import Glibc
import Subprocess
import Synchronization

/// A program that claw runs: an absolute path and arguments, never a shell line.
///
/// Every child gets a session of its own, so that it and everything that it starts can be ended together; it still sees
/// our terminal. What the user sends us (Ctrl-C) is passed on; who does not end within the grace is killed.
package struct ChildProcess: Sendable {
  /// The program's absolute path.
  package var executable: String
  /// Its arguments, without its own name.
  package var arguments: [String]
  /// Variables that it gets on top of ours.
  package var environment: [String: String] = [:]
  /// How long it may take to end after it was told to.
  package var grace = Duration.seconds(10)

  /// Joins program and arguments.
  package init(_ executable: String, _ arguments: [String]) {
    self.executable = executable
    self.arguments = arguments
  }

  /// Why there is no result.
  package enum Failure: Error, Sendable, Equatable {
    /// It could not be started.
    case notStarted(String)
    /// It wrote more than the caller takes.
    case tooMuchOutput
    /// It took longer than the caller waits, and was ended.
    case timedOut
    /// The user stopped us with this signal, and it was ended.
    case interrupted(Int32)
  }

  /// What a program left behind.
  package struct Result: Sendable {
    /// Its exit status; 128 and the signal's number if a signal ended it.
    package var status: Int32
    /// Its standard output.
    package var output: [UInt8]
    /// Its standard error.
    package var errors: [UInt8]

    /// The output as text.
    package var text: String { String(decoding: output, as: UTF8.self) }
    /// What it said on standard error, without blanks around it.
    package var complaint: String { String(decoding: errors, as: UTF8.self).trimmed }
  }

  /// Runs it and collects what it writes.
  ///
  /// - Parameter limit: most bytes of each stream.
  /// - Parameter input: what it reads; nil for nothing.
  /// - Parameter timeout: how long it may take; nil for ever.
  package func capture(
    limit: Int = 32 << 20, input: [UInt8]? = nil, timeout: Duration? = .seconds(60)
  ) throws(Failure) -> Result {
    try ChildRun.wait(self, timeout: timeout) { run throws in
      let result = try await Subprocess.run(
        try await run.program(), arguments: Arguments(run.child.arguments), environment: run.environment,
        platformOptions: run.options, input: GivenInput(bytes: input ?? []), output: .bytes(limit: limit),
        error: .bytes(limit: limit)
      ) { run.started($0.processIdentifier.value) }
      return Result(
        status: result.terminationStatus.code, output: result.standardOutput, errors: result.standardError)
    }
  }

  /// Runs it with our own terminal, or whatever our streams are; returns its exit status.
  package func passThrough(timeout: Duration? = nil) throws(Failure) -> Int32 {
    try ChildRun.wait(self, timeout: timeout) { run throws in
      let result = try await Subprocess.run(
        try await run.program(), arguments: Arguments(run.child.arguments), environment: run.environment,
        platformOptions: run.options,
        input: .currentStandardInput, output: .currentStandardOutput, error: .currentStandardError
      ) { run.started($0.processIdentifier.value) }
      return Result(status: result.terminationStatus.code, output: [], errors: [])
    }.status
  }

  /// Runs it and hands over what it says on standard output and error together, line by line as it comes, without line
  /// ends; returns its exit status.
  ///
  /// - Parameter input: what it reads; nil for nothing.
  package func lines(
    input: [UInt8]? = nil, timeout: Duration? = nil, _ take: @escaping @Sendable (String) -> Void
  ) throws(Failure) -> Int32 {
    try ChildRun.wait(self, timeout: timeout) { run throws in
      let result = try await Subprocess.run(
        try await run.program(), arguments: Arguments(run.child.arguments), environment: run.environment,
        platformOptions: run.options, input: GivenInput(bytes: input ?? []),
        output: .sequence, error: .combinedWithOutput
      ) { execution in
        run.started(execution.processIdentifier.value)
        var rest: [UInt8] = []
        for try await buffer in execution.standardOutput {
          buffer.withUnsafeBytes { rest.append(contentsOf: $0) }
          var start = 0
          while let end = rest[start...].firstIndex(of: 0x0A) {
            take(String(decoding: rest[start..<end], as: UTF8.self))
            start = end + 1
          }
          rest.removeFirst(start)
        }
        if !rest.isEmpty { take(String(decoding: rest, as: UTF8.self)) }
      }
      return Result(status: result.terminationStatus.code, output: [], errors: [])
    }.status
  }
}

/// What a child reads. One that ends without reading it has its reasons, and they stand in what it said.
private struct GivenInput: InputProtocol {
  let bytes: [UInt8]

  func write(with writer: StandardInputWriter) async throws { _ = try? await writer.write(bytes) }
}

/// One run of a child: the bridge between our synchronous main thread and the asynchronous library.
private final class ChildRun: Sendable {
  let child: ChildProcess
  private typealias Outcome = Result<ChildProcess.Result, ChildProcess.Failure>
  private let state = Mutex<(pid: pid_t?, wish: Int32?)>((nil, nil))
  private let outcome = Mutex<Outcome?>(nil)

  init(_ child: ChildProcess) { self.child = child }

  var options: PlatformOptions {
    var options = PlatformOptions()
    options.createSession = true
    return options
  }

  var environment: Subprocess.Environment {
    var changes: [Subprocess.Environment.Key: String?] = [:]
    for (name, value) in child.environment {
      if let key = Subprocess.Environment.Key(rawValue: name) { changes[key] = value }
    }
    return .inherit.updating(changes)
  }

  /// The program, looked up in its own folder only, which also checks that it may be run.
  func program() async throws -> Executable {
    let parts = child.executable.split(separator: "/", omittingEmptySubsequences: false)
    let folder = "/" + parts.dropLast().joined(separator: "/")
    let found = try await Executable.name(String(parts.last ?? "")).resolveExecutablePath(
      in: .inherit.updating(["PATH": folder]))
    return .path(found)
  }

  /// Notes the process; a signal that came before it is delivered now.
  func started(_ pid: pid_t) {
    let wish = state.withLock { state in
      state.pid = pid
      return state.wish
    }
    if let wish { send(wish) }
  }

  /// Sends a signal to the child and everything in its session's first group.
  func send(_ signal: Int32) {
    let pid = state.withLock { state in
      state.wish = signal
      return state.pid
    }
    if let pid { kill(-pid, signal) }
  }

  /// Runs `body` to its end on other threads, while this one waits for it, for signals and for the clock.
  static func wait(
    _ child: ChildProcess, timeout: Duration?,
    _ body: @escaping @Sendable (ChildRun) async throws -> ChildProcess.Result
  ) throws(ChildProcess.Failure) -> ChildProcess.Result {
    let run = ChildRun(child)
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
        deadline = clock.now + child.grace
      case nil:
        if cut == nil {
          cut = .timedOut
          send(SIGTERM)
          deadline = clock.now + child.grace
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
  fileprivate var code: Int32 {
    switch self {
    case .exited(let code): code
    case .signaled(let signal): 128 + signal
    }
  }
}
