import JSON
import Source
import Testing

/// What commands record while a run is open.
@Suite(.serialized)
struct RecordingTests {
  private let folder: Folder

  init() throws { folder = try Folder("recording") }

  /// claw with the run of `run` in a ledger of the test's own.
  private func claw(_ words: [String], run: String? = nil) async -> Machine.Outcome {
    let line = #"cd "$1"; export XDG_STATE_HOME="$1/state" CLAW_LEDGER="$1/ledger" CLAW_RUN="$2"; shift 2; exec "$@""#
    return await Machine.run("/bin/sh", ["-c", line, "sh", folder.path, run ?? "", Machine.claw] + words)
  }

  private func started() async -> String {
    await claw(["ledger", "start"]).output.split(separator: "\n").first.map(String.init) ?? ""
  }

  private func events(_ run: String) async throws -> [JSONValue] {
    try await claw(["ledger", "show", run, "--json"]).output.split(separator: "\n").map {
      try JSONParser.parse(Array($0.utf8), strict: true)
    }
  }

  @Test("A bundle that is built is a step with its artifact, and a validation a step with its verdict")
  func steps() async throws {
    try folder.write("policy.yml", "version: \"1.2.0\"\nguards:\n  egress_allowlist: {allow: [api.example.com]}\n")
    #expect(await claw(["key", "new", "k.pem"]).status == 0)
    let run = await started()
    let build = ["policy", "bundle", "build", "policy.yml", "--key", "k.pem", "--sequence", "1", "-o", "p.bundle"]
    #expect(await claw(build, run: run).status == 0)
    let validate = ["pack", "validate", run, "--pack", "change-shipping", "--json"]
    #expect(await claw(validate, run: run).status == 1, "there is no intent")

    let recorded = try await events(run)
    #expect(
      recorded.compactMap { $0["type"]?.string } == [
        "RunStarted", "StepStarted", "ArtifactRecorded", "StepCompleted", "StepStarted", "StepCompleted",
      ])
    try #require(recorded.count == 6)
    #expect(recorded[1]["payload"]?["name"]?.string == "claw policy bundle build")
    #expect(recorded[2]["payload"]?["label"]?.string == "p.bundle")
    #expect(recorded[3]["payload"]?["result"]?["sha256"] == recorded[2]["payload"]?["sha256"])
    #expect(recorded[1]["payload"]?["stepId"] == recorded[3]["payload"]?["stepId"])
    #expect(recorded[5]["payload"]?["result"]?["verdict"]?.string == "fail")
    #expect(recorded[5]["payload"]?["result"]?["packs"]?.array?.first?["packHash"]?.string?.utf8.count == 64)
    #expect(await claw(["ledger", "verify"]).status == 0)
  }

  @Test("A step that fails is recorded as one; an unknown run, and a ledger that is missing, stop the command")
  func failures() async throws {
    try folder.write("policy.yml", "version: \"1.2.0\"\nguards: {}\n")
    #expect(await claw(["key", "new", "k.pem"]).status == 0)
    let build = ["policy", "bundle", "build", "policy.yml", "--key", "k.pem", "--sequence", "1", "-o"]
    let missing = await claw(build + ["a.bundle"], run: "11111111-1111-4111-8111-111111111111")
    #expect(missing.status != 0 && folder.read("a.bundle") == nil, "\(missing.all)")
    let run = await started()
    let unknown = await claw(build + ["a.bundle"], run: "11111111-1111-4111-8111-111111111111")
    #expect(unknown.status == 1 && unknown.errors.contains("there is no run"), "\(unknown.all)")
    #expect(folder.read("a.bundle") == nil)
    let failed = await claw(build + ["no/such/folder/a.bundle"], run: run)
    #expect(failed.status != 0, "\(failed.all)")
    let types = try await events(run).compactMap { $0["type"]?.string }
    #expect(types == ["RunStarted", "StepStarted", "StepFailed"])
  }

  @Test("A run that is closed is validated without being changed")
  func closed() async throws {
    let run = await started()
    try folder.write("event.json", #"{"type":"RunCompleted","payload":{}}"#)
    #expect(await claw(["ledger", "append", "event.json"], run: run).status == 0)
    #expect(await claw(["pack", "validate", run, "--pack", "change-shipping"], run: run).status == 1)
    #expect(try await events(run).count == 2)
  }
}

extension EndToEnd {
  /// What `claw build` and `claw up` record, on a real engine.
  @Suite(.serialized, .enabled { await Machine.isWanted })
  struct RecordedBuilds {
    @Test(
      "A build and a pod that comes up are steps with their generated files, and a build that fails is a failed step")
    func builds() async throws {
      let folder = try Folder("recorded-build")
      let dockerfile = "FROM debian:bookworm-slim\nCLAW_TYPE generic\nAGENT AGENTS.md\nCMD [\"sleep\", \"600\"]\n"
      try folder.write("Clawfile", dockerfile)
      try folder.write("AGENTS.md", "Be good.\n")
      try folder.write(
        "claw-pod.yml",
        "x-claw: {pod: claw-e2e-recorded}\nservices:\n  desk: {build: ., x-claw: {agent: AGENTS.md, cllama: none}}\n")
      let variables = ["CLAW_LEDGER=\(folder.path)/ledger", "XDG_STATE_HOME=\(folder.path)/state"]
      let run = await folder.claw(["ledger", "start"], variables).output.split(separator: "\n").first.map(String.init)
      let recorded = variables + ["CLAW_RUN=\(run ?? "")"]

      let built = await folder.claw(["build", "Clawfile", "-t", "claw-e2e-recorded:latest"], recorded)
      #expect(built.status == 0, "\(built.all)")
      let up = await folder.claw(["up", "claw-pod.yml"], recorded)
      _ = await folder.claw(["down", "claw-pod.yml", "--volumes"])
      #expect(up.status == 0, "\(up.all)")
      try folder.write("Clawfile", dockerfile + "RUN false\n")
      let failed = await folder.claw(["build", "Clawfile"], recorded)
      #expect(failed.status == 5, "\(failed.all)")

      let lines = await folder.claw(["ledger", "show", run ?? "", "--json"], variables).output.split(separator: "\n")
      let events = try lines.map { try JSONParser.parse(Array($0.utf8), strict: true) }
      let steps = events.filter { $0["type"]?.string == "StepStarted" }.compactMap { $0["payload"]?["name"]?.string }
      #expect(steps == ["claw build", "claw up", "claw build"])
      let ends = events.compactMap { $0["type"]?.string }.filter { $0 == "StepCompleted" || $0 == "StepFailed" }
      #expect(ends == ["StepCompleted", "StepCompleted", "StepFailed"])
      let labels = events.compactMap { $0["payload"]?["label"]?.string }
      #expect(labels.contains("Dockerfile.generated") && labels.contains("compose.generated.yml"), "\(labels)")
      #expect(await folder.claw(["ledger", "verify", "--artifacts"], variables).status == 0)
    }
  }
}
