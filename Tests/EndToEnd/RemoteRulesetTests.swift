import Canonical
import Testing

/// `extends: https://…` fetched from a real server by the system's curl.
@Suite(.serialized)
struct RemoteRulesetTests {
  /// Serves `www` under a certificate of its own, on a port that it writes down; `/away` leads elsewhere.
  private static let server = """
    import http.server, os, ssl
    class Handler(http.server.SimpleHTTPRequestHandler):
        def do_GET(self):
            if self.path == "/away":
                self.send_response(302)
                self.send_header("Location", "/base.yml")
                self.end_headers()
            else:
                super().do_GET()
        def log_message(self, *words):
            pass
    os.chdir("www")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain("../server.pem", "../server.key")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    open("../port.new", "w").write(str(server.server_port))
    os.rename("../port.new", "../port")
    server.serve_forever()
    """

  /// Starts the server, runs claw on the ruleset that extends an address there, and ends the server.
  private static let script = #"""
    set -eu
    cd "$1"; claw=$2; address=$3; allowed=$4; trusted=$5
    [ -f server.pem ] || openssl req -x509 -newkey rsa:2048 -nodes -keyout server.key -out server.pem -days 2 \
      -subj /CN=localhost -addext subjectAltName=DNS:localhost 2>/dev/null
    rm -f port
    timeout -k 5 60 python3 server.py & server=$!
    trap 'kill $server 2>/dev/null' EXIT
    for _ in $(seq 200); do [ -f port ] && break; sleep 0.05; done
    printf 'version: "1.2.0"\nextends: "https://localhost:%s%s"\n' "$(cat port)" "$address" > policy.yml
    [ "$trusted" = no ] || export CURL_CA_BUNDLE="$1/server.pem"
    "$claw" policy show policy.yml $allowed
    """#

  private func show(
    _ folder: Folder, _ address: String, allowed: String = "--allow-host localhost", trusted: Bool = true
  ) async -> Machine.Outcome {
    await Machine.run(
      "/bin/sh", ["-c", Self.script, "sh", folder.path, Machine.claw, address, allowed, trusted ? "yes" : "no"])
  }

  @Test("A parent is fetched from an allowed host if its digest is the pinned one, and else not")
  func fetches() async throws {
    let folder = try Folder("remote-ruleset")
    let parent = "version: \"1.2.0\"\nguards:\n  egress_allowlist: {allow: [api.example.com]}\n"
    let pin = "#sha256=\(Digest.sha256Hex(Array(parent.utf8)))"
    try folder.write("server.py", Self.server)
    try folder.write("www/base.yml", parent)
    try folder.write("www/large.yml", String(repeating: "# a long line of a comment\n", count: 60_000))

    let good = await show(folder, "/base.yml" + pin)
    #expect(good.status == 0 && good.output.contains("api.example.com"), "\(good.all)")

    for (name, outcome, words) in [
      ("no host is allowed", await show(folder, "/base.yml" + pin, allowed: ""), "--allow-host"),
      ("another host is", await show(folder, "/base.yml" + pin, allowed: "--allow-host example.com"), "not allowed"),
      ("there is no pin", await show(folder, "/base.yml"), "sha256"),
      (
        "the content is another", await show(folder, "/base.yml#sha256=" + String(repeating: "0", count: 64)),
        "other content"
      ),
      ("nobody vouches for the server", await show(folder, "/base.yml" + pin, trusted: false), "can't be fetched"),
      ("it leads elsewhere", await show(folder, "/away" + pin), "other content"),
      ("there is nothing", await show(folder, "/none.yml" + pin), "can't be fetched"),
      ("it is too large", await show(folder, "/large.yml" + pin), "can't be fetched"),
    ] {
      #expect(outcome.status == 3 && outcome.output.isEmpty, "\(name): \(outcome.all)")
      #expect(outcome.errors.contains(words), "\(name): \(outcome.all)")
      #expect(outcome.errors.contains("policy.yml:2:10"), "\(name): \(outcome.all)")
    }
  }
}
