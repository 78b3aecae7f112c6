import ArgumentParser
import Canonical
import Driver
import JSON
import Lowering
import Policy
import Runtime
import Source

/// `claw policy bundle`
struct BundleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bundle",
    abstract: "Signed policies: makes, tests and shows them.",
    discussion: """
      EXAMPLES
        claw policy bundle build policy.yml -o policy.bundle --sequence 7 --key signer.pem
        claw policy bundle verify policy.bundle --pubkey signer.pem.pub
      """,
    subcommands: [BundleBuild.self, BundleVerify.self, BundleInspect.self])
}

/// Whose form a bundle has.
enum BundleFormat: String, ExpressibleByArgument, CaseIterable {
  case claw, clawdstrike
}

/// Signatures over the bundle's file that other tools verify.
enum BundleExport: String, ExpressibleByArgument, CaseIterable {
  case sigstore, ssh, minisign, hex

  /// What the namespace of SSH signatures is.
  static let namespace = "claw.policy-bundle.v1"

  /// The end of the name of its file.
  var suffix: String {
    switch self {
    case .sigstore: ".sigstore.json"
    case .ssh: ".sig"
    case .minisign: ".minisig"
    case .hex: ".hex"
    }
  }
}

/// `claw policy bundle build`
struct BundleBuild: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "build",
    abstract: "Compiles a ruleset, and signs it with its hashes, its origin and its place in a sequence.",
    discussion: """
      The same inputs give the same bytes; the time comes from --created or SOURCE_DATE_EPOCH.

      EXAMPLES
        claw policy bundle build policy.yml -o policy.bundle --sequence 7 --key signer.pem
        claw policy bundle build strict -o p.json --bundle-format clawdstrike --key k.hex
      """)

  @Argument(help: "A ruleset, or the name of a built-in one.", completion: .file()) var path: String
  @Option(
    name: [.customShort("o"), .long], help: ArgumentHelp("Where it goes; '-' for standard output.", valueName: "file"),
    completion: .file())
  var output: String
  @Option(help: ArgumentHelp("Its number in the channel; each new bundle has a higher one.", valueName: "n"))
  var sequence: Int?
  @Option(help: ArgumentHelp("Which line of bundles it belongs to.", valueName: "name")) var channel = "default"
  @Option(help: ArgumentHelp("When it was made, if not now.", valueName: "time")) var created: TimeArgument?
  @Option(name: .customLong("not-before"), help: ArgumentHelp("From when on it is valid.", valueName: "time"))
  var notBefore: TimeArgument?
  @Option(help: ArgumentHelp("When it expires: a time, or how long after it was made (90d).", valueName: "time"))
  var expires: TimeArgument?
  @Option(
    name: .customLong("min-claw"), help: ArgumentHelp("The oldest claw that understands it.", valueName: "version"))
  var minimumClaw = Version.text
  @Option(name: .customLong("bundle-format"), help: ArgumentHelp("Whose form it has.", valueName: "format")) var format:
    BundleFormat = .claw
  @Option(
    help: ArgumentHelp(
      "Also write a signature that cosign, ssh-keygen, minisign or openssl verifies; can be repeated.",
      valueName: "form"))
  var export: [BundleExport] = []
  @OptionGroup var signing: SigningOptions
  @OptionGroup var policy: PolicyOptions

  func run() throws {
    let made = try Now.made()
    let time = created?.seconds(from: made) ?? made
    let signers = try signing.signers()
    let lowered = try policy.compile(path)
    let bytes = try format == .claw ? claw(lowered, time, signers) : reference(lowered, time, signers)
    guard export.isEmpty || output != "-" else {
      Console.say("claw: exports lie beside the bundle, which needs a name")
      throw Status.usage
    }
    try RunRecording.step("claw policy bundle build") { notes in
      try write(bytes, signers)
      notes.result = [.init("sha256", .string(Digest.sha256Hex(bytes)))]
      if output != "-" { notes.files = [(output, FilePath.name(of: output))] }
    }
  }

  private func write(_ bytes: [UInt8], _ signers: [any Signer]) throws {
    try TrustRun.write(bytes, to: output)
    for form in export { try TrustRun.write(try signature(form, over: bytes, signers[0]), to: output + form.suffix) }
  }

  private func claw(_ lowered: LoweredPolicy, _ time: Int, _ signers: [any Signer]) throws -> [UInt8] {
    guard let sequence, sequence >= 0 else {
      Console.say("claw: say with --sequence which number the bundle has in its channel")
      throw Status.usage
    }
    let options = BundleBuilder.Options(
      channel: channel, sequence: sequence, compiledAt: time, notBefore: notBefore?.seconds(from: time),
      expires: expires?.seconds(from: time), minimumClaw: minimumClaw)
    let bundle: PolicyBundle
    do throws(CanonicalJSON.Failure) { bundle = try BundleBuilder.bundle(lowered, options) } catch {
      Console.say("claw: '\(path)' can't be bundled: \(error.message)")
      throw Status.invalid
    }
    return try TrustRun.run {
      var envelope = bundle.envelope
      for signer in signers { try envelope.sign(signer) }
      return envelope.json
    }
  }

  private func reference(_ lowered: LoweredPolicy, _ time: Int, _ signers: [any Signer]) throws -> [UInt8] {
    guard signers.count == 1 else {
      Console.say("claw: a clawdstrike bundle has exactly one signature")
      throw Status.usage
    }
    return try TrustRun.run {
      var bundle = try ReferenceBundle(lowered, compiledAt: time)
      try bundle.sign(signers[0])
      return bundle.bytes
    }
  }

  private func signature(_ form: BundleExport, over bytes: [UInt8], _ signer: any Signer) throws -> [UInt8] {
    try TrustRun.run {
      switch form {
      case .ssh: return Array(try SSHSignature.sign(bytes, namespace: BundleExport.namespace, signer).utf8)
      case .minisign:
        return Array(try Minisign.sign(bytes, comment: "channel:\(channel) sequence:\(sequence ?? 0)", signer).utf8)
      case .hex: return Array((Digest.hexadecimal(try signer.sign(bytes)) + "\n").utf8)
      case .sigstore:
        guard format == .claw, let envelope = try? Envelope(json: bytes),
          let bundle = SigstoreBundle.bytes(envelope, signer.publicKey)
        else { throw KeyFailure("a Sigstore bundle holds exactly one signature, of claw's own format") }
        return bundle
      }
    }
  }
}
