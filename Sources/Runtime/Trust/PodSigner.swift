import Canonical
package import Driver
import Glibc
package import IR
import Lowering
import Source

/// Signs the policies of a pod with a key that is the pod's own: its private half lies outside the project.
package struct PodSigner: Sendable {
  /// `$XDG_STATE_HOME/claw/pods/POD`
  package let folder: String
  private let pod: PodPlan

  /// The signer of a pod.
  package init(_ pod: PodPlan) {
    self.pod = pod
    folder = FilePath.join(StateFolder.path, "pods/\(pod.name)")
  }

  private var keyPath: String { FilePath.join(folder, "pod.pem") }

  /// The bundle of each policy, and the key that verifies it. What did not change keeps its bundle; what did gets the next
  /// number.
  ///
  /// - Parameter now: seconds since 1970.
  /// - Parameter version: the version of this claw.
  package func sign(
    _ policies: [String: CompiledPolicy], now: Int, version: String
  ) throws -> [String: SidecarFolder.Policy] {
    let used = Set(pod.sidecars.flatMap(\.policies))
    var result: [String: SidecarFolder.Policy] = [:]
    for policy in pod.policies where used.contains(policy.name) {
      switch policies[policy.name] {
      case .ruleset(let lowered)?:
        result[policy.name] = try own(policy, lowered, now: now, version: version)
      case .bundle(let bytes, let key)?:
        let verification = BundleVerification(
          keys: TrustedKeys(pinned: [try KeyFile.publicKey(key)]), now: now, claw: version)
        _ = try verification.verify(bytes) { bundle throws(TrustFailure) in try BundleBuilder.hashes(bundle) }
        result[policy.name] = .init(bundle: bytes, key: key)
      case nil: break
      }
    }
    return result
  }

  private func own(
    _ policy: PodPolicy, _ lowered: LoweredPolicy, now: Int, version: String
  ) throws -> SidecarFolder.Policy {
    let signer = try key()
    let shown = Array(KeyFile.pem(signer.publicKey).utf8)
    let path = FilePath.join(folder, "bundles/\(policy.name).bundle.json")
    var options = BundleBuilder.Options(
      channel: "\(pod.name)/\(policy.name)", sequence: 1, compiledAt: now, minimumClaw: version)
    if FileSearch.kind(of: path) == .file {
      let bytes = try DiskFiles().read(path, within: nil, limit: PolicyBundle.limit).bytes
      let keys = TrustedKeys(pinned: [signer.publicKey])
      let statement = try keys.statement(bytes, .policyBundle, limit: PolicyBundle.limit, now: now).0
      let earlier = try PolicyBundle(statement)
      options.sequence = earlier.sequence
      options.compiledAt = earlier.compiledAt
      options.minimumClaw = earlier.minimumClaw
      if try BundleBuilder.bundle(lowered, options) == earlier { return .init(bundle: bytes, key: shown) }
      options.sequence += 1
      options.compiledAt = now
      options.minimumClaw = version
    }
    var envelope = try BundleBuilder.bundle(lowered, options).envelope
    try envelope.sign(signer)
    try ArtifactStore.makeFolder(FilePath.directory(of: path), mode: 0o700)
    _ = try ArtifactStore.write([(path, envelope.json)], mode: 0o600)
    return .init(bundle: envelope.json, key: shown)
  }

  /// The pod's key, made on first use.
  private func key() throws -> any Signer {
    if FileSearch.kind(of: keyPath) == .missing {
      try ArtifactStore.makeFolder(folder, mode: 0o700)
      let key = try PrivateKey(seed: KeyFiles.random(32))
      try KeyFiles.write(keyPath, private: KeyFile.pem(key), public: KeyFile.pem(key.publicKey))
    }
    return try KeyFiles.signer(keyPath) { () throws(KeyFailure) in throw KeyFailure("a pod's key has no passphrase") }
  }
}

/// Where claw keeps what is neither a project's nor to be lost.
enum StateFolder {
  /// `$XDG_STATE_HOME/claw`, else `~/.local/state/claw`.
  static var path: String {
    let state = variable("XDG_STATE_HOME") ?? FilePath.join(variable("HOME") ?? "/", ".local/state")
    return FilePath.join(state, "claw")
  }

  private static func variable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }.flatMap { $0.hasPrefix("/") ? $0 : nil }
  }
}
