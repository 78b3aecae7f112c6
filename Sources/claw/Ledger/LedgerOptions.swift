import ArgumentParser
import Canonical
import Driver
import Glibc
import JSON
import Ledger
import Runtime
import Source

/// Says why the ledger does not do something, and with which status that ends.
enum LedgerRun {
  static func run<Result>(_ body: () throws -> Result) throws -> Result {
    do { return try TrustRun.run(body) } catch let failure as LedgerFailure {
      Console.say("claw: \(failure.message.printable) [\(failure.rule.rawValue)]")
      throw status(failure.rule)
    }
  }

  static func status(_ rule: LedgerFailure.Rule) -> Status {
    switch rule {
    case .malformedEvent, .eventTooLarge, .unknownType, .badExtension, .invalidHash, .badBundle: .invalid
    case .wrongOrder, .eventIDConflict, .runExists, .pathTraversal, .artifactTooLarge, .emptyArtifact, .truncated,
      .rollback, .fork, .badCheckpoint:
      .refused
    default: .failed
    }
  }
}

/// Which ledger.
struct LedgerOptions: ParsableArguments {
  @Option(
    name: .customLong("ledger"),
    help: ArgumentHelp(
      "The ledger's folder: CLAW_LEDGER, else the user's own one, if not given.", valueName: "folder"),
    completion: .directory)
  var folder: String?

  var path: String { Self.path(folder) }

  /// The folder that is meant if `folder` is given, or nothing is.
  static func path(_ folder: String?) -> String {
    if let folder { return folder }
    if let folder = Console.variable("CLAW_LEDGER"), !folder.isEmpty { return folder }
    func variable(_ name: String) -> String? { Console.variable(name).flatMap { $0.hasPrefix("/") ? $0 : nil } }
    let state = variable("XDG_STATE_HOME") ?? FilePath.join(variable("HOME") ?? "/", ".local/state")
    return FilePath.join(state, "claw/ledger")
  }

  /// The ledger for appending; it is made if there is none.
  func open(_ durability: Durability = .durable, origin: String? = nil) throws(LedgerFailure) -> Ledger {
    var options = Ledger.Options()
    options.durability = durability
    let ledger = try Ledger(try LedgerFolder(making: path, origin: origin), options: options)
    if ledger.cutBytes > 0 { Console.say("claw: a record that was not written to its end was cut off") }
    return ledger
  }

  func existing() throws(LedgerFailure) -> LedgerFolder { try LedgerFolder(existing: path) }
}

/// Who does something, for events that don't say it.
struct ActorOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Who does it, if the event does not say: the user, if not given.", valueName: "name"))
  var actor: String?
  @Option(name: .customLong("actor-type"), help: ArgumentHelp("What kind of somebody that is.", valueName: "kind"))
  var kind: ActorKind = .human

  /// Kinds of actors.
  enum ActorKind: String, ExpressibleByArgument, CaseIterable {
    case human, system, worker
  }

  var value: EventActor {
    EventActor(id: actor ?? Self.standard.id, kind: EventActor.Kind(rawValue: kind.rawValue) ?? .human)
  }

  /// Who it is if nobody says.
  static var standard: EventActor {
    EventActor(id: Console.variable("USER").flatMap { $0.isEmpty ? nil : $0 } ?? "cli", kind: .human)
  }
}

/// Which run.
struct RunOption: ParsableArguments {
  @Option(help: ArgumentHelp("The run: CLAW_RUN, if not given.", valueName: "id")) var run: String?

  var id: String? { run ?? Console.variable("CLAW_RUN").flatMap { $0.isEmpty ? nil : $0 } }

  /// The run, which must be named.
  func required() throws -> String {
    guard let id else {
      Console.say("claw: name the run with --run or CLAW_RUN; 'claw ledger start' begins one")
      throw Status.usage
    }
    return id
  }
}

/// What vouches for ledgers.
extension PinnedOptions {
  /// Where their heads are kept.
  var heads: KeptHeads { KeptHeads(folder: store.folder) }

  /// What verifying a whole ledger finds, with its last checkpoint and the head that was kept.
  func report(of folder: LedgerFolder, keys: CheckpointKeys) throws -> LedgerReport {
    var verification = LedgerVerification(folder)
    if let signed = try folder.lastCheckpoint(keys: keys) { try verification.add(signed) }
    if let head = try heads.head(folder.origin) { verification.add(head) }
    return try verification.run()
  }

  /// The keys that are trusted for ledgers, none if there are none; only those that count now.
  func ledgerKeys() throws -> CheckpointKeys {
    let trusted = try trusted(for: .ledger)
    let keys = trusted.keys.filter { key in
      !key.isRevoked && (key.notBefore ?? .min) <= now && now < (key.expires ?? .max)
    }
    return CheckpointKeys(keys.map(\.key), threshold: trusted.threshold)
  }
}

extension Receipt {
  /// A line for people.
  var line: String {
    "\(runId) \(seq) record \(index) \(hash) \(durability.rawValue)\(isRepeated ? " (was there)" : "")\n"
  }
}
