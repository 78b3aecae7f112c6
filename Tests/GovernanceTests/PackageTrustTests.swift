import Canonical
import Governance
import JSON
import Testing

@Suite("Trust files")
struct PackageTrustTests {
  @Test("What is not known, not right or there twice is told with its place")
  func refused() throws {
    let good = try Fixture.trustJSON(try Fixture.session(), pinning: [])
    #expect(PackageTrust.read(Array(good.text().utf8), file: "t").trust != nil)
    func path(_ change: (inout JSONValue) -> Void) -> [String?] {
      var json = good
      change(&json)
      let (trust, problems) = PackageTrust.read(Array(json.text().utf8), file: "t")
      #expect(trust == nil)
      return problems.map(\.path)
    }
    #expect(path { $0.set("schema", 2) } == ["/schema"])
    #expect(path { $0.set("aprovers", []) } == ["/aprovers"])
    #expect(path { $0.set("packages", ["x"]) } == ["/packages/0"])
    #expect(path { $0.set("sealers", ["x"]) } == ["/sealers/0"])
    #expect(path { $0.set("minimumRSABits", 1024) } == ["/minimumRSABits"])
    #expect(path { $0.edit("quorum") { $0.edit(0) { $0.set("m", 0) } } } == ["/quorum/0/m"])
    #expect(path { $0.edit("approvers") { $0.edit(0) { $0.set("publicKey", "x") } } } == ["/approvers/0/publicKey"])
    #expect(path { $0.edit("approvers") { $0 = .array(($0.array ?? []) + [$0.array?[0] ?? nil]) } } == ["/approvers"])
    #expect(PackageTrust.read(Array("{".utf8), file: "t").problems.count == 1)
    let key = try PrivateKey(seed: [UInt8](repeating: 1, count: 32))
    let pem = JSONValue.string(KeyFile.pem(key.publicKey))
    #expect(path { $0.edit("approvers") { $0.edit(0) { $0.set("publicKey", pem) } } } == ["/approvers/0/publicKey"])
  }

  @Test("Keys of RSA are read from the one form that they have")
  func keys() throws {
    let pem = try Fixture.session().json("runner-identity.json")["runnerPublicKey"]?.string ?? ""
    let spki = try #require(PEM.decode(Array(pem.utf8))?.bytes)
    let key = try RSAPublicKey(spki: spki)
    #expect(key.bits == 2048 && key.exponent == [1, 0, 1] && key.id == Digest.sha256Hex(spki))
    // From byte 32 on stands the modulus, of which every odd one is a key.
    for index in 0..<32 {
      for bit in 0..<8 {
        var other = spki
        other[index] ^= 1 << UInt8(bit)
        #expect((try? RSAPublicKey(spki: other)) == nil, "byte \(index), bit \(bit)")
      }
    }
    for count in 0..<spki.count { #expect((try? RSAPublicKey(spki: Array(spki[..<count]))) == nil) }
    #expect((try? RSAPublicKey(spki: spki + [0])) == nil)
    #expect((try? RSAPublicKey(spki: spki, fewestBits: 3072)) == nil)
    var even = spki
    even[even.count - 6] ^= 1
    #expect((try? RSAPublicKey(spki: even)) == nil)
  }
}
