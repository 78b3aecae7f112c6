import Diagnostics
import Driver
import Glibc
import IR
import JSON
import Runtime
import Source
import TestSupport
import Testing

@Suite("What sidecars need of the machine")
struct SidecarStoreTests {
  private func plan(_ folder: String, instances: [String]) -> PodPlan {
    var pod = PodPlan(name: "news", folder: folder)
    var claw = PodPlan.Claw(
      service: "desk", type: "generic",
      instances: instances.map { .init(name: $0, ordinal: nil, ownVolumes: []) }, network: "claw-desk",
      serviceNetwork: "claw-desk_services", cllama: ["passthrough"], contractDigest: "", contractPath: "", services: [],
      surfaceVolumes: [])
    claw.tokenVariables = ["CLAW_TOKEN", "OPENAI_API_KEY"]
    pod.claws = [claw]
    pod.sidecars = instances.map {
      SidecarPlan(
        name: "\($0)-cllama", topology: .own, instances: [.init(name: $0, service: "desk")], keyFolder: "desk",
        keys: [],
        policies: ["p"], settings: [])
    }
    pod.policies = [
      PodPolicy(
        name: "p", path: "p.yml", key: nil, location: Location(SourceFile(path: "", bytes: []), SourceRange(at: 0)))
    ]
    return pod
  }

  private func mode(_ path: String) -> mode_t {
    var status = stat()
    return lstat(path, &status) == 0 ? status.st_mode & 0o7777 : 0
  }

  @Test("A token is made once, is nobody else's to read, and goes with its instance")
  func tokens() throws {
    let folder = try TemporaryFolder.make("tokens")
    defer { TemporaryFolder.remove(folder) }
    let store = SidecarStore(plan(folder, instances: ["desk-0", "desk-1"]))
    let first = try store.tokens()
    #expect(first.count == 2 && first["desk-0"] != first["desk-1"])
    let path = folder + "/.claw/news/sidecars/desk-0.env"
    #expect(mode(path) == 0o600)
    chmod(path, 0o644)
    #expect(try store.tokens() == first)
    #expect(mode(path) == 0o600, "what somebody opened is closed again")
    try store.write(tokens: first, policies: ["p": .init(bundle: [1], key: [2])])
    let own = folder + "/.claw/news/sidecars/desk-1"
    #expect(FileSearch.names(in: own + "/policies")?.count == 1)
    #expect(FileSearch.kind(of: own + "/trust/pod.pub") == .file)
    let fewer = SidecarStore(plan(folder, instances: ["desk-0"]))
    fewer.sweep()
    #expect(FileSearch.kind(of: own) == .missing && FileSearch.kind(of: own + ".env") == .missing)
    #expect(FileSearch.kind(of: path) == .file)
    let file = try DiskFiles().read(folder + "/.claw/news/sidecars/desk-0/cllama.json", within: nil, limit: 1 << 20)
    #expect(!String(decoding: file.bytes, as: UTF8.self).contains("claw-"), "a token is in the configuration")
  }

  @Test("Another bundle is another file and another configuration; what is no longer named goes")
  func bundles() throws {
    let folder = try TemporaryFolder.make("policies")
    defer { TemporaryFolder.remove(folder) }
    var pod = plan(folder, instances: ["desk"])
    pod.sidecars[0].settings = [.init("stages", [["stage": "policy", "bundle": "policies/p.bundle.json"]])]
    let own = folder + "/.claw/news/sidecars/desk"
    func written(_ byte: UInt8) throws -> (name: String?, config: String) {
      try SidecarStore(pod).write(tokens: [:], policies: ["p": .init(bundle: [byte], key: [2])])
      let names = FileSearch.names(in: own + "/policies") ?? []
      #expect(names.count == 1)
      let config = try DiskFiles().read(own + "/cllama.json", within: nil, limit: 1 << 20).bytes
      return (names.first, String(decoding: config, as: UTF8.self))
    }
    let (first, second) = (try written(1), try written(3))
    #expect(first.name != second.name && first.config != second.config)
    #expect(second.config.contains("\"policies/\(second.name ?? "?")\""))
    pod.sidecars[0].policies = []
    try SidecarStore(pod).write(tokens: [:], policies: [:])
    #expect(FileSearch.names(in: own + "/policies") == [])
  }

  @Test(
    "A key's file must be one that the sidecar can read",
    arguments: [(0o444, true), (0o400, false), (0o640, false), (0o604, true)] as [(mode_t, Bool)])
  func keyFile(mode: mode_t, isFine: Bool) throws {
    let folder = try TemporaryFolder.make("key")
    defer { TemporaryFolder.remove(folder) }
    _ = try ArtifactStore.write([(folder + "/key", [0x78])], mode: mode)
    if isFine {
      try KeyFolder.check(folder + "/key")
    } else {
      let failure = #expect(throws: ArtifactStore.Failure.self) { try KeyFolder.check(folder + "/key") }
      #expect(failure?.reason.contains("chown 65532") == true)
    }
    #expect(throws: ArtifactStore.Failure.self) { try KeyFolder.check(folder) }
    #expect(throws: ArtifactStore.Failure.self) { try KeyFolder.check(folder + "/none") }
  }
}
