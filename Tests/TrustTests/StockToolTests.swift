import Canonical
import Driver
import Processes
import Runtime
import Testing

/// What claw signs, programs that everybody has verify; and the other way round.
@Suite("Other tools' signatures and ours")
struct StockToolTests {
  private let scratch: Scratch
  private let key: PrivateKey

  init() throws {
    scratch = try Scratch()
    key = try Sample.key(11)
    try scratch.write("key.pem", KeyFile.pem(key).utf8, mode: 0o600)
    try scratch.write("key.pub", KeyFile.pem(key.publicKey).utf8)
    try scratch.write("bundle", try Sample.signed(by: [key]))
  }

  private func good(_ result: ChildProcess.Result, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(result.status == 0, "\(result.text)\(result.complaint)", sourceLocation: sourceLocation)
  }

  private func bad(_ result: ChildProcess.Result, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(result.status != 0, "\(result.text)\(result.complaint)", sourceLocation: sourceLocation)
  }

  @Test("jq, base64 and openssl verify an envelope")
  func envelope() async throws {
    let line = """
      set -e; cd "$1"; jq -r .payload bundle | base64 -d >payload; type=$(jq -r .payloadType bundle)
      { printf 'DSSEv1 %d %s %d ' "${#type}" "$type" "$(wc -c <payload)"; cat payload; } >signed
      jq -r '.signatures[0].sig' bundle | base64 -d >signature
      openssl pkeyutl -verify -pubin -inkey key.pub -rawin -in signed -sigfile signature
      """
    good(try await Tool.shell(line, [scratch.path]))
    // The identity of the key is the digest of its SubjectPublicKeyInfo.
    let id = try await Tool.shell(#"openssl pkey -pubin -in "$1" -outform DER | sha256sum"#, [scratch.file("key.pub")])
    #expect(id.text.hasPrefix(key.publicKey.id))
    // A statement that jq writes with sorted names is the one that was signed.
    good(try await Tool.shell(#"cd "$1"; jq -r .payload bundle | base64 -d >p; jq -cSj . p | cmp - p"#, [scratch.path]))
  }

  @Test("openssl verifies our signature, and we verify its, with Ed25519 and P-256")
  func openssl() async throws {
    let message = try scratch.read("bundle")
    try scratch.write("raw", try key.sign(message))
    let verify = #"cd "$1"; openssl pkeyutl -verify -pubin -inkey key.pub -rawin -in bundle -sigfile raw"#
    good(try await Tool.shell(verify, [scratch.path]))
    try scratch.write("raw", try key.sign(message + [0]))
    bad(try await Tool.shell(verify, [scratch.path]))
    good(
      try await Tool.shell(
        """
        set -e; cd "$1"; openssl pkeyutl -sign -inkey key.pem -rawin -in bundle -out theirs
        openssl ecparam -name prime256v1 -genkey -noout -out ec.pem; openssl ec -in ec.pem -pubout -out ec.pub
        openssl dgst -sha256 -sign ec.pem -out ec.sig bundle
        """, [scratch.path]))
    #expect(key.publicKey.verifies(try scratch.read("theirs"), message))
    let other = try KeyFile.publicKey(try scratch.read("ec.pub"))
    let signature = try scratch.read("ec.sig")
    #expect(
      other.algorithm == .ecdsaP256 && other.verifies(signature, message) && !other.verifies(signature, message + [0]))
    for bad in [Array(signature.dropLast()), signature + [0], []] { #expect(!other.verifies(bad, message)) }
    // An envelope that P-256 signed counts as any other.
    var envelope = Sample.bundle().envelope
    try scratch.write("signed", envelope.signedBytes)
    good(try await Tool.shell(#"cd "$1"; openssl dgst -sha256 -sign ec.pem -out ec.sig signed"#, [scratch.path]))
    envelope.signatures = [.init(keyID: other.id, bytes: try scratch.read("ec.sig"))]
    #expect(try Sample.verify(envelope.json, TrustedKeys(pinned: [other])).signers == [other])
  }

  @Test("openssl's keys are read, encrypted ones too, and it reads ours")
  func opensslKeys() async throws {
    good(
      try await Tool.shell(
        """
        set -e; cd "$1"; openssl genpkey -algorithm ED25519 -out plain.pem; chmod 600 plain.pem
        openssl pkcs8 -topk8 -in plain.pem -passout pass:abc -out sealed.pem; chmod 600 sealed.pem
        openssl pkey -in plain.pem -pubout -out plain.pub
        openssl genpkey -algorithm RSA -out rsa.pem; chmod 600 rsa.pem
        """, [scratch.path]))
    let shown = try KeyFiles.publicKey(scratch.file("plain.pub"))
    func signer(_ name: String, _ words: String) throws -> any Signer {
      try KeyFiles.signer(scratch.file(name)) { () throws(KeyFailure) in Array(words.utf8) }
    }
    #expect(try signer("plain.pem", "").publicKey == shown)
    #expect(try signer("sealed.pem", "abc").publicKey == shown)
    #expect(throws: KeyFileFailure.self) { try signer("sealed.pem", "abd") }
    #expect(throws: KeyFileFailure.self) { try signer("rsa.pem", "") }
    let sealed = try KeyFile.pem(key, passphrase: Array("xyz".utf8), salt: RandomBytes.make(16))
    try scratch.write("ours.pem", sealed.utf8, mode: 0o600)
    let read = try await Tool.shell(#"cd "$1"; openssl pkey -in ours.pem -passin pass:xyz -pubout"#, [scratch.path])
    #expect(read.text == KeyFile.pem(key.publicKey))
  }

  @Test("ssh-keygen verifies our signature, and we verify its")
  func ssh() async throws {
    let namespace = "claw.policy-bundle.v1"
    try scratch.write("bundle.sig", try SSHSignature.sign(try scratch.read("bundle"), namespace: namespace, key).utf8)
    try scratch.write("allowed", "me@here namespaces=\"\(namespace)\" \(KeyFile.openSSH(key.publicKey))\n".utf8)
    let verify = #"cd "$1"; ssh-keygen -Y verify -f allowed -I me@here -n "$2" -s bundle.sig <"$3""#
    good(try await Tool.shell(verify, [scratch.path, namespace, "bundle"]))
    bad(try await Tool.shell(verify, [scratch.path, "file", "bundle"]))
    bad(try await Tool.shell(verify, [scratch.path, namespace, "key.pub"]))
    good(
      try await Tool.shell(
        """
        set -e; cd "$1"; ssh-keygen -q -t ed25519 -N '' -f ed; ssh-keygen -q -t ecdsa -b 256 -N '' -f ec
        for k in ed ec; do ssh-keygen -q -Y sign -f $k -n "$2" <bundle >$k.sig; done
        ssh-keygen -q -t ed25519 -N words -f locked
        """, [scratch.path, namespace]))
    for name in ["ed", "ec"] {
      let theirs = try KeyFiles.publicKey(scratch.file("\(name).pub"))
      let (text, message) = (try scratch.read("\(name).sig"), try scratch.read("bundle"))
      #expect(SSHSignature.verify(text, message, namespace: namespace, among: [theirs]) == theirs, "\(name)")
      #expect(SSHSignature.verify(text, message, namespace: "other", among: [theirs]) == nil)
    }
    // OpenSSH's own private keys sign.
    let signer = try KeyFiles.signer(scratch.file("ed")) { () throws(KeyFailure) in [] }
    #expect(signer.publicKey == (try KeyFiles.publicKey(scratch.file("ed.pub"))))
    #expect(throws: KeyFileFailure.self) {
      try KeyFiles.signer(scratch.file("locked")) { () throws(KeyFailure) in Array("words".utf8) }
    }
  }

  @Test("minisign verifies our signature, and we verify its")
  func minisign() async throws {
    let message = try scratch.read("bundle")
    try scratch.write("bundle.minisig", try Minisign.sign(message, comment: "sequence:7", key).utf8)
    try scratch.write("m.pub", Minisign.publicKeyFile(key.publicKey).utf8)
    let verified = try await Tool.run(
      "minisign",
      ["-V", "-p", scratch.file("m.pub"), "-x", scratch.file("bundle.minisig"), "-m", scratch.file("bundle")])
    good(verified)
    #expect(verified.text.contains("sequence:7"))
    bad(
      try await Tool.run(
        "minisign",
        ["-V", "-p", scratch.file("m.pub"), "-x", scratch.file("bundle.minisig"), "-m", scratch.file("key.pub")]))
    good(
      try await Tool.shell(
        #"set -e; cd "$1"; minisign -G -W -p t.pub -s t.key; minisign -S -s t.key -t told -x t.sig -m bundle"#,
        [scratch.path]))
    let (theirs, number) = try Minisign.publicKey(try scratch.read("t.pub"))
    #expect(Minisign.verify(try scratch.read("t.sig"), message, theirs, number: number) == "told")
    #expect(Minisign.verify(try scratch.read("t.sig"), message + [0], theirs, number: number) == nil)
  }
}
