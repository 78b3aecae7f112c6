import Glibc
import Processes
import Runtime
import Source
import TestSupport

/// A Slurm of a test's own, gone with it.
struct Cluster: Sendable {
  /// Its configuration, for `SLURM_CONF`.
  let configuration: String
  private let folder: String

  /// Whether there can be one: Slurm is installed and we are root, or `CLAW_REQUIRE_SLURM` asks for it.
  static let isWanted: Bool =
    Machine.variable("CLAW_REQUIRE_SLURM") == "1"
    || (getuid() == 0 && Programs.find("slurmctld", environment: ProcessEnvironment.current) != nil)

  struct Failure: Error { var message: String }

  /// Starts one, hands it over, and ends it: four nodes with eight GPUs and daemons, or the nodes of some lines, on which
  /// nothing can run.
  static func with(
    nodes: String? = nil, port: Int, _ body: (Cluster) async throws -> Void
  ) async throws {
    // Slurm takes no blank in its paths.
    let folder = "/tmp/claw-slurm-\(getpid())-\(port)"
    try ArtifactStore.makeFolder(folder)
    var words = ["up", folder, "4", "8"]
    if let nodes {
      _ = try ArtifactStore.write([("\(folder)/nodes", Array(nodes.utf8))], mode: 0o644)
      words = ["fleet", folder, "\(folder)/nodes"]
    }
    let script = Repository.path("scripts/slurm")
    let started = await Machine.run("/usr/bin/env", ["PORT=\(port)", script] + words, timeout: 90)
    let result: Result<Void, any Error>
    if started.status == 0 {
      do {
        result = .success(try await body(Cluster(configuration: "\(folder)/slurm.conf", folder: folder)))
      } catch {
        result = .failure(error)
      }
    } else {
      result = .failure(Failure(message: started.all))
    }
    _ = await Machine.run(script, ["down", folder], timeout: 30)
    TemporaryFolder.remove(folder)
    try result.get()
  }

  /// Runs one of Slurm's commands.
  func run(_ program: String, _ arguments: [String]) async -> Machine.Outcome {
    await Machine.run("/usr/bin/env", ["SLURM_CONF=\(configuration)", program] + arguments, timeout: 60)
  }

  /// Asks Slurm whether it would take a script.
  func test(_ script: [UInt8]) async throws -> Machine.Outcome {
    let path = "\(folder)/script"
    _ = try ArtifactStore.write([(path, script)], mode: 0o644)
    return await run("sbatch", ["--test-only", path])
  }
}
