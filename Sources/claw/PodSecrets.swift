import Canonical
import Diagnostics
import Driver
import Emitters
import IR
import Runtime
import Source

/// The secrets that a pod's manifest names and that claw makes: what `up` would put into files of this machine.
enum PodSecrets {
  /// The manifest; it is for standard output alone.
  static func manifest(_ compilation: Compilation, _ report: ReportOptions) throws -> [UInt8] {
    guard let pod = compilation.pod else { throw Status.usage }
    var bag = DiagnosticBag()
    let keys = PodKeys(pod, compilation.environment, into: &bag)
    for file in keys.files {
      do throws(ArtifactStore.Failure) { try KeyFolder.check(file.path) } catch {
        bag.report(EngineRules.keyFile, at: file.location, "'\(error.path)': \(error.reason)")
      }
    }
    if bag.hasErrors {
      _ = report.report(bag, besidesData: true)
      throw Status.invalid
    }
    let policies = try TrustRun.run {
      try PodSigner(pod).sign(compilation.policies, now: try Now.made(), version: Version.text)
    }
    let tokens = try TrustRun.run { try SidecarStore(pod).secrets() }
    var secrets: [(name: String, data: [(key: String, base64: String)])] = []
    for sidecar in pod.sidecars {
      let (name, items) = PodManifestPlan.configuration(sidecar, of: pod)
      let digests = tokens.mapValues { Digest.sha256Hex(Array($0.utf8)) }
      let data = try items.map { item in
        (key: item.key, base64: Base64.encode(try content(item.path, sidecar, pod, digests, policies)))
      }
      secrets.append((name, data))
      let own = try sidecar.keys.compactMap { key -> (key: String, base64: String)? in
        try value(of: key, sidecar, pod, keys).map { (key.name, Base64.encode($0)) }
      }
      if !own.isEmpty { secrets.append((PodManifestPlan.keys(sidecar), own)) }
    }
    for claw in pod.claws where !claw.tokenVariables.isEmpty {
      for instance in claw.instances {
        guard let token = tokens[instance.name] else { continue }
        secrets.append(
          (
            PodManifestPlan.token(instance.name),
            claw.tokenVariables.map { ($0, Base64.encode(Array(token.utf8))) }
          ))
      }
    }
    return PodSecretsEmitter.emit(secrets, pod: pod.name)
  }

  /// A file of a sidecar's folder.
  private static func content(
    _ path: String, _ sidecar: SidecarPlan, _ pod: PodPlan, _ tokens: [String: String],
    _ policies: [String: SidecarFolder.Policy]
  ) throws -> [UInt8] {
    for policy in pod.policies where sidecar.policies.contains(policy.name) {
      guard let ready = policies[policy.name] else { continue }
      if path == policy.bundlePath { return ready.bundle }
      if path == policy.keyPath { return ready.key }
    }
    guard path == SidecarFiles.config else { throw Status.bug }
    return SidecarEmitter.emit(sidecar, pod: pod.name, tokens: tokens)
  }

  private static func value(
    of key: SidecarPlan.Key, _ sidecar: SidecarPlan, _ pod: PodPlan, _ keys: PodKeys
  ) throws -> [UInt8]? {
    switch key.source {
    case .variable:
      return keys.keys.first { $0.folder == sidecar.keyFolder && $0.name == key.name }.map { Array($0.value.utf8) }
    case .file(let path):
      var status = Status.done
      guard let file = Inputs.read(FilePath.join(pod.folder, path), &status) else { throw status }
      return file.bytes
    }
  }
}
