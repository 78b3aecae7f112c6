import ArgumentParser
import Canonical
import Driver
import IR
import JSON
import Policy
import Runtime
import Source

/// `claw policy bundle verify`
struct BundleVerify: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract:
      "Tests a bundle against pinned keys, its time, the sequences seen, and its hashes; a bad one is status 4.",
    discussion: """
      Keys are those given, or those that the pinned trust root has for the role 'policy'. What was trusted is remembered, so \
      that no older bundle passes later. The ruleset is compiled anew, and both hashes are made from that.

      EXAMPLES
        claw policy bundle verify policy.bundle --pubkey signer.pem.pub
        claw policy bundle verify old.json --bundle-format clawdstrike --pubkey k.hex.pub
      """)

  @Argument(help: "A bundle; '-' for standard input.", completion: .file()) var path: String
  @Option(name: .customLong("bundle-format"), help: ArgumentHelp("Whose form it has.", valueName: "format")) var format:
    BundleFormat = .claw
  @Flag(name: .customLong("no-remember"), help: "Test it against what was seen before, but remember nothing.")
  var noRemember = false
  @Flag(help: "Write JSON.") var json = false
  @OptionGroup var pinned: PinnedOptions

  func run() throws {
    let file = try CanonicalCommand.read(path)
    let keys = try pinned.trusted(for: .policy)
    if format == .clawdstrike { return try reference(file.bytes, keys) }
    let verified = try TrustRun.run {
      func test(_ marks: SequenceMarks) throws(TrustFailure) -> BundleVerification.Verified {
        let verification = BundleVerification(keys: keys, marks: marks, now: pinned.now, claw: Version.text)
        return try verification.verify(file.bytes) { (bundle) throws(TrustFailure) in try BundleBuilder.hashes(bundle) }
      }
      let store = pinned.store
      if noRemember { return try test(try store.marks()) }
      return try store.alone { () throws(TrustFailure) in
        let verified = try test(try store.marks())
        try store.remember(verified.marks)
        return verified
      }
    }
    let bundle = verified.bundle
    if json {
      let document: JSONValue = [
        "schema": 1, "valid": true, "format": "claw", "digest": .string(verified.digest),
        "channel": .string(bundle.channel),
        "sequence": JSONValue(bundle.sequence), "profile": .string(bundle.profile.rawValue),
        "exact": .bool(bundle.isExact),
        "policyHash": .string(bundle.policyHash), "semanticHash": .string(bundle.semanticHash),
        "signers": .array(verified.signers.map { .string($0.id) }),
      ]
      return Console.write(document.text(indented: true) + "\n")
    }
    Console.write(
      "valid: sequence \(bundle.sequence) of '\(bundle.channel)', signed by \(verified.signers.map(\.id).joined(separator: ", "))\n"
    )
  }

  private func reference(_ bytes: [UInt8], _ keys: TrustedKeys) throws {
    let (bundle, signers) = try TrustRun.run {
      let bundle = try ReferenceBundle(bytes)
      return (bundle, try bundle.verify(keys, now: pinned.now))
    }
    if json {
      let document: JSONValue = [
        "schema": 1, "valid": true, "format": "clawdstrike", "digest": .null, "channel": .null, "sequence": .null,
        "profile": .null,
        "exact": .null, "policyHash": .string(bundle.policyHash), "semanticHash": .null,
        "signers": .array(signers.map { .string($0.id) }),
      ]
      return Console.write(document.text(indented: true) + "\n")
    }
    Console.write("valid: policy sha256:\(bundle.policyHash), signed by \(signers.map(\.id).joined(separator: ", "))\n")
    Console.say("a clawdstrike bundle has neither sequence nor expiry: an older one passes too")
  }
}
