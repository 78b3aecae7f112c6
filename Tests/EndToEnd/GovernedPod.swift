import JSON
import Runtime
import Source
import Testing

/// One pod for many tests: two counted claws, one more of another kind, a service of the first, and a plain service that
/// listens on the host itself.
struct GovernedPod: Sendable {
  static let name = "claw-e2e"
  static let hostPort = 18999
  /// A provider's key that lies where claw and compose look for variables.
  static let canary = "sk-canary-" + String(repeating: "7f3a", count: 8)
  static let shared = Task { try await GovernedPod() }

  let folder: Folder

  private init() async throws {
    folder = try Folder("pod")
    try folder.write("AGENTS.md", "# The contract\n\nYou do nothing.\n")
    try folder.write("agent/Clawfile", Self.clawfile)
    try folder.write("agent/runner.pl", Self.runner, mode: 0o755)
    try folder.write("plain/Dockerfile", "FROM debian:bookworm-slim\nCOPY serve.pl /serve.pl\n")
    try folder.write("plain/serve.pl", Self.server)
    try folder.write(".env", "ANTHROPIC_API_KEY=\(Self.canary)\n")
    try writePod(count: 2)
    _ = await Machine.docker(["compose", "-p", Self.name, "down", "-v", "--remove-orphans"])
    let up = await up()
    if up.status != 0 { throw NotUp(output: up.all) }
  }

  /// The pod did not come up; every test of it fails with this.
  struct NotUp: Error { var output: String }

  func up(_ more: [String] = []) async -> Machine.Outcome {
    let words = ["OPENAI_API_KEY=\(Self.canary)", Machine.claw, "up", folder.path, "--wait"]
    return await Machine.run("/usr/bin/env", words + more)
  }

  func down() async -> Machine.Outcome { await Machine.claw(["down", folder.path, "-v"]) }

  /// The ids of the pod's containers, by service.
  func ids() async throws -> [String: String] {
    let list = await Machine.docker([
      "ps", "-a", "--no-trunc", "--filter", "label=com.docker.compose.project=\(Self.name)", "--format",
      "{{.Label \"com.docker.compose.service\"}} {{.ID}}",
    ])
    try #require(list.status == 0, "\(list.all)")
    var ids: [String: String] = [:]
    for line in list.output.split(separator: "\n") {
      let words = line.split(separator: " ").map(String.init)
      if words.count == 2 { ids[words[0]] = words[1] }
    }
    return ids
  }

  /// Runs something in a container.
  func exec(_ service: String, user: String? = nil, _ words: [String]) async -> Machine.Outcome {
    await Machine.docker(["exec"] + (user.map { ["-u", $0] } ?? []) + ["\(Self.name)-\(service)-1"] + words)
  }

  /// A shell line in a container.
  func shell(_ service: String, user: String? = nil, _ line: String) async -> Machine.Outcome {
    await exec(service, user: user, ["sh", "-c", line])
  }

  /// Whether a container can open a TCP connection.
  func reaches(_ service: String, _ host: String, _ port: Int) async -> Bool {
    let program = "exit(IO::Socket::INET->new(PeerAddr=>$ARGV[0],PeerPort=>$ARGV[1],Timeout=>2) ? 0 : 1)"
    return await exec(service, ["perl", "-MIO::Socket::INET", "-e", program, host, String(port)]).status == 0
  }

  /// The addresses of a container, by the network's name.
  func addresses(_ service: String) async throws -> [String: (own: String, gateway: String)] {
    let inspect = await Machine.docker(["inspect", "\(Self.name)-\(service)-1"])
    let value = try JSONParser.parse(inspect.output.utf8).array?.first
    var found: [String: (own: String, gateway: String)] = [:]
    for network in value?["NetworkSettings"]?["Networks"]?.members ?? [] {
      found[network.name] = (network.value["IPAddress"]?.string ?? "", network.value["Gateway"]?.string ?? "")
    }
    return found
  }

  func writePod(count: Int) throws {
    try folder.write(
      "claw-pod.yml",
      """
      x-claw:
        pod: \(Self.name)
      services:
        desk:
          build: {context: ./agent, dockerfile: Clawfile}
          environment:
            AUTHORS: "a$$b"
          x-claw:
            agent: ./AGENTS.md
            cllama: none
            count: \(count)
            surfaces:
              - service://wire
              - volume://notes: read-only
            handles:
              discord:
                id: 'p$$HOME$${X}`id`"q'
        other:
          build: {context: ./agent, dockerfile: Clawfile}
          x-claw:
            agent: ./AGENTS.md
            cllama: none
            surfaces:
              - volume://notes: read-write
            handles:
              discord: {id: other}
        wire:
          build: ./plain
          command: [perl, /serve.pl, "4000"]
        host:
          build: ./plain
          network_mode: host
          command: [perl, /serve.pl, "\(Self.hostPort)"]
      volumes:
        notes:

      """)
  }

  private static let clawfile = """
    FROM debian:bookworm-slim
    CLAW_TYPE generic
    AGENT AGENTS.md
    HANDLE discord
    CONFIGURE date +%s >/workspace/configured
    INVOKE * * * * * wake: "50%" $HOME;
    TRACK apt
    ENV WAKE_CMD="cat >>/workspace/woken"
    RUN install -d -o 1000 -g 1000 /mnt/notes
    COPY --chmod=0555 runner.pl /app/runner
    USER 1000:1000
    HEALTHCHECK --interval=2s --timeout=30s --start-period=60s --retries=5 CMD ["test", "-e", "/tmp/ready"]
    ENTRYPOINT ["/app/runner"]

    """

  private static let server = """
    use strict; use IO::Socket::INET;
    $SIG{TERM} = sub { exit 0 };
    my $server = IO::Socket::INET->new(LocalPort => $ARGV[0], Listen => 16, ReuseAddr => 1) or die $@;
    while (1) { my $client = $server->accept or next; print $client "here\\n"; close $client }

    """

  private static let runner = """
    #!/usr/bin/perl
    use strict; use IO::Socket::INET;
    $SIG{TERM} = sub { exit 0 };
    print -s '/workspace/configured' ? "configured before\\n" : "NOT configured\\n";
    my $server = IO::Socket::INET->new(LocalPort => 8080, Listen => 16, ReuseAddr => 1) or die $@;
    open my $ready, '>', '/tmp/ready'; close $ready; $| = 1; print "ready\\n";
    while (1) { my $client = $server->accept or next; print $client "here\\n"; close $client }

    """
}
