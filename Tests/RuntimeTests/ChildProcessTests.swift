import Processes
import Runtime
import TestSupport
import Testing

@Suite("Child processes", .serialized)
struct ChildProcessTests {
  private static func shell(_ line: String, _ words: String...) -> ChildProcess {
    ChildProcess("/bin/sh", ["-c", line, "sh"] + words)
  }

  @Test("Arguments arrive as they are; status, output and errors come back")
  func capture() async throws {
    let result = try await OwnThread.run {
      try Self.shell("printf '%s|' \"$@\"; echo no >&2; exit 7", "a b", "$HOME", "'", "").capture()
    }
    #expect(result.status == 7)
    #expect(result.text == "a b|$HOME|'||")
    #expect(result.complaint == "no")
  }

  @Test("A child that does not read what it is handed says why itself")
  func unreadInput() async throws {
    let input = [UInt8](repeating: 0x61, count: 1 << 20)
    for line in ["exec <&-; sleep 0.2; echo no >&2; exit 7", "echo no >&2; exit 7"] {
      let result = try await OwnThread.run { try Self.shell(line).capture(input: input) }
      #expect(result.status == 7 && result.complaint == "no")
      #expect(try await OwnThread.run { try Self.shell(line).lines(input: input) { _ in } } == 7)
    }
  }

  @Test("A child that ignores SIGTERM is killed after the grace, with what it started")
  func stubborn() async {
    let start = ContinuousClock.now
    await #expect(throws: ChildProcess.Failure.timedOut) {
      try await OwnThread.run {
        var child = Self.shell("trap '' TERM; sleep 60 & wait; sleep 60")
        child.grace = .milliseconds(300)
        _ = try child.capture(timeout: .milliseconds(300))
      }
    }
    #expect(ContinuousClock.now - start < .seconds(10))
  }

  @Test("Too much output is an error, and so is a program that is not there")
  func failures() async {
    await #expect(throws: ChildProcess.Failure.tooMuchOutput) {
      try await OwnThread.run { _ = try Self.shell("while :; do echo aaaaaaaaaaaaaaaa; done").capture(limit: 10_000) }
    }
    let missing = await #expect(throws: ChildProcess.Failure.self) {
      try await OwnThread.run { _ = try ChildProcess("/nowhere/x", []).capture() }
    }
    guard case .notStarted = missing else {
      Issue.record("\(String(describing: missing))")
      return
    }
  }
}
