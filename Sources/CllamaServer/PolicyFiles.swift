import Canonical
import Cllama
import Driver
import IR
import JSON
import Lowering

/// The bundles of a sidecar's policies, verified with the keys that claw pinned.
struct PolicyFiles {
  /// What a bundle turned out to be.
  struct Loaded: Sendable {
    var path: String
    /// SHA-256 of the signed statement.
    var digest: String
    var semanticHash: String
    var sequence: Int
    /// Seconds since 1970.
    var expires: Int?

    /// As records name it.
    var json: JSONValue {
      [
        "name": .string(path), "sha256": .string(digest), "semantic_sha256": .string(semanticHash),
        "sequence": JSONValue(sequence),
      ]
    }
  }

  /// What is found out beside the serving: whether a ruleset means what its bundle says of it. Languages are compared, which
  /// takes longer than all the rest of a start.
  struct Claim: Sendable {
    var path: String
    var isTrue: @Sendable () -> Bool
  }

  private let folder: String
  private let keys: TrustedKeys
  private(set) var loaded: [Loaded] = []
  private(set) var claims: [Claim] = []

  /// - Parameter folder: where the configuration lies; paths in it start there.
  init(folder: String, keys paths: [String]) throws(ConfigurationFailure) {
    self.folder = folder
    var keys: [PublicKey] = []
    for path in paths {
      let bytes = try Self.contents(folder, path)
      do throws(KeyFailure) { keys.append(try KeyFile.publicKey(bytes)) } catch {
        throw ConfigurationFailure(path, "the key can't be used: \(error.message)")
      }
    }
    self.keys = TrustedKeys(pinned: keys)
  }

  /// The program of a bundle.
  mutating func program(_ path: String, now: Int) throws(ConfigurationFailure) -> PolicyProgram {
    guard !keys.keys.isEmpty else { throw ConfigurationFailure("policy_keys", "is empty, so no bundle can be trusted") }
    let bytes = try Self.contents(folder, path)
    do throws(TrustFailure) {
      let verification = BundleVerification(keys: keys, now: now, claw: Sidecar.version)
      var program: PolicyProgram?
      let verified = try verification.verify(bytes) { bundle throws(TrustFailure) in
        program = try BundleBuilder.compile(bundle).program
        return .init(policy: Digest.sha256Hex(bundle.policy), semantic: nil, isExact: bundle.isExact)
      }
      guard let program else { throw TrustFailure(.wrongHash, "the bundle has no program") }
      loaded.append(
        Loaded(
          path: path, digest: verified.digest, semanticHash: verified.bundle.semanticHash,
          sequence: verified.bundle.sequence, expires: verified.bundle.expires))
      claims.append(
        Claim(path: path) { [bundle = verified.bundle] in
          BundleBuilder.hashes(bundle, of: program).agrees(with: bundle)
        })
      return program
    } catch { throw ConfigurationFailure(path, "\(error.message) [\(error.rule.rawValue)]") }
  }

  private static func contents(_ folder: String, _ path: String) throws(ConfigurationFailure) -> [UInt8] {
    let full = path.utf8.first == 0x2F ? path : "\(folder)/\(path)"
    do throws(RecordFile.Failure) { return try RecordFile.contents(full) } catch {
      throw ConfigurationFailure(path, error.message)
    }
  }
}
