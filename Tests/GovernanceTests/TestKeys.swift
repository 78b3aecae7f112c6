import Canonical
import Governance
import Glibc
import JSON
import Runtime
import Source
import TestSupport

/// RSA keys that are made for a run of the tests, because claw has none itself.
final class TestKeys: Sendable {
  struct Failure: Error { var message: String }

  /// One set for all tests: making keys takes a while.
  static let shared = Result { try TestKeys() }

  let path: String

  private init() throws {
    path = try TemporaryFolder.make("rsa")
    for name in ["lead", "security", "runner", "other"] { try make(name, "2048") }
    try make("weak", "1024")
  }

  deinit { TemporaryFolder.remove(path) }

  private func make(_ name: String, _ bits: String) throws {
    try openssl([
      "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:\(bits)", "-out", file("\(name).pem"),
    ])
    try openssl(["pkey", "-in", file("\(name).pem"), "-pubout", "-out", file("\(name).pub")])
  }

  private func file(_ name: String) -> String { FilePath.join(path, name) }

  /// Runs openssl and waits, on this thread alone: what waits for the threads that tests share may wait for itself.
  private func openssl(_ words: [String]) throws {
    var arguments: [UnsafeMutablePointer<CChar>?] = (["openssl"] + words).map { strdup($0) }
    arguments.append(nil)
    defer { for argument in arguments { free(argument) } }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for descriptor: Int32 in 0...2 { posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0) }
    var process: pid_t = 0
    guard posix_spawn(&process, "/usr/bin/openssl", &actions, nil, arguments, environ) == 0 else {
      throw Failure(message: "openssl is missing: run scripts/bootstrap")
    }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    guard status == 0 else { throw Failure(message: "openssl \(words.joined(separator: " ")) fails") }
  }

  func publicKey(_ name: String) throws -> String {
    String(decoding: try DiskFiles().read(file("\(name).pub"), within: nil, limit: 1 << 16).bytes, as: UTF8.self)
  }

  /// A signature by RSASSA-PKCS1-v1_5 over a message, as Base64.
  func sign(_ name: String, _ message: [UInt8], _ hash: String = "sha256") throws -> String {
    // Tests that sign the same message at once have files of their own.
    let id = String(UInt64.random(in: 0...UInt64.max), radix: 16)
    _ = try ArtifactStore.write([(file(id), message)])
    try openssl(["dgst", "-\(hash)", "-sign", file("\(name).pem"), "-out", file(id + ".sig"), file(id)])
    return Base64.encode(try DiskFiles().read(file(id + ".sig"), within: nil, limit: 1 << 16).bytes)
  }
}

/// The sample with keys of ours.
struct OwnPackage {
  let keys: TestKeys
  var files: PackageFiles
  /// Which key signs for which approver.
  var signers = ["lead-2": "lead", "sec-1": "security"]
  var runner = "runner"

  init() throws {
    keys = try TestKeys.shared.get()
    files = try Fixture.session()
  }

  /// Puts the public keys in.
  mutating func setKeys() throws {
    let (keys, signers) = (keys, signers)
    try files.edit("approval-policy.json") { policy in
      try policy.edit("approvers") { approvers in
        for index in 0..<(approvers.array?.count ?? 0) {
          try approvers.edit(index) { approver in
            let name = signers[approver["approverId"]?.string ?? ""] ?? "other"
            approver.set("publicKeyPem", .string(try keys.publicKey(name)))
          }
        }
      }
    }
    try files.set("runner-identity.json", "runnerPublicKey", .string(try keys.publicKey(runner)))
  }

  /// Makes every digest, every signature and the seal anew.
  mutating func finish(_ hash: String = "sha256") throws {
    let (keys, signers) = (keys, signers)
    try files.set("runner-attestation.json", "signatureAlgorithm", .string(hash))
    files = try PackageBuilder(files).relinked()
    try files.edit("approval-bundle.json") { bundle in
      try bundle.edit("signatures") { signatures in
        for index in 0..<(signatures.array?.count ?? 0) {
          try signatures.edit(index) { signature in
            let name = signers[signature["approverId"]?.string ?? ""] ?? "other"
            let payload = Hexadecimal.decode(signature["payloadHash"]?.string ?? "") ?? []
            signature.set("signature", .string(try keys.sign(name, payload)))
          }
        }
      }
    }
    let payload = PackageValidator().validate(files).hashes.attestation ?? ""
    let signature = try keys.sign(runner, Hexadecimal.decode(payload) ?? [], hash)
    try files.set("runner-attestation.json", "signature", .string(signature))
    files = try files.resealed()
  }

  /// Signs the bytes of all files.
  mutating func seal(_ key: PrivateKey) throws {
    var envelope = try PackageBuilder.envelope(files)
    try envelope.sign(key)
    files.files[PackageFiles.signatures] = envelope.json
  }

  /// A validator that trusts the keys of ours, and the contents as they are.
  func validator(_ change: (inout JSONValue) throws -> Void = { _ in }) throws -> PackageValidator {
    var honest = try OwnPackage()
    try honest.setKeys()
    var json = try Fixture.trustJSON(honest.files, pinning: [files.contentsHash])
    try change(&json)
    return PackageValidator(trust: try Fixture.trust(json), policies: try Fixture.policies(), now: 1_800_000_000)
  }
}
