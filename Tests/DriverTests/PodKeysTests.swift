import Diagnostics
import Driver
import IR
import Source
import TestSupport
import Testing

@Suite("The secrets of sidecars")
struct PodKeysTests {
  private func keys(_ environment: [String: String]) throws -> (PodKeys, [String]) {
    let compilation = PodSource.compile(
      """
      x-claw:
        upstreams:
          house: {url: "https://a.example/v1", key: HOUSE_KEY}
          file: {url: "https://b.example/v1", key-file: ./keys/b}
      services:
        desk:
          build: .
          x-claw:
            agent: AGENTS.md
            count: 2
            cllama-env: {OTHER: "a${MIDDLE:-b}c", HOUSE_KEY: "${DESK_KEY}"}
        chief:
          build: .
          x-claw: {agent: AGENTS.md}
      """)
    let pod = try #require(compilation.pod, "\(compilation.bag.sorted().map(\.message))")
    var bag = DiagnosticBag()
    let keys = PodKeys(pod, Environment(environment), into: &bag)
    return (keys, bag.sorted().map(\.message))
  }

  @Test("Each claw has its own values, once, however many containers it has")
  func values() throws {
    let (keys, findings) = try keys(["DESK_KEY": "one", "HOUSE_KEY": "two"])
    #expect(findings == [])
    #expect(
      keys.keys.map { "\($0.folder)/\($0.name)=\($0.value)" }.sorted() == [
        "chief/HOUSE_KEY=two", "desk/HOUSE_KEY=one", "desk/OTHER=abc",
      ])
    #expect(keys.files.map(\.path) == ["./keys/b"])
  }

  @Test("What is not set, or empty, is said once and with its name")
  func missing() throws {
    #expect(try keys(["HOUSE_KEY": "two"]).1 == ["the variable 'DESK_KEY' is not set"])
    #expect(try keys(["HOUSE_KEY": "", "DESK_KEY": "x"]).1 == ["'HOUSE_KEY' would be empty"])
  }
}
