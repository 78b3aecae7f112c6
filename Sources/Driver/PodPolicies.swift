import Diagnostics
import IR
package import Lowering
import Source

/// A policy of a pod, read.
package enum CompiledPolicy: Sendable {
  /// A ruleset, which the pod's own key is to sign.
  case ruleset(LoweredPolicy)
  /// A bundle that somebody signed, and the file of the key that is to verify it.
  case bundle([UInt8], key: [UInt8])
}

extension Compiler {
  /// Reads the policies of a pod and compiles those that are rulesets; what is wrong with one is a finding of its file.
  static func policies(_ pod: PodPlan, _ files: some FileProvider, into compilation: inout Compilation) {
    for policy in pod.policies {
      guard let file = read(policy.path, policy, pod, files, into: &compilation) else { continue }
      if let key = policy.key {
        guard let key = read(key, policy, pod, files, into: &compilation) else { continue }
        compilation.policies[policy.name] = .bundle(file.bytes, key: key.bytes)
        continue
      }
      if !compilation.sources.contains(file) { compilation.sources.append(file) }
      let sources = RulesetSources(files: files)
      if let lowered = RulesetCompiler.compile(file, profile: .hardened, sources: sources, into: &compilation.bag) {
        compilation.policies[policy.name] = .ruleset(lowered)
      }
    }
  }

  private static func read(
    _ path: String, _ policy: PodPolicy, _ pod: PodPlan, _ files: some FileProvider, into compilation: inout Compilation
  ) -> SourceFile? {
    let whole = FilePath.normalize(FilePath.join(pod.folder, path))
    do throws(FileFailure) { return try files.read(whole, within: pod.folder, limit: 16 << 20) } catch {
      if case .missing = error, let file = BuiltInRulesets.file(path) { return file }
      compilation.bag.report(
        PodRules.unknownPolicy, at: policy.location,
        "the policy '\(policy.name)' can't be had: '\(path)' \(error.reason)",
        help: "put the file there, below the pod file's folder")
      return nil
    }
  }
}
