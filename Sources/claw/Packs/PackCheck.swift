import ArgumentParser
import Diagnostics
import Driver
import Governance
import IR
import JSON
import Lowering
import Source

/// `claw pack check`
struct PackCheck: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Checks governance packs, and prints the hash of each.",
    discussion: """
      EXAMPLES
        claw pack check packs/*.yml
        claw pack check --format sarif team.yml > findings.sarif
      """)

  @Argument(help: "Packs: files, or names of built-in ones.", completion: .file()) var packs: [String]
  @OptionGroup var report: ReportOptions

  func run() throws {
    try FileChecks.run(try packs.map(PackSources.file), report, PackCompiler.compile) { _, pack in
      "\(pack.plan.id) \(pack.plan.version) sha256 \(pack.hash)"
    }
  }
}

/// `claw pack list`
struct PackList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Lists the governance packs that come with claw.",
    discussion: """
      EXAMPLES
        claw pack list
        claw pack list --json
      """)

  @Flag(help: "Write JSON.") var json = false

  func run() throws {
    let packs = BuiltInPacks.names.compactMap { name -> LoweredPack? in
      var bag = DiagnosticBag()
      return BuiltInPacks.file(name).flatMap { PackCompiler.compile($0, into: &bag) }
    }
    if json {
      let entries = packs.map { pack -> JSONValue in
        [
          "id": .string(pack.plan.id), "version": .string(pack.plan.version),
          "description": .string(pack.plan.description), "sha256": .string(pack.hash),
          "appliesTo": .array(
            pack.plan.subjects.map(\.rawValue).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map { .string($0) }
          ),
          "expectations": JSONValue(pack.plan.expectations.count),
        ]
      }
      let document: JSONValue = ["schema": 1, "packs": .array(entries)]
      Console.write(document.text(indented: true) + "\n")
      return
    }
    let width = packs.map { $0.plan.id.utf8.count }.max() ?? 0
    for pack in packs {
      let id = pack.plan.id + String(repeating: " ", count: width - pack.plan.id.utf8.count)
      Console.write("\(id)  \(pack.plan.version)  \(pack.plan.description)\n")
    }
  }
}

/// `claw pack show`
struct PackShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Prints a pack: as it is written, or in the canonical form that its hash is of.",
    discussion: """
      EXAMPLES
        claw pack show release > team-release.yml
        claw pack show team-release.yml --canonical | sha256sum
      """)

  @Argument(help: "A pack: a file, or the name of a built-in one.", completion: .file()) var pack: String
  @Flag(help: "Print canonical JSON, with all defaults filled in and no line end.") var canonical = false
  @OptionGroup var report: ReportOptions

  func run() throws {
    let file = try PackSources.file(pack)
    let lowered = try PackSources.lowered(file, report)
    Console.write(canonical ? lowered.canonical : Array(file.bytes))
  }
}
