import ArgumentParser

/// `claw ledger`
struct LedgerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ledger",
    abstract: "Records what runs did, so that nobody can change it unseen.",
    discussion: """
      EXAMPLES
        claw ledger append --run "$(claw ledger start)" event.json
        claw ledger verify --pubkey signer.pem.pub
      """,
    subcommands: [
      LedgerStart.self, LedgerAppend.self, LedgerPut.self, LedgerSealCommand.self, LedgerVerify.self, LedgerList.self,
      LedgerShow.self, LedgerExport.self, LedgerImport.self, LedgerProve.self, LedgerArchiveCommand.self,
    ])
}
