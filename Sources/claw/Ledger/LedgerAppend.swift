import ArgumentParser
import Glibc
import JSON
import Ledger
import Runtime
import Source

/// `claw ledger append`
struct LedgerAppend: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "append",
    abstract: "Records an event, or many, and prints a receipt for each.",
    discussion: """
      An event is an object with type and payload, and if you like eventId, ts, schemaVersion, actor and runId; the ledger \
      assigns the rest. Appending an event with the same eventId again records nothing twice. A receipt is printed when \
      the event is on the disk.

      EXAMPLES
        echo '{"type":"RunCompleted","payload":{}}' | claw ledger append --run "$CLAW_RUN" -
        claw ledger append --events events.jsonl --json
      """)

  @Argument(help: "A file with one event; '-' for standard input.", completion: .file()) var path: String?
  @Option(
    help: ArgumentHelp("A file with an event on each line; '-' for standard input.", valueName: "file"),
    completion: .file())
  var events: String?
  @Option(help: ArgumentHelp("What a receipt promises: durable, or written.", valueName: "level"))
  var durability: Level = .durable
  @Flag(help: "Write JSON.") var json = false
  @OptionGroup var target: RunOption
  @OptionGroup var actor: ActorOptions
  @OptionGroup var ledger: LedgerOptions

  /// Levels of durability.
  enum Level: String, ExpressibleByArgument, CaseIterable {
    case durable, written
  }

  /// How many events are recorded together at most when many come.
  private static let group = 1000

  func run() throws {
    guard (path == nil) != (events == nil) else {
      Console.say("claw: name a file with one event, or one with many with --events")
      throw Status.usage
    }
    let level: Durability = durability == .durable ? .durable : .written
    let opened = try LedgerRun.run {
      // A run that is named is in a ledger that is there.
      if target.id != nil { _ = try ledger.existing() }
      return try ledger.open(level)
    }
    if let path {
      let file = try CanonicalCommand.read(path)
      let draft = try LedgerRun.run { try EventDraft(json: file.bytes) }
      try append([draft], to: opened)
      return warn([draft.type], opened)
    }
    try many(events ?? "-", opened)
  }

  private func append(_ drafts: [EventDraft], to ledger: Ledger) throws {
    let receipts = try LedgerRun.run { try ledger.append(drafts, run: target.id, actor: actor.value) }
    Console.write(receipts.map { json ? $0.document : $0.line }.joined())
  }

  /// Tells of types that will not be recorded for ever.
  private func warn(_ types: Set<String>, _ ledger: Ledger) {
    for type in types.sorted() where ledger.isDeprecated(type) {
      Console.say("claw: warning: the extension that has the event type '\(type.printable)' is deprecated")
    }
  }

  /// Records lines as they come: what stands in the pipe goes together, and nothing waits for what does not come.
  private func many(_ path: String, _ ledger: Ledger) throws {
    var number = 0
    var drafts: [EventDraft] = []
    var types: Set<String> = []
    defer { warn(types, ledger) }
    func take(_ line: [UInt8]) throws {
      number += 1
      if line.isEmpty { return }
      do throws(LedgerFailure) { drafts.append(try EventDraft(json: line)) } catch {
        // What came before is recorded all the same.
        try append(drafts, to: ledger)
        Console.say("claw: line \(number): \(error.message.printable) [\(error.rule.rawValue)]")
        throw LedgerRun.status(error.rule)
      }
      if drafts.count >= Self.group { try flush() }
    }
    func flush() throws {
      if drafts.isEmpty { return }
      try append(drafts, to: ledger)
      types.formUnion(drafts.lazy.map(\.type))
      drafts.removeAll(keepingCapacity: true)
    }
    try InputLines.each(path, pause: flush, take)
    try flush()
  }
}
