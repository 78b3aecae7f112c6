import Canonical
import Driver
import Glibc
import IR
import Processes
import Runtime
import Source
import TestSupport
import Testing

/// A folder of a test's own, gone with it.
final class Scratch: Sendable {
  let path: String

  init() throws {
    var template = Array("/tmp/claw trust XXXXXX\0".utf8).map { CChar(bitPattern: $0) }
    try #require(mkdtemp(&template) != nil)
    path = String(decoding: template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { Self.remove(path) }

  private static func remove(_ path: String) {
    if FileSearch.kind(of: path) == .folder {
      for name in FileSearch.names(in: path) ?? [] { remove(FilePath.join(path, name)) }
      rmdir(path)
    } else {
      unlink(path)
    }
  }

  func file(_ name: String) -> String { FilePath.join(path, name) }

  @discardableResult
  func write(_ name: String, _ bytes: some Sequence<UInt8>, mode: mode_t = 0o644) throws -> String {
    _ = try ArtifactStore.write([(file(name), Array(bytes))], mode: mode)
    return file(name)
  }

  func read(_ name: String) throws -> [UInt8] { try DiskFiles().read(file(name), within: nil, limit: 1 << 24).bytes }
}

/// Programs that scripts/bootstrap installs: where one is missing, the test fails.
enum Tool {
  static func run(_ program: String, _ arguments: [String]) async throws -> ChildProcess.Result {
    let folders = ["/usr/bin", "/bin", "/usr/local/bin"]
    let path = try #require(
      folders.map { "\($0)/\(program)" }.first { FileSearch.kind(of: $0) == .file },
      "\(program) is missing: run scripts/bootstrap")
    return try await OwnThread.run { try ChildProcess(path, arguments).capture(timeout: .seconds(60)) }
  }

  /// Runs a line of shell, in which "$1", "$2" … are what is given.
  static func shell(_ line: String, _ arguments: [String] = []) async throws -> ChildProcess.Result {
    try await run("sh", ["-c", line, "sh"] + arguments)
  }
}

/// Keys and bundles to test with.
enum Sample {
  static func key(_ number: UInt8) throws -> PrivateKey { try PrivateKey(seed: [UInt8](repeating: number, count: 32)) }

  static let now = 1_800_000_000
  static let hashes = BundleVerification.Hashes(
    policy: Digest.sha256Hex(Array(#"{"guards":{},"version":"1.2.0"}"#.utf8)), semantic: Digest.sha256Hex([1]),
    isExact: true)

  static func bundle(sequence: Int = 7, channel: String = "default", name: String = "policy.yml") -> PolicyBundle {
    PolicyBundle(
      policy: Array(#"{"guards":{},"version":"1.2.0"}"#.utf8), profile: .hardened, policyHash: hashes.policy,
      semanticHash: hashes.semantic ?? "", isExact: true,
      sources: [.init(name: "file:\(name)", sha256: Digest.sha256Hex([2]))],
      channel: channel, sequence: sequence, compiledAt: now - 100, notBefore: now - 50, expires: now + 50,
      minimumClaw: "0.1.0")
  }

  static func signed(_ bundle: PolicyBundle = bundle(), by keys: [PrivateKey]) throws -> [UInt8] {
    var envelope = bundle.envelope
    for key in keys { try envelope.sign(key) }
    return envelope.json
  }

  /// Tests a file; what compiles a ruleset stands still.
  static func verify(
    _ bytes: [UInt8], _ keys: TrustedKeys, marks: SequenceMarks = SequenceMarks(), now: Int = now,
    claw: String = "0.1.0",
    hashes: BundleVerification.Hashes = hashes
  ) throws(TrustFailure) -> BundleVerification.Verified {
    try BundleVerification(keys: keys, marks: marks, now: now, claw: claw).verify(bytes) { _ in hashes }
  }
}

/// Expects a failure of a rule.
func expect(
  _ rule: TrustFailure.Rule, _ comment: String = "", sourceLocation: SourceLocation = #_sourceLocation,
  _ body: () throws -> some Any
) {
  do {
    _ = try body()
    Issue.record("nothing was refused, and \(rule.rawValue) should be. \(comment)", sourceLocation: sourceLocation)
  } catch let failure as TrustFailure {
    #expect(failure.rule == rule, "\(comment) \(failure.message)", sourceLocation: sourceLocation)
  } catch {
    Issue.record("\(error)", sourceLocation: sourceLocation)
  }
}
