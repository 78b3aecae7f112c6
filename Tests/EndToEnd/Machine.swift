import Glibc
import Processes
import Runtime
import Source
import Testing
import TestSupport

/// What the tests run on: the built `claw`, a docker command and an engine.
enum Machine {
  /// The `claw` to test: `CLAW`, else the one that was built beside these tests.
  static let claw: String = {
    if let path = variable("CLAW"), !path.isEmpty { return DiskFiles.absolute(path) ?? path }
    let own = DiskFiles.realPath("/proc/self/exe") ?? ""
    let beside = FilePath.join(FilePath.directory(of: own), "claw")
    // `swift test` may run the bundle through a helper of the toolchain.
    if FileSearch.kind(of: beside) == .file { return beside }
    return Repository.path(".build/debug/claw")
  }()

  static let docker: String? = try? DockerTool.find(nil, environment: ProcessEnvironment.current).path

  /// Whether an engine with the base image answers.
  static var hasEngine: Bool { get async { await engine.value } }
  private static let engine = Task {
    guard let docker else { return false }
    let base = ["image", "inspect", "--format", "{{.Id}}", "debian:bookworm-slim"]
    return await run(docker, base, timeout: 20).status == 0
  }

  static let isRequired = variable("CLAW_REQUIRE_DOCKER") == "1"
  /// Whether the tests are run at all.
  static var isWanted: Bool { get async { isRequired ? true : await hasEngine } }

  static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

  /// What a program left.
  struct Outcome: Sendable {
    var status: Int32
    var output: String
    var errors: String
    /// Both, for messages.
    var all: String { output + errors }
  }

  /// Runs a program.
  static func run(_ program: String, _ arguments: [String], timeout: Int = 180) async -> Outcome {
    do {
      let result = try await OwnThread.run {
        try ChildProcess(program, arguments).capture(timeout: .seconds(timeout))
      }
      return Outcome(
        status: result.status, output: result.text, errors: String(decoding: result.errors, as: UTF8.self))
    } catch {
      return Outcome(status: -1, output: "", errors: "\(error)")
    }
  }

  /// Does something and then, whatever came of it, what puts things in order.
  static func during(_ body: () async throws -> Void, then end: () async -> Void) async throws {
    let result: Result<Void, any Error>
    do { result = .success(try await body()) } catch { result = .failure(error) }
    await end()
    try result.get()
  }

  static func docker(_ arguments: [String], timeout: Int = 60) async -> Outcome {
    await run(docker ?? "/usr/bin/docker", arguments, timeout: timeout)
  }

  static func claw(_ arguments: [String], timeout: Int = 180) async -> Outcome {
    await run(claw, arguments, timeout: timeout)
  }
}

/// All tests that need an engine, one after the other: they share it.
@Suite(
  .serialized,
  .enabled("no Docker engine with debian:bookworm-slim answers: scripts/engine and scripts/base-image make one") {
    await Machine.isWanted
  })
struct EndToEnd {
  @Test("An engine answers, and claw is built")
  func machine() async throws {
    try #require(await Machine.hasEngine, "CLAW_REQUIRE_DOCKER=1, but no engine with debian:bookworm-slim answers")
    let version = await Machine.claw(["--version"])
    #expect(version.status == 0, "\(Machine.claw): \(version.all)")
    let doctor = await Machine.claw(["doctor"])
    #expect(doctor.status == 0, "\(doctor.all)")
  }
}
