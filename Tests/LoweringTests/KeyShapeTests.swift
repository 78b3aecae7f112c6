import Lowering
import Source
import Testing

@Suite("Texts that have the shape of a real key")
struct KeyShapeTests {
  private static let token = "ghp_" + "aB3dE5gH7jK9mN1pQ3sT5vX7zA9cD1fG3hJ5"

  private func kinds(_ text: String) -> [String] { KeyShape.findings(in: Array(text.utf8)).map(\.kind) }

  @Test(
    "A token is found wherever a word can start",
    arguments: ["", "x=", "\"", "a b c ", "ENV K=\n", "é", "---- ", String(repeating: "word ", count: 50)])
  func starts(before: String) {
    let text = before + Self.token + "\n"
    let found = KeyShape.findings(in: Array(text.utf8))
    #expect(found.map(\.kind) == ["a GitHub token"])
    #expect(found.first?.range.lower == before.utf8.count)
    #expect(found.first?.range.count == Self.token.utf8.count)
  }

  @Test("What stands inside a word, is short, or repeats a few letters is none")
  func none() {
    #expect(kinds("x" + Self.token).isEmpty)
    #expect(kinds(String(Self.token.dropLast(6))).isEmpty)
    #expect(kinds("ghp_" + String(repeating: "ab", count: 20)).isEmpty)
    #expect(kinds("").isEmpty)
  }

  @Test("Several are found in their order, a private key's first line too")
  func several() {
    let header = "-----BEGIN RSA PRIVATE KEY-----"
    #expect(
      kinds("\(Self.token) \(header)\n\(Self.token)")
        == ["a GitHub token", "a private key", "a GitHub token"])
    for lead in 0..<6 { #expect(kinds(String(repeating: " ", count: lead) + header) == ["a private key"]) }
    #expect(kinds("-----BEGIN CERTIFICATE-----").isEmpty)
    #expect(kinds("------BEGIN PRIVATE KEY-----").isEmpty)
  }

  @Test("Long runs of one byte cost no more than their length")
  func runs() {
    let dashes = [UInt8](repeating: 0x2D, count: 4_000_000)
    let letters = [UInt8](repeating: 0x73, count: 4_000_000)
    let clock = ContinuousClock()
    let time = clock.measure {
      #expect(KeyShape.findings(in: dashes).isEmpty)
      #expect(KeyShape.findings(in: letters).isEmpty)
    }
    #expect(time < .seconds(20))
  }
}
