import Canonical
package import Driver
import Glibc
package import IR
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
      guard let compiled = policies[policy.name] else { continue }
      let path = FilePath.join(folder, "bundles/\(policy.name).bundle.json")
      var earlier: [UInt8]?
      if FileSearch.kind(of: path) == .file {
        earlier = try DiskFiles().read(path, within: nil, limit: PolicyBundle.limit).bytes
      }
      let options = CompiledPolicy.BundleOptions(channel: "\(pod.name)/\(policy.name)", now: now, version: version)
      let ready = try compiled.ready(options, earlier: earlier, signer: key)
      result[policy.name] = ready
      if policy.key != nil || ready.bundle == earlier { continue }
      try ArtifactStore.makeFolder(FilePath.directory(of: path), mode: 0o700)
      _ = try ArtifactStore.write([(path, ready.bundle)], mode: 0o600)
    }
    return result
  }

  /// The pod's key, made on first use.
  private func key() throws -> any Signer {
    if FileSearch.kind(of: keyPath) == .missing {
      try ArtifactStore.makeFolder(folder, mode: 0o700)
      let key = try PrivateKey(seed: RandomBytes.make(32))
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
