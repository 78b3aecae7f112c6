import Cllama
import JSON
import Runtime
import Source
import Testing
import TestSupport

@Suite("What claw tells a sidecar")
struct SidecarConfigurationTests {
  /// The configurations of the golden cases.
  static let files: [String] = FileSearch.files(
    below: Repository.path("Tests/Golden/pod"), isWanted: { $0.contains("/expected/sidecars/") }
  ).map { String($0.dropFirst(Repository.root.utf8.count + 1)) }

  @Test("There are configurations of every topology")
  func present() {
    for name in ["sidecar-own", "sidecar-shared", "sidecar-hermetic"] {
      #expect(Self.files.contains { $0.contains("/\(name)/") }, "\(name)")
    }
  }

  @Test("The sidecar reads it, and builds its stages of it", arguments: files)
  func isRead(path: String) throws {
    let text = try #require(Repository.text(path))
    let configuration = try SidecarConfiguration(Array(text.utf8))
    #expect(!configuration.instances.isEmpty)
    #expect(configuration.log.folder == "/claw/audit")
    for stage in configuration.stages where stage.kind == .policy {
      #expect(stage.bundle != nil || stage.settings["evaluator"] != nil)
    }
    // What a policy's stage decides with is a bundle on disk; the others are whole.
    let others = configuration.stages.filter { $0.kind != .policy }
    _ = try StageBuilder.pipeline(others) { bundle throws(ConfigurationFailure) in
      throw ConfigurationFailure(bundle, "is not asked for")
    }
  }
}
