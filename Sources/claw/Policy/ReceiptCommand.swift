import ArgumentParser
import Canonical
import Driver
import JSON
import Runtime
import Source

/// `claw policy receipt`
struct ReceiptCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "receipt",
    abstract: "Signed receipts of what a gate decided, in clawdstrike's form 1.0.0.",
    discussion: """
      EXAMPLES
        claw policy receipt sign receipt.json --key gate.hex -o receipt.signed.json
        claw policy receipt verify receipt.signed.json --pubkey gate.hex.pub
      """,
    subcommands: [ReceiptSign.self, ReceiptVerify.self])
}

/// `claw policy receipt sign`
struct ReceiptSign: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sign",
    abstract: "Signs a receipt, for a second party too where its key is given.",
    discussion: """
      EXAMPLES
        claw policy receipt sign receipt.json --key gate.hex
        claw policy receipt sign receipt.json --key gate.hex --cosigner owner.hex -o signed.json
      """)

  @Argument(help: "A receipt; '-' for standard input.", completion: .file()) var path: String
  @Option(help: ArgumentHelp("The private key that signs.", valueName: "file"), completion: .file()) var key: String
  @Option(help: ArgumentHelp("The private key of the second party.", valueName: "file"), completion: .file())
  var cosigner: String?
  @Option(
    name: [.customShort("o"), .long], help: ArgumentHelp("Where it goes; '-' for standard output.", valueName: "file"),
    completion: .file())
  var output = "-"
  @OptionGroup var passphrase: PassphraseOption

  func run() throws {
    let file = try CanonicalCommand.read(path)
    let value: JSONValue
    do throws(JSONFailure) { value = try JSONParser.parse(file.bytes[...], strict: true, maximumDepth: 128) } catch {
      let place = file.position(at: error.offset)
      Console.say("claw: \(path):\(place.line):\(place.column): \(error.message)")
      throw Status.invalid
    }
    let first = try passphrase.signer(key)
    let second = try cosigner.map { path in try passphrase.signer(path) }
    let bytes = try TrustRun.run {
      var receipt = try SignedReceipt(receipt: value)
      try receipt.sign(first, cosigner: second)
      return receipt.bytes
    }
    try TrustRun.write(bytes, to: output)
  }
}

/// `claw policy receipt verify`
struct ReceiptVerify: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Tests a receipt against pinned keys; with a cosigner's key, that one must have signed too.",
    discussion: """
      Keys are those given, or those that the pinned trust root has for the role 'receipt'.

      EXAMPLES
        claw policy receipt verify signed.json --pubkey gate.hex.pub
        claw policy receipt verify signed.json --pubkey gate.hex.pub --cosigner owner.hex.pub
      """)

  @Argument(help: "A signed receipt; '-' for standard input.", completion: .file()) var path: String
  @Option(help: ArgumentHelp("The second party's public key; can be repeated.", valueName: "file"), completion: .file())
  var cosigner: [String] = []
  @Flag(help: "Write JSON.") var json = false
  @OptionGroup var pinned: PinnedOptions

  func run() throws {
    let file = try CanonicalCommand.read(path)
    let keys = try pinned.trusted(for: .receipt)
    let receipt = try TrustRun.run {
      let second = cosigner.isEmpty ? nil : TrustedKeys(pinned: try cosigner.map { try KeyFiles.publicKey($0) })
      let receipt = try SignedReceipt(file.bytes)
      try receipt.verify(keys, cosigners: second, now: pinned.now)
      return receipt
    }
    let passed = receipt.receipt["verdict"]?["passed"]?.bool ?? false
    if json {
      let document: JSONValue = [
        "schema": 1, "valid": true, "passed": .bool(passed), "cosigned": .bool(!cosigner.isEmpty),
        "receipt": receipt.receipt,
      ]
      return Console.write(document.text(indented: true) + "\n")
    }
    Console.write(
      "valid: the gate \(passed ? "passed" : "did not pass") the content \(receipt.receipt["content_hash"]?.string ?? "")\n"
    )
  }
}
