import ArgumentParser
import Canonical
import Governance
import JSON
import Policy
import Runtime
import Source

/// `claw pack seal`
struct PackSeal: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "seal",
    abstract: "Seals a session's folder: names every artifact by its digest, and signs the bytes of all files.",
    discussion: """
      Writes sealed-change-package.json and seal.dsse.json, a statement that claw pack validate takes from keys that the trust \
      file names. What would not validate is not sealed.

      EXAMPLES
        claw pack seal session/ --key sealer.pem --actor release-bot --trust trust.json
        claw pack seal session/ --key sealer.pem --actor dev-7 --human --trust trust.json --policies policies.json
      """)

  @Argument(help: "The folder of a session.", completion: .directory) var package: String
  @Option(help: ArgumentHelp("Who seals.", valueName: "id")) var actor: String
  @Flag(help: "The one who seals is a person.") var human = false
  @OptionGroup var options: PackageOptions
  @OptionGroup var signing: SigningOptions

  func run() throws {
    let validator = try options.validator()
    let signers = try signing.signers()
    let files: PackageFiles
    do throws(FileFailure) { files = try PackageFolder.read(package) } catch {
      Console.say("claw: '\(package)' \(error.reason)")
      throw Status.invalid
    }
    var members: [JSONValue.Member] = [
      .init("sealedAt", .string(Timestamp.text(try Now.made()))),
      .init("sealedBy", ["actorId": .string(actor), "actorType": human ? "human" : "system"]),
    ]
    if let hash = validator.policySetHash { members.append(.init("policySetHash", .string(hash))) }
    do {
      var sealed = try PackageBuilder(files).sealed(members)
      var envelope = try PackageBuilder.envelope(sealed)
      for signer in signers { try TrustRun.run { try envelope.sign(signer) } }
      sealed.files[PackageFiles.signatures] = envelope.json
      let report = validator.validate(sealed, sealedBy: signers.map(\.publicKey))
      guard report.passes else {
        Console.write(PackageReportText(report, package, sealed).text)
        Console.say("claw: nothing is sealed that would not validate")
        throw Status.failed
      }
      let names = [PackageFiles.seal, PackageFiles.signatures]
      try TrustRun.run {
        _ = try ArtifactStore.write(names.map { (FilePath.join(package, $0), sealed.files[$0] ?? []) })
      }
      Console.say("sealed '\(package)': contents sha256 \(report.contentsHash)")
    } catch let failure as PackageBuilder.Failure {
      Console.say("claw: '\(package)': \(failure.message)")
      throw Status.invalid
    }
  }
}
