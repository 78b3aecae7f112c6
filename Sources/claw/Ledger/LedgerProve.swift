import ArgumentParser
import Canonical
import JSON
import Ledger
import Runtime
import Source

/// `claw ledger prove`
struct LedgerProve: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prove",
    abstract: "Proves that an event is in a sealed ledger, or that the ledger grew from an earlier one.",
    discussion: """
      The proof carries the checkpoint; its reader needs the key that signed it and nothing else. Without --json it is text \
      as C2SP's tlog-proof has it.

      EXAMPLES
        claw ledger prove "$CLAW_RUN" 3 --json
        claw ledger prove --from 1000 --checkpoint checkpoint.txt
      """)

  @Argument(help: "The event's run.") var runId: String?
  @Argument(help: "The event's number in the run.") var seq: Int?
  @Option(help: ArgumentHelp("A record by its number in the log.", valueName: "n")) var index: Int?
  @Option(help: ArgumentHelp("How many records the earlier ledger had.", valueName: "size")) var from: Int?
  @Option(
    help: ArgumentHelp("An earlier checkpoint that the proof is for, instead of the last.", valueName: "file"),
    completion: .file())
  var checkpoint: String?
  @Flag(help: "Write JSON.") var json = false
  @OptionGroup var ledger: LedgerOptions

  func run() throws {
    guard [runId != nil && seq != nil, index != nil, from != nil].count(where: { $0 }) == 1,
      (runId == nil) == (seq == nil)
    else {
      Console.say("claw: name a run and the number of its event, a record with --index, or an earlier size with --from")
      throw Status.usage
    }
    let note = try checkpoint.map { try CanonicalCommand.read($0).bytes }
    let proof = try LedgerRun.run { () throws -> LedgerProof in
      let folder = try ledger.existing()
      guard let signed = try note.map({ try SignedCheckpoint($0, keys: []) }) ?? folder.lastCheckpoint(keys: []) else {
        throw LedgerFailure(.badCheckpoint, "the ledger was never sealed: 'claw ledger seal' does that")
      }
      var prover = try LedgerProver(folder, checkpoint: signed)
      if let from { return try prover.consistency(from: from) }
      let view = try LedgerView(folder)
      if let index { return try prover.inclusion(of: index, data: try view.leafData(index)) }
      let record = try view.event(try RunName.resolve(runId ?? "", view), seq ?? 0)
      return try prover.inclusion(of: record.index, data: record.entry.bytes)
    }
    Console.write(json ? proof.json.text(indented: true) + "\n" : proof.text)
  }
}
