import Dispatch
import Processes
import Runtime
import Testing

@Suite("Child processes", .serialized)
struct ChildProcessTests {
  /// Off the threads that tests share: a run blocks its own.
  private func off<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async { continuation.resume(returning: body()) }
    }
  }

  @Test("Arguments arrive as they are; status, output and errors come back")
  func capture() async throws {
    let result = try await off {
      Result { () throws(ChildProcess.Failure) in
        try ChildProcess("/bin/sh", ["-c", "printf '%s|' \"$@\"; echo no >&2; exit 7", "sh", "a b", "$HOME", "'", ""])
          .capture()
      }
    }.get()
    #expect(result.status == 7)
    #expect(result.text == "a b|$HOME|'||")
    #expect(result.complaint == "no")
  }

  @Test("A child that does not read what it is handed says why itself")
  func unreadInput() async throws {
    let input = [UInt8](repeating: 0x61, count: 1 << 20)
    for line in ["exec <&-; sleep 0.2; echo no >&2; exit 7", "echo no >&2; exit 7"] {
      let result = try await off {
        Result { () throws(ChildProcess.Failure) in try ChildProcess("/bin/sh", ["-c", line]).capture(input: input) }
      }.get()
      #expect(result.status == 7 && result.complaint == "no")
      let status = try await off {
        Result { () throws(ChildProcess.Failure) in
          try ChildProcess("/bin/sh", ["-c", line]).lines(input: input) { _ in }
        }
      }.get()
      #expect(status == 7)
    }
  }

  @Test("A child that ignores SIGTERM is killed after the grace, with what it started")
  func stubborn() async {
    let start = ContinuousClock.now
    let failure = await off { () -> ChildProcess.Failure? in
      var child = ChildProcess("/bin/sh", ["-c", "trap '' TERM; sleep 60 & wait; sleep 60"])
      child.grace = .milliseconds(300)
      do throws(ChildProcess.Failure) { _ = try child.capture(timeout: .milliseconds(300)) } catch { return error }
      return nil
    }
    #expect(failure == .timedOut)
    #expect(ContinuousClock.now - start < .seconds(10))
  }

  @Test("Too much output is an error, and so is a program that is not there")
  func failures() async {
    let much = await off { () -> ChildProcess.Failure? in
      do throws(ChildProcess.Failure) {
        _ = try ChildProcess("/bin/sh", ["-c", "while :; do echo aaaaaaaaaaaaaaaa; done"]).capture(limit: 10_000)
      } catch { return error }
      return nil
    }
    #expect(much == .tooMuchOutput)
    let missing = await off { () -> Bool in
      do throws(ChildProcess.Failure) { _ = try ChildProcess("/nowhere/x", []).capture() } catch {
        if case .notStarted = error { return true }
      }
      return false
    }
    #expect(missing)
  }
}
