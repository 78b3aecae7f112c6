import Driver
import IR
import JSON
import Source
import Testing

@Suite("Pods mean to compose what their authors wrote", .serialized)
struct PodDifferentialTests {
  @Test("Compose is there where it must be")
  func required() { #expect(ComposeConfig.shared != nil || !ComposeConfig.isRequired) }

  @Test("Compose makes the same of the author's file and of ours", arguments: PodCorpus.all)
  func same(pod: PodCorpus.Pod) throws {
    let compiled = PodFixture.compile(bytes: pod.files, environment: pod.environment)
    let output = try #require(PodFixture.output(compiled), "\(PodFixture.findings(compiled))")
    let again = PodFixture.compile(bytes: pod.files, environment: pod.environment)
    #expect(PodFixture.output(again) == output)
    guard let compose = ComposeConfig.shared else { return }
    var files = PodFixture.files.mapValues { Array($0.utf8) }.merging(pod.files) { $1 }
    files["compose.generated.yml"] = output
    let (before, after) = try ComposeConfig.withFolder(files) { folder in
      (
        try compose.config(folder, "claw-pod.yml", environment: pod.environment, profiles: pod.profiles),
        try compose.config(folder, "compose.generated.yml", environment: pod.environment, profiles: pod.profiles)
      )
    }
    let text = String(decoding: output, as: UTF8.self)
    let input = try #require(before.json, "compose refuses the input: \(before.complaint)")
    let result = try #require(after.json, "compose refuses the output: \(after.complaint)\n\(text)")
    let claws = (compiled.pod?.claws ?? []).map { ($0.service, $0.instances.map(\.name)) }
    var difference = PodDifference(claws: Dictionary(uniqueKeysWithValues: claws))
    let main = String(decoding: pod.files["claw-pod.yml"] ?? [], as: UTF8.self)
    if main.contains("pod-only") { difference.hidden = ["n"] }
    difference.compare(input, result)
    #expect(difference.findings == [], "\(text)")
  }

  @Test("A file without x-claw comes out as it went in", arguments: PodCorpus.all)
  func plain(pod: PodCorpus.Pod) {
    var files = pod.files
    guard let main = files["claw-pod.yml"] else { return }
    // The key is another one then, of the same length.
    let text = String(decoding: main, as: UTF8.self).replacing("x-claw", with: "x-crab")
    files["claw-pod.yml"] = Array(text.utf8)
    let compiled = PodFixture.compile(bytes: files, environment: pod.environment)
    #expect(PodFixture.output(compiled) == files["claw-pod.yml"], "\(PodFixture.findings(compiled))")
  }
}
