import Canonical
import Emitters
package import IR

/// What lies in a sidecar's folder.
package enum SidecarFolder {
  /// A bundle that is ready, and the public key that verifies it.
  package struct Policy: Sendable {
    /// The bundle.
    package var bundle: [UInt8]
    /// The key, in PEM form.
    package var key: [UInt8]

    /// Joins the two.
    package init(bundle: [UInt8], key: [UInt8]) {
      self.bundle = bundle
      self.key = key
    }
  }

  /// The files, by their paths in the folder. The configuration is the last: what it names is there when it comes.
  ///
  /// - Parameter tokens: the SHA-256 of each instance's token in hexadecimal digits.
  /// - Parameter run: the run of the ledger that is open; nil for none.
  package static func files(
    _ sidecar: SidecarPlan, of pod: PodPlan, tokens: [String: String], policies: [String: Policy],
    run: String? = nil
  ) -> [(path: String, bytes: [UInt8])] {
    var files: [(path: String, bytes: [UInt8])] = []
    var bundles: [String: String] = [:]
    for policy in pod.policies where sidecar.policies.contains(policy.name) {
      guard let ready = policies[policy.name] else { continue }
      // By its digest: the old one stays as it is for whoever reads the old configuration.
      let path = "policies/\(policy.name)-\(Digest.sha256Hex(ready.bundle).prefix(12)).bundle.json"
      bundles[policy.bundlePath] = path
      files.append((path, ready.bundle))
      if !files.contains(where: { $0.path == policy.keyPath }) { files.append((policy.keyPath, ready.key)) }
    }
    let config = SidecarEmitter.emit(sidecar, pod: pod.name, tokens: tokens, run: run, bundles: bundles)
    return files + [(SidecarFiles.config, config)]
  }
}
