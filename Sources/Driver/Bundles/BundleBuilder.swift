package import Canonical
import Diagnostics
package import IR
package import Lowering
import Policy
import Source

/// Makes bundles of rulesets, and their hashes anew.
package enum BundleBuilder {
  /// What a bundle says beside the policy.
  package struct Options: Sendable {
    package var channel: String
    package var sequence: Int
    package var compiledAt: Int
    package var notBefore: Int?
    package var expires: Int?
    package var minimumClaw: String

    package init(
      channel: String, sequence: Int, compiledAt: Int, notBefore: Int? = nil, expires: Int? = nil, minimumClaw: String
    ) {
      self.channel = channel
      self.sequence = sequence
      self.compiledAt = compiledAt
      self.notBefore = notBefore
      self.expires = expires
      self.minimumClaw = minimumClaw
    }
  }

  /// The bundle of a compiled ruleset.
  package static func bundle(_ policy: LoweredPolicy, _ options: Options) throws(CanonicalJSON.Failure) -> PolicyBundle
  {
    let text = try CanonicalJSON.bytes(RulesetJSON.value(policy.ruleset))
    let meaning = PolicyMeaning(policy.program)
    return PolicyBundle(
      policy: text, profile: policy.program.profile, policyHash: Digest.sha256Hex(text), semanticHash: meaning.hash,
      isExact: meaning.isExact,
      sources: policy.chain.map { .init(name: portable($0.name), sha256: Digest.sha256Hex($0.file.bytes)) },
      channel: options.channel, sequence: options.sequence, compiledAt: options.compiledAt,
      notBefore: options.notBefore,
      expires: options.expires, minimumClaw: options.minimumClaw)
  }

  /// The name of a source without the folders of the machine that it was read on.
  static func portable(_ name: String) -> String {
    name.hasPrefix("file:/") ? "file:" + FilePath.name(of: String(name.dropFirst(5))) : name
  }

  /// Compiles the ruleset in a bundle anew: what decides is what was signed, not what a hash claims.
  package static func compile(_ bundle: PolicyBundle) throws(TrustFailure) -> LoweredPolicy {
    var bag = DiagnosticBag()
    let file = SourceFile(path: "policy.json", bytes: bundle.policy)
    let lowered = RulesetCompiler.compile(
      file, profile: bundle.profile, sources: RulesetSources(files: NoFiles()), into: &bag)
    guard let lowered else {
      let why = bag.sorted().first { $0.severity == .error }?.message ?? "it can't be read"
      throw TrustFailure(.wrongHash, "the ruleset in the bundle does not compile: \(why)")
    }
    return lowered
  }

  /// The hashes of the ruleset in a bundle.
  package static func hashes(_ bundle: PolicyBundle) throws(TrustFailure) -> BundleVerification.Hashes {
    hashes(bundle, of: try compile(bundle).program)
  }

  /// The hashes of the ruleset in a bundle that was compiled already.
  package static func hashes(_ bundle: PolicyBundle, of program: PolicyProgram) -> BundleVerification.Hashes {
    let meaning = PolicyMeaning(program)
    return .init(policy: Digest.sha256Hex(bundle.policy), semantic: meaning.hash, isExact: meaning.isExact)
  }
}

/// A bundle stands alone.
struct NoFiles: FileProvider {
  func read(_ path: String, within root: String?, limit: Int) throws(FileFailure) -> SourceFile { throw .missing }
}
