import ArgumentParser
import Canonical
import JSON
import Ledger
import Runtime

/// `claw ledger seal`
struct LedgerSealCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "seal",
    abstract: "Signs what the ledger has now: a checkpoint that no later change can agree with.",
    discussion: """
      The checkpoint is a signed note as transparency logs have it, with the tree in tiles beside it, and an in-toto \
      statement over the note. Give a copy to somebody else: whoever can sign and write the ledger can begin it anew.

      EXAMPLES
        claw ledger seal --key signer.pem
        claw ledger seal --key signer.pem --stdout > checkpoint.txt
      """)

  @Flag(help: "Also print the signed note.") var stdout = false
  @Flag(help: "Write JSON.") var json = false
  @OptionGroup var signing: SigningOptions
  @OptionGroup var state: StateOption
  @OptionGroup var ledger: LedgerOptions

  func run() throws {
    let signers = try signing.signers()
    let time = try Now.made() * 1000
    let (seal, keys) = try LedgerRun.run {
      let folder = try ledger.existing()
      let seal = try Ledger(folder).seal(signers, heads: state.heads, time: time)
      return (seal, try signers.map { try NoteKey(name: folder.origin, key: $0.publicKey).text })
    }
    if json {
      let document: JSONValue = [
        "schema": 1, "origin": .string(seal.checkpoint.origin), "size": JSONValue(seal.checkpoint.size),
        "root": .string(seal.checkpoint.root.hex), "checkpoint": .string(String(decoding: seal.note, as: UTF8.self)),
        "signers": .array(signers.map { .string($0.publicKey.id) }), "noteKeys": .array(keys.map { .string($0) }),
      ]
      return Console.write(document.text(indented: true) + "\n")
    }
    if stdout { Console.write(seal.note) }
    Console.say("sealed \(seal.checkpoint.size) records of \(seal.checkpoint.origin): root \(seal.checkpoint.root.hex)")
    for key in keys { Console.say("key of the note: \(key)") }
  }
}

/// Where the heads of ledgers are kept.
struct StateOption: ParsableArguments {
  @Option(
    name: .customLong("state"),
    help: ArgumentHelp("Where this machine keeps what it saw of ledgers.", valueName: "folder"), completion: .directory)
  var state: String?

  var heads: KeptHeads { KeptHeads(folder: TrustStore(folder: state).folder) }
}
