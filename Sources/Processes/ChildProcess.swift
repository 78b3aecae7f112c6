import Source
import Subprocess

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
    try Self.captureAll([(self, input ?? [])], limit: limit, timeout: timeout)[0]
  }

  /// Runs several at the same time, few at once, and collects what each writes; in their order.
  ///
  /// - Parameter timeout: how long all of them together may take; nil for ever.
  package static func captureAll(
    _ children: [(child: ChildProcess, input: [UInt8])], limit: Int = 32 << 20, timeout: Duration? = .seconds(60)
  ) throws(Failure) -> [Result] {
    let grace = children.first?.child.grace ?? .seconds(10)
    return try ChildRun.wait(grace: grace, timeout: timeout) { run throws in
      var results: [Int: Result] = [:]
      try await withThrowingTaskGroup(of: (Int, Result).self) { group in
        for (index, (child, input)) in children.enumerated() {
          if index >= atOnce, let (done, result) = try await group.next() { results[done] = result }
          group.addTask { (index, try await child.captured(run, input: input, limit: limit)) }
        }
        for try await (done, result) in group { results[done] = result }
      }
      return children.indices.compactMap { results[$0] }
    }
  }

  /// How many children run at the same time.
  private static let atOnce = 8

  private func captured(_ run: ChildRun, input: [UInt8], limit: Int) async throws -> Result {
    let result = try await Subprocess.run(
      try await program(), arguments: Arguments(arguments), environment: variables,
      platformOptions: ChildRun.options, input: GivenInput(bytes: input), output: .bytes(limit: limit),
      error: .bytes(limit: limit)
    ) { run.started($0.processIdentifier.value) }
    return Result(
      status: result.terminationStatus.code, output: result.standardOutput, errors: result.standardError)
  }

  /// Runs it with our own terminal, or whatever our streams are; returns its exit status.
  package func passThrough(timeout: Duration? = nil) throws(Failure) -> Int32 {
    try ChildRun.wait(grace: grace, timeout: timeout) { run throws in
      let result = try await Subprocess.run(
        try await program(), arguments: Arguments(arguments), environment: variables, platformOptions: ChildRun.options,
        input: .currentStandardInput, output: .currentStandardOutput, error: .currentStandardError
      ) { run.started($0.processIdentifier.value) }
      return [Result(status: result.terminationStatus.code, output: [], errors: [])]
    }[0].status
  }

  /// Runs it and hands over what it says on standard output and error together, line by line as it comes, without line
  /// ends; returns its exit status.
  ///
  /// - Parameter input: what it reads; nil for nothing.
  package func lines(
    input: [UInt8]? = nil, timeout: Duration? = nil, _ take: @escaping @Sendable (String) -> Void
  ) throws(Failure) -> Int32 {
    try ChildRun.wait(grace: grace, timeout: timeout) { run throws in
      let result = try await Subprocess.run(
        try await program(), arguments: Arguments(arguments), environment: variables, platformOptions: ChildRun.options,
        input: GivenInput(bytes: input ?? []), output: .sequence, error: .combinedWithOutput
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
      return [Result(status: result.terminationStatus.code, output: [], errors: [])]
    }[0].status
  }

  private var variables: Subprocess.Environment {
    var changes: [Subprocess.Environment.Key: String?] = [:]
    for (name, value) in environment {
      if let key = Subprocess.Environment.Key(rawValue: name) { changes[key] = value }
    }
    return .inherit.updating(changes)
  }

  /// The program, looked up in its own folder only, which also checks that it may be run.
  private func program() async throws -> Executable {
    let parts = executable.split(separator: "/", omittingEmptySubsequences: false)
    let folder = "/" + parts.dropLast().joined(separator: "/")
    let found = try await Executable.name(String(parts.last ?? "")).resolveExecutablePath(
      in: .inherit.updating(["PATH": folder]))
    return .path(found)
  }
}
