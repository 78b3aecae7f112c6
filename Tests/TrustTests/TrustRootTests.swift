import Source
import Canonical
import Driver
import Glibc
import Policy
import Runtime
import TestSupport
import Testing

@Suite("The trust root and what is remembered")
struct TrustRootTests {
  private let first: PrivateKey
  private let second: PrivateKey

  init() throws { (first, second) = (try Sample.key(1), try Sample.key(2)) }

  private func root(_ version: Int, _ keys: [PrivateKey], threshold: Int = 1, expires: Int = Sample.now + 1000)
    -> TrustRoot
  {
    let ids = keys.map(\.publicKey.id)
    return TrustRoot(
      version: version, expires: expires, keys: keys.map { TrustedKey($0.publicKey) },
      roles: [.root: .init(keyIDs: ids, threshold: threshold), .policy: .init(keyIDs: ids)])
  }

  private func signed(_ root: TrustRoot, _ keys: [PrivateKey]) throws -> [UInt8] {
    var envelope = root.envelope
    for key in keys { try envelope.sign(key) }
    return envelope.json
  }

  private func pinned(_ bytes: [UInt8]) throws -> TrustRoot {
    try TrustRoot.first(bytes, fingerprint: try TrustRoot.fingerprint(of: bytes), now: Sample.now)
  }

  @Test("It is pinned by its fingerprint and read back as it was")
  func fingerprint() throws {
    var made = root(1, [first])
    made.keys[0].notBefore = Sample.now - 5
    made.keys[0].expires = Sample.now + 5
    let bytes = try signed(made, [first])
    #expect(try pinned(bytes) == made)
    expect(.wrongFingerprint) { try TrustRoot.first(bytes, fingerprint: Digest.sha256Hex([1]), now: Sample.now) }
    expect(.unknownKey) { try pinned(try signed(made, [second])) }
    expect(.expired) { try pinned(try signed(root(1, [first], expires: Sample.now), [first])) }
  }

  @Test("The next version needs the keys of both")
  func rotation() throws {
    let old = root(1, [first])
    #expect(try old.next(try signed(root(2, [second]), [first, second]), now: Sample.now).version == 2)
    // 86: signed by the new keys only.
    expect(.unknownKey) { try old.next(try signed(root(2, [second]), [second]), now: Sample.now) }
    expect(.unknownKey) { try old.next(try signed(root(2, [second]), [first]), now: Sample.now) }
    let two = root(1, [first, second], threshold: 2)
    expect(.threshold) { try two.next(try signed(root(2, [first]), [first]), now: Sample.now) }
  }

  @Test("85: no version is skipped, and none comes back")
  func skipped() throws {
    let old = root(2, [first])
    expect(.skippedVersion) { try old.next(try signed(root(4, [first]), [first]), now: Sample.now) }
    expect(.rollback) { try old.next(try signed(root(2, [first]), [first]), now: Sample.now) }
    expect(.rollback) { try old.next(try signed(root(1, [first]), [first]), now: Sample.now) }
  }

  @Test("An expired root gives no keys, a role without keys trusts nobody")
  func roles() throws {
    expect(.expired) { try root(1, [first], expires: Sample.now).trusted(for: .policy, now: Sample.now) }
    expect(.unauthenticated) {
      try Sample.verify(try Sample.signed(by: [first]), root(1, [first]).trusted(for: .receipt))
    }
    _ = try Sample.verify(try Sample.signed(by: [first]), root(1, [first]).trusted(for: .policy))
  }

  @Test("The store pins, goes on, and remembers")
  func store() throws {
    let scratch = try Scratch()
    let store = TrustStore(folder: scratch.file("state/trust"))
    #expect(try store.root() == nil)
    let bytes = try signed(root(1, [first]), [first])
    expect(.unauthenticated) { try store.accept(bytes, fingerprint: nil, now: Sample.now) }
    #expect(try store.root() == nil)
    _ = try store.accept(bytes, fingerprint: try TrustRoot.fingerprint(of: bytes), now: Sample.now)
    #expect(try store.root()?.version == 1)
    expect(.wrongFingerprint) {
      try store.accept(bytes, fingerprint: try TrustRoot.fingerprint(of: bytes), now: Sample.now)
    }
    expect(.skippedVersion) {
      try store.accept(try signed(root(3, [first]), [first]), fingerprint: nil, now: Sample.now)
    }
    _ = try store.accept(try signed(root(2, [first]), [first]), fingerprint: nil, now: Sample.now)
    #expect(try store.root()?.version == 2)
  }

