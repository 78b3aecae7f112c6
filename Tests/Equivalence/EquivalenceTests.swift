import Canonical
import Governance
import JSON
import Ledger
import Processes
import Runtime
import TestSupport
import Testing

/// The Swift implementation beside the one in Python: the same bytes, or a drift with its place.
@Suite("Two implementations, one result", .serialized)
struct EquivalenceTests {
  private static let script = Repository.path("Tests/Equivalence/equivalence.py")

  private static func python(_ words: [String], input: [UInt8] = []) async throws -> ChildProcess.Result {
    let python = try #require(Programs.find("python3", environment: ProcessEnvironment.current))
    return try await OwnThread.run {
      try ChildProcess(python, [script] + words).capture(limit: 256 << 20, input: input, timeout: .seconds(120))
    }
  }

  /// The first byte in which two texts differ, with what stands around it; nil if none does.
  static func drift(_ ours: [UInt8], _ theirs: [UInt8]) -> String? {
    if ours == theirs { return nil }
    let place = zip(ours, theirs).enumerated().first { $1.0 != $1.1 }?.offset ?? min(ours.count, theirs.count)
    func around(_ bytes: [UInt8]) -> String {
      String(decoding: bytes[max(0, place - 20)..<min(bytes.count, place + 20)], as: UTF8.self)
    }
    return "byte \(place): Swift \(around(ours)) | Python \(around(theirs))"
  }

  @Test("Generated cases", arguments: 0..<4)
  func generated(round: Int) async throws {
    let count = 5_000
    let result = try await Self.python(["generate", String(20_260 + round), String(count)])
    try #require(result.status == 0, "\(result.complaint)")
    var seen: [String: Int] = [:]
    var refused = 0
    for line in result.output.split(separator: 0x0A) {
      let value = try JSONParser.parse(line, strict: true)
      let kind = try #require(value["kind"]?.string)
      seen[kind, default: 0] += 1
      if value["refused"] != nil { refused += 1 }
      if let drift = try Self.drift(of: value, kind) { Issue.record("\(kind): \(drift): \(value.text().prefix(400))") }
    }
    #expect(seen["canonical"] == count * 7 / 10 && seen["event"] == count / 10)
    #expect(seen["report"] == count / 10 && seen["tree"] == count / 10)
    #expect(refused > 100 && refused < count / 2)
  }

  private static func drift(of value: JSONValue, _ kind: String) throws -> String? {
    func bytes(_ name: String) throws -> [UInt8] {
      let text = try #require(value[name]?.string)
      return try #require(Base64.decode(text))
    }
    switch kind {
    case "canonical":
      let text = try bytes("text")
      let ours = try? CanonicalText.canonical(text)
      guard let refusal = value["refused"]?.string else {
        guard let ours else { return "Swift refuses what Python takes" }
        let result = try bytes("result")
        if let drift = drift(ours, result) { return drift }
        // The other two ways to the same bytes.
        guard let parsed = try? JSONParser.parse(text, strict: true) else { return "the parser refuses it" }
        return drift(try CanonicalJSON.bytes(parsed), result)
      }
      return ours == nil ? nil : "Swift takes what Python refuses: \(refusal)"
    case "event":
      let event = try AuditEvent(json: try bytes("text"))
      let hash = Digest.sha256Hex(event.hashedBytes)
      return hash == value["hash"]?.string ? nil : "Swift's hash is \(hash)"
    case "report":
      let problems = (value["problems"]?.array ?? []).map { problem in
        CNFReport.Problem(
          code: problem["code"]?.string ?? "", message: problem["message"]?.string ?? "",
          artifactType: problem["artifactType"]?.string, path: problem["path"]?.string)
      }
      let hashes = value["hashes"]
      let report = CNFReport(
        mode: value["mode"]?.string == "session" ? .session : .sealedPackage, passes: problems.isEmpty,
        hashes: .init(packageHash: hashes?["packageHash"]?.string, planHash: hashes?["planHash"]?.string),
        problems: problems)
      return drift(report.bytes, try bytes("result"))
    default:
      let leaves = (value["leaves"]?.array ?? []).map { leaf in Self.bytes(hexadecimal: leaf.string ?? "") }
      var frontier = MerkleFrontier()
      for leaf in leaves { frontier.append(MerkleTree.leaf(leaf)) }
      return frontier.root.hex == value["root"]?.string ? nil : "Swift's root is \(frontier.root.hex)"
    }
  }

  private static func bytes(hexadecimal text: String) -> [UInt8] {
    let digits = Array(text.utf8)
    return stride(from: 0, to: digits.count, by: 2).compactMap {
      UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16)
    }
  }

  @Test("A drift is told by its first byte")
  func tellsDrift() {
    #expect(Self.drift(Array("{\"a\":1}".utf8), Array("{\"a\":1}".utf8)) == nil)
    #expect(
      Self.drift(Array("{\"a\":1}".utf8), Array("{\"a\":2}".utf8)) == "byte 5: Swift {\"a\":1} | Python {\"a\":2}")
    #expect(Self.drift([], [0x31]) == "byte 0: Swift  | Python 1")
  }

  @Test("What the reference implementations do otherwise is on the list of differences, and nothing else is")
  func differences() throws {
    let text = try #require(Repository.text("Tests/Equivalence/differences.json"))
    let list = try JSONParser.parse(Array(text.utf8), strict: true)
    var allowed: Set<String> = []
    for entry in list["differences"]?.array ?? [] {
      let side = try #require(entry["side"]?.string)
      #expect(entry["reason"]?.string?.isEmpty == false && entry["name"]?.string?.isEmpty == false)
      for name in entry["cases"]?.array ?? [] {
        #expect(allowed.insert("\(side) \(name.string ?? "")").inserted, "listed twice")
      }
    }
    var found: Set<String> = []
    let cases = try #require(Repository.text("Tests/Vectors/clawforge/canonical-cases.jsonl"))
    for line in cases.split(separator: "\n") {
      let entry = try JSONParser.parse(Array(line.utf8), strict: false)
      let name = entry["name"]?.string ?? ""
      let ours = try? CanonicalText.canonical(Array((entry["text"]?.string ?? "").utf8))
      #expect(ours.map { String(decoding: $0, as: UTF8.self) } == entry["strict"]?.string, "\(name)")
      for side in ["clawforge_ts", "governance_py"] where entry[side]?.string != entry["strict"]?.string {
        found.insert("\(side) \(name)")
      }
    }
    #expect(found == allowed)
  }

  @Test("Python takes and refuses from its standard input what it says of itself")
  func commandLine() async throws {
    let good = try await Self.python(["canonical"], input: Array(#"{"b": 1.50, "a": "é"}"#.utf8))
    #expect(good.status == 0 && good.output == Array(#"{"a":"é","b":1.5}"#.utf8))
    #expect(try await Self.python(["canonical"], input: Array("{\"a\":1,\"a\":2}".utf8)).status == 1)
    #expect(try await Self.python(["nothing"]).status == 1)
  }
}
