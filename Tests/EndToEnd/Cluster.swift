import Glibc
import Processes
import Runtime
import Source
import TestSupport
import Testing

/// A Slurm of a test's own, gone with it.
final class Cluster: Sendable {
  /// Its configuration, for `SLURM_CONF`.
  let configuration: String
  private let folder: String

  /// Whether there can be one: Slurm is installed and we are root, or `CLAW_REQUIRE_SLURM` asks for it.
  static let isWanted: Bool =
    Machine.variable("CLAW_REQUIRE_SLURM") == "1"
    || (getuid() == 0 && Programs.find("slurmctld", environment: ProcessEnvironment.current) != nil)

  struct Failure: Error { var message: String }

  /// Starts one: four nodes with eight GPUs and daemons, or the nodes of some lines, on which nothing can run.
  init(nodes: String? = nil, port: Int) async throws {
    // Slurm takes no blank in its paths.
    folder = "/tmp/claw-slurm-\(getpid())-\(port)"
    configuration = "\(folder)/slurm.conf"
    var words = ["up", folder, "4", "8"]
    if let nodes {
      try ArtifactStore.makeFolder(folder)
      _ = try ArtifactStore.write([("\(folder)/nodes", Array(nodes.utf8))], mode: 0o644)
      words = ["fleet", folder, "\(folder)/nodes"]
    }
    let started = await Machine.run(
      "/usr/bin/env", ["PORT=\(port)", Repository.path("scripts/slurm")] + words, timeout: 90)
    guard started.status == 0 else { throw Failure(message: started.all) }
  }

  deinit {
    _ = try? ChildProcess(Repository.path("scripts/slurm"), ["down", folder]).capture(timeout: .seconds(30))
    TemporaryFolder.remove(folder)
  }

  /// Runs one of Slurm's commands.
  func run(_ program: String, _ arguments: [String], input: [UInt8] = []) throws -> ChildProcess.Result {
    let path = try #require(Programs.find(program, environment: ProcessEnvironment.current))
    var child = ChildProcess(path, arguments)
    child.environment["SLURM_CONF"] = configuration
    return try child.capture(input: input, timeout: .seconds(60))
  }
}