  @Test("88: a crash between test and memory leaves the old memory whole")
  func crash() throws {
    let scratch = try Scratch()
    let store = TrustStore(folder: scratch.path)
    let keys = TrustedKeys(pinned: [first.publicKey])
    let marks = try Sample.verify(try Sample.signed(by: [first]), keys, marks: try store.marks()).marks
    // Tested and not remembered: nothing is known, and the same bundle passes again.
    #expect(try store.marks() == SequenceMarks())
    try store.remember(marks)
    #expect(try store.marks() == marks)
    // What a crash in the middle of writing leaves is a file beside, which nobody reads.
    try scratch.write(".sequences.json.claw-1", Array("{\"chan".utf8))
    #expect(try store.marks() == marks)
    // A refused bundle changes nothing.
    expect(.rollback) {
      try Sample.verify(try Sample.signed(Sample.bundle(sequence: 1), by: [first]), keys, marks: try store.marks())
    }
    #expect(try store.marks() == marks)
    // Memory that can't be read is no empty memory.
    for text in ["", "{}", "{\"channels\":{},\"schema\":2}", String(decoding: marks.bytes, as: UTF8.self) + " "] {
      try scratch.write("sequences.json", text.utf8, mode: 0o600)
      expect(.unreadableState, text) { try store.marks() }
    }
  }

  @Test("89: a private key that others can read is refused", arguments: [0o644, 0o640, 0o604, 0o660] as [mode_t])
  func looseKey(mode: mode_t) throws {
    let scratch = try Scratch()
    let path = try scratch.write("key.pem", KeyFile.pem(first).utf8, mode: mode)
    #expect {
      try KeyFiles.signer(path) { () throws(KeyFailure) in [] }
    } throws: { error in
      if case .trust(let failure) = error as? KeyFileFailure { failure.rule == .unsafeKeyFile } else { false }
    }
    chmod(path, 0o600)
    #expect(try KeyFiles.signer(path) { () throws(KeyFailure) in [] }.publicKey == first.publicKey)
  }

  @Test("New keys are written for their owner only, and over nothing")
  func newKeys() throws {
    let scratch = try Scratch()
    try KeyFiles.write(scratch.file("k"), private: KeyFile.pem(first), public: KeyFile.pem(first.publicKey))
    var status = stat()
    #expect(stat(scratch.file("k"), &status) == 0 && status.st_mode & 0o777 == 0o600)
    #expect(throws: KeyFileFailure.self) { try KeyFiles.write(scratch.file("k"), private: "", public: "") }
    #expect(RandomBytes.make(32) != RandomBytes.make(32))
  }

  @Test("docs/bundles.md names every failure, and no other")
  func documented() throws {
    let text = try #require(Repository.text("docs/bundles.md"))
    let named = text.matches(of: /`(trust\/[a-z-]+)`/).map { String($0.1) }
    #expect(Set(named) == Set(TrustFailure.Rule.allCases.map(\.rawValue)))
    #expect(Set(named).count == named.count)
  }

  @Test("Times are written as they are read")
  func times() {
    #expect(Timestamp.text(0) == "1970-01-01T00:00:00Z")
    #expect(Timestamp.text(951_782_400) == "2000-02-29T00:00:00Z")
    #expect(Timestamp.text(1_767_225_600, suffix: "+00:00") == "2026-01-01T00:00:00+00:00")
    #expect(Timestamp.text(Int.max) == "9999-12-31T23:59:59Z")
    var random = SeededGenerator(seed: 3339)
    for _ in 0..<5_000 {
      let seconds = Int.random(in: -62_167_219_200...253_402_300_799, using: &random)
      #expect(Timestamp.exactSeconds(Timestamp.text(seconds)) == seconds)
    }
    for text in [
      "2026-01-31T12:00:00+00:00", "2026-01-31t12:00:00Z", "2026-01-31T12:00:00.0Z", "2026-02-30T00:00:00Z", "",
    ] {
      #expect(Timestamp.exactSeconds(text) == nil)
    }
  }
}
