import JSON
import Testing

@Suite("claw doctor: what will not work, and what to do about it", .serialized)
struct DoctorTests {
  /// Answers of a machine on which all is well.
  private static let good = """
    'version --format {{.Client.Version}}') echo 26.1.5 ;;
    'version --format {{.Server.Version}}') echo 26.1.5+dfsg1 ;;
    'buildx version') echo 'github.com/docker/buildx 0.13.1 abc' ;;
    'buildx inspect') echo 'BuildKit version: v0.13' ;;
    'info --format {{.DockerRootDir}}') echo / ;;
    'info --format {{json .Plugins.Network}}') echo '["bridge","host"]' ;;
    'compose version --short') echo 2.26.1 ;;
    """

  /// A row: `ok docker`, and what was seen.
  private struct Row {
    var name: String
    var verdict: String
    var detail: String
    var fix: String?
  }

  private func checks(
    _ cases: String = "", _ variables: [String] = [], _ words: [String] = [], in folder: Folder? = nil
  ) async throws -> (status: Int32, rows: [Row]) {
    let folder = try folder ?? Folder("doctor")
    try await folder.fakeDocker(cases + "\n" + Self.good)
    let run = await folder.claw(["doctor", "--json"] + words, ["CLAW_DOCKER=bin/docker"] + variables)
    let rows = try JSONParser.parse(run.output.utf8)["checks"]?.array ?? []
    return (
      run.status,
      rows.map {
        Row(
          name: $0["name"]?.string ?? "", verdict: $0["verdict"]?.string ?? "", detail: $0["detail"]?.string ?? "",
          fix: $0["fix"]?.string)
      }
    )
  }

  /// The row of a name; what is not as it should be has a fix.
  private func row(_ name: String, _ rows: [Row]) throws -> Row {
    let row = try #require(rows.last { $0.name == name }, "\(rows)")
    #expect(row.verdict == "ok" || row.fix?.isEmpty == false, "\(row)")
    return row
  }

  @Test("All is well")
  func good() async throws {
    let (status, rows) = try await checks()
    #expect(status == 0 && rows.filter { $0.verdict != "ok" }.isEmpty, "\(rows)")
    #expect(rows.first?.name == "docker" && rows.first?.detail.contains("client 26.1.5") == true, "\(rows)")
  }

  @Test(
    "Each row fails for its own reason",
    arguments: [
      ("'version --format {{.Server.Version}}') echo 20.10.24 ;;", "engine", "older than 23"),
      ("'version --format {{.Server.Version}}') echo 'Cannot connect' >&2; exit 1 ;;", "engine", "Cannot connect"),
      ("'buildx version') echo \"'buildx' is not a docker command\" >&2; exit 1 ;;", "buildx", "not a docker command"),
      ("'info --format {{.DockerRootDir}}') echo /proc ;;", "disk", "0 GB free"),
      ("'info --format {{json .Plugins.Network}}') echo '[\"nat\"]' ;;", "networks", "no bridge networks"),
      ("'compose version --short') echo 2.19.9 ;;", "compose", "older than 2.24"),
      ("'compose version --short') echo unknown >&2; exit 1 ;;", "compose", "unknown"),
    ])
  func fails(cases: String, name: String, detail: String) async throws {
    let (status, rows) = try await checks(cases)
    let row = try row(name, rows)
    #expect(status == 6 && row.verdict == "failed" && row.detail.contains(detail), "\(row)")
  }

  @Test("Who may not talk to the engine is not told to start one")
  func denied() async throws {
    let says = "permission denied while trying to connect to the Docker daemon socket at unix:///run/docker.sock"
    let (_, rows) = try await checks("'version --format {{.Server.Version}}') echo '\(says)' >&2; exit 1 ;;")
    let row = try row("engine", rows)
    #expect(row.fix?.contains("group 'docker'") == true && row.fix?.contains("start") == false, "\(row)")
  }

  @Test("Without an answer of the engine, nothing is said of what only it knows")
  func noEngine() async throws {
    let (status, rows) = try await checks("'version --format {{.Server.Version}}') exit 1 ;;")
    #expect(status == 6)
    #expect(Set(rows.map(\.name)) == ["docker", "engine", "compose", "folder", "generated files"])
  }

  @Test("No docker, a folder that is not there, stale files, and what steers docker (abuse case 42)")
  func surroundings() async throws {
    let missing = try await checks("", ["CLAW_DOCKER=nowhere/docker"], ["nowhere/x"])
    #expect(try missing.status == 6 && row("docker", missing.rows).verdict == "failed")
    #expect(try row("folder", missing.rows).verdict == "failed")

    let folder = try Folder("doctor")
    try folder.write("Clawfile", "FROM debian:bookworm-slim\nCLAW_TYPE generic\nAGENT AGENTS.md\n")
    try folder.write("Dockerfile.generated", "FROM scratch\n")
    let stale = try await checks(in: folder)
    let row = try row("generated files", stale.rows)
    #expect(stale.status == 0 && row.verdict == "warning" && row.detail == "stale: 'Dockerfile.generated'", "\(row)")

    // A script in docker's place answers like it, so what is shown is where it lies.
    #expect(try self.row("docker", stale.rows).detail.hasPrefix(folder.path + "/bin/docker, "))
    let plugins = try await checks("", ["DOCKER_CLI_PLUGIN_EXTRA_DIRS=/evil", "DOCKER_CONFIG=/evil"])
    #expect(plugins.rows.filter { $0.name == "environment" && $0.detail.hasSuffix(" is set: /evil") }.count == 2)

    let steered = try await checks("", ["DOCKER_HOST=tcp://elsewhere", "DOCKER_BUILDKIT=0"])
    let rows = steered.rows.filter { $0.name == "environment" }
    #expect(steered.status == 6 && rows.map(\.verdict) == ["warning", "failed"], "\(rows)")
    #expect(rows.first?.detail == "DOCKER_HOST is set: tcp://elsewhere")
  }
}
