import ArgumentParser
import Canonical
import Driver
import IR
import JSON
import Policy
import Runtime
import Source

/// `claw policy bundle inspect`
struct BundleInspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Shows what a bundle says, without testing whether it is to be trusted.",
    discussion: """
      EXAMPLES
        claw policy bundle inspect policy.bundle
        claw policy bundle inspect policy.bundle --part signed > signed.bin
      """)

  /// What is written as it is.
  enum Part: String, ExpressibleByArgument, CaseIterable {
    case policy, statement, signed
  }

  @Argument(help: "A bundle; '-' for standard input.", completion: .file()) var path: String
  @Option(
    help: ArgumentHelp(
      "Write the ruleset, the statement, or the bytes that were signed, as they are.", valueName: "part"))
  var part: Part?
  @Option(name: .customLong("bundle-format"), help: ArgumentHelp("Whose form it has.", valueName: "format")) var format:
    BundleFormat = .claw
  @Flag(help: "Write JSON.") var json = false

  func run() throws {
    let file = try CanonicalCommand.read(path)
    if format == .clawdstrike { return try reference(file.bytes) }
    let (envelope, bundle) = try TrustRun.run {
      let envelope = try Envelope(json: file.bytes)
      return (envelope, try PolicyBundle(try Statement(canonical: envelope.payload)))
    }
    switch part {
    case .policy: return Console.write(bundle.policy)
    case .statement: return Console.write(envelope.payload)
    case .signed: return Console.write(envelope.signedBytes)
    case nil: break
    }
    func time(_ seconds: Int?) -> JSONValue { seconds.map { .string(Timestamp.text($0)) } ?? .null }
    let fields: [JSONValue.Member] = [
      .init("digest", .string(Digest.sha256Hex(envelope.payload))), .init("channel", .string(bundle.channel)),
      .init("sequence", JSONValue(bundle.sequence)), .init("compiledAt", time(bundle.compiledAt)),
      .init("notBefore", time(bundle.notBefore)), .init("expires", time(bundle.expires)),
      .init("minClaw", .string(bundle.minimumClaw)), .init("profile", .string(bundle.profile.rawValue)),
      .init("exact", .bool(bundle.isExact)), .init("policyHash", .string(bundle.policyHash)),
      .init("semanticHash", .string(bundle.semanticHash)),
      .init("sources", .array(bundle.sources.map { ["name": .string($0.name), "sha256": .string($0.sha256)] })),
      .init("keyids", .array(envelope.signatures.map { .string($0.keyID) })),
    ]
    show(fields)
  }

  private func reference(_ bytes: [UInt8]) throws {
    let (bundle, policy) = try TrustRun.run {
      let bundle = try ReferenceBundle(bytes)
      return (bundle, try bundle.policy())
    }
    if part == .policy { return Console.write(policy) }
    guard part == nil else {
      Console.say("claw: only --part policy can be shown of a clawdstrike bundle")
      throw Status.usage
    }
    show([
      .init("id", .string(bundle.id)), .init("compiledAt", .string(bundle.compiledAt)),
      .init("policyHash", .string(bundle.policyHash)), .init("sources", .array(bundle.sources.map { .string($0) })),
      .init("keyids", .array((bundle.embeddedKey.map { [$0] } ?? []).map { .string($0.id) })),
    ])
  }

  private func show(_ fields: [JSONValue.Member]) {
    if json {
      return Console.write(
        JSONValue.object([.init("schema", 1), .init("verified", false)] + fields).text(indented: true) + "\n")
    }
    func text(_ value: JSONValue) -> String {
      switch value {
      case .string(let text): text
      case .array(let elements): elements.map { "\n  " + text($0) }.joined()
      case .object: "\(value["name"]?.string ?? "") sha256:\(value["sha256"]?.string ?? "")"
      case .null: "-"
      default: value.text()
      }
    }
    Console.write(fields.map { "\($0.name): \(text($0.value))\n" }.joined())
    Console.say("nothing was verified: 'claw policy bundle verify' does that")
  }
}
