import JSON
import Source
import Testing

@Suite("What cllama health says where nothing serves")
struct SidecarHealthTests {
  @Test(
    "It says why, and ends with status 1",
    arguments: [
      (nil, "No such file"), ("{", "is no JSON"), (#"{"schema": 1}"#, "pod"),
    ] as [(String?, String)])
  func reason(configuration: String?, expected: String) async throws {
    let folder = try Folder("health")
    if let configuration { try folder.write("cllama.json", configuration) }
    let words = ["health", "--config", "\(folder.path)/cllama.json"]
    // The one that was built with these tests; only images need one that is static.
    let cllama = FilePath.join(FilePath.directory(of: Machine.claw), "cllama")
    let said = await Machine.run(cllama, words)
    #expect(said.status == 1 && said.output.isEmpty && said.errors.contains(expected), "\(said.all)")
    let json = await Machine.run(cllama, words + ["--json"])
    let state = try JSONParser.parse(json.output.utf8)
    #expect(json.status == 1 && state["state"] == "silent" && state["ok"] == false)
    #expect(state["reason"]?.string?.contains(expected) == true, "\(json.all)")
  }
}
