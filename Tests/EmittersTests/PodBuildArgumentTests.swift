import Diagnostics
import Driver
import Source
import Testing

@Suite("The base that a pod's build arguments choose")
struct PodBuildArgumentTests {
  static let lock = """
    {"schema": 1, "images": {
      "one:1": {"id": "sha256:1", "digest": null, "labels": {}, "entrypoint": ["/one"], "command": null, "user": "7:7"},
      "two:1": {"id": "sha256:2", "digest": null, "labels": {}, "entrypoint": ["/two"], "command": null, "user": "9:9"}
    }}
    """
  static let clawfile = """
    ARG BASE=one
    ARG OTHER
    FROM ${BASE}:1
    CLAW_TYPE generic
    CONFIGURE true

    """

  /// A pod of claws with a build each, compiled.
  static func compile(_ builds: [String], environment: [String: String] = [:], clawfile: String = clawfile)
    -> (errors: [String], pod: String, dockerfile: String, findings: String)
  {
    let services = builds.enumerated().map {
      "  a\($0):\n    build: \($1)\n    x-claw: {agent: a.md, cllama: none}\n"
    }
    let result = PodFixture.compile(
      ["claw-pod.yml": "services:\n" + services.joined(), "Clawfile": clawfile, "claw.lock": lock],
      environment: environment)
    let dockerfile = result.artifacts.first { $0.path == "Dockerfile.generated" }?.bytes ?? []
    return (
      PodFixture.errors(result), PodFixture.text(result), String(decoding: dockerfile, as: UTF8.self),
      PodFixture.findings(result)
    )
  }

  @Test(
    "The image's user and entrypoint are those of the base that is built on",
    arguments: [
      ("{context: ., args: {BASE: two}}", [:], "two", "9:9"), ("{context: ., args: [BASE=two]}", [:], "two", "9:9"),
      ("{context: ., args: [\"BASE=${B}\"]}", ["B": "two"], "two", "9:9"),
      ("{context: ., args: [BASE]}", ["BASE": "two"], "two", "9:9"),
      ("{context: ., args: {BASE: null}}", ["BASE": "two"], "two", "9:9"),
      ("{context: ., args: [BASE]}", [:], "one", "7:7"), (".", ["BASE": "two"], "one", "7:7"),
      ("{context: ., args: {OTHER: two}}", [:], "one", "7:7"),
    ])
  func facts(build: String, environment: [String: String], base: String, user: String) {
    let result = Self.compile([build], environment: environment)
    #expect(result.errors == [], "\(result.findings)")
    #expect(result.dockerfile.contains("\"/\(base)\""), "\(result.dockerfile)")
    #expect(result.dockerfile.contains("--chown=\(user) / /workspace/"), "\(result.dockerfile)")
    #expect(result.pod.contains("user: \"\(user)\""), "\(result.pod)")
  }

  @Test("An argument without a default names the base")
  func noDefault() {
    let text = "ARG BASE\nFROM $BASE\nCLAW_TYPE generic\nCONFIGURE true\n"
    let result = Self.compile(["{context: ., args: {BASE: \"two:1\"}}"], clawfile: text)
    #expect(result.errors == [], "\(result.findings)")
    #expect(result.dockerfile.contains("\"/two\""))
    // Alone it can't be compiled, and has nothing to be ashamed of.
    let file = SourceFile(path: "Clawfile", bytes: Array(text.utf8))
    let alone = Compiler.compile(file, kind: .clawfile, files: PodFiles([:]))
    #expect(PodFixture.errors(alone) == ["clawfile/unknown-entrypoint"])
    #expect(!Compiler.check(file, kind: .clawfile, files: PodFiles([:])).hasErrors)
    let known = SourceFile(path: "Clawfile", bytes: Array(text.replacing("ARG BASE", with: "ARG BASE=x").utf8))
    #expect(Compiler.check(known, kind: .clawfile, files: PodFiles([:])).hasErrors)
  }

  @Test("One generated file can't be for two bases")
  func conflict() {
    let builds = ["{context: ., args: {BASE: one}}", "{context: ., args: {BASE: two}}"]
    let result = Self.compile(builds)
    #expect(result.errors == ["pod/build-argument"], "\(result.findings)")
    #expect(result.findings.contains("claw-pod.yml:6:12"), "\(result.findings)")
    #expect(Self.compile(["{context: ., args: {OTHER: x}}", "{context: ., args: {OTHER: y}}"]).errors == [])
  }

  @Test("What is found in a Clawfile is said once, however many ways it is built")
  func once() {
    let builds = ["{context: ., args: {OTHER: x}}", "{context: ., args: {OTHER: y}}"]
    let text = Self.clawfile + "MAINTAINER me\n"
    let result = Self.compile(builds, clawfile: text)
    #expect(result.findings.split(separator: "maintainer-deprecated").count == 2, "\(result.findings)")
  }
}
