import ArgumentParser
import Cllama
import JSON
import Runtime
import Source

/// `claw audit`
struct Audit: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit",
    abstract: "Shows what claws did through their sidecars, and what became of it.",
    discussion: """
      Each line is a call, a refusal, an intervention of a stage, a connection or a name. The record is read from the \
      sidecar's own volume, also when the sidecar is stopped; its hashes are checked, and a record that was changed ends \
      the command with status 4.

      EXAMPLES
        claw audit desk --last 24h
        claw audit --summary
        claw audit desk-0 --type intervention --json
        claw audit --record --summary
      """)

  @Argument(help: "Claws; all of them if none is named.") var names: [String] = []
  @Option(help: "The pod file, or its folder.", completion: .file()) var file: String?
  @Option(help: ArgumentHelp("Only what happened in the last time: 90s, 15m, 24h, 7d.", valueName: "time")) var last:
    String?
  @Option(help: ArgumentHelp("Only what happened from a time on: 2026-01-31T12:00:00Z.", valueName: "time")) var since:
    String?
  @Option(help: ArgumentHelp("Only lines of a type, such as intervention.", valueName: "type")) var type: String?
  @Option(help: ArgumentHelp("Only what a stage did, such as policy/no-pii.", valueName: "stage")) var stage: String?
  @Flag(help: "Count instead of listing.") var summary = false
  @Flag(help: "Write JSON; without --summary, the record's own lines.") var json = false
  @Flag(help: "Take what is new in the records into the ledger's open run (CLAW_RUN).") var record = false
  @OptionGroup var verbose: VerboseOption
  @OptionGroup var engine: EngineOptions

  func validate() throws {
    if last != nil, since != nil { throw ValidationError("--last and --since can't be meant both") }
    if let type, CallRecord.Kind(rawValue: type) == nil {
      let all = CallRecord.Kind.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("there is no type '\(type)': the types are \(all)")
    }
    if let last, Self.milliseconds(last) == nil { throw ValidationError("'\(last)' is no time: write 15m, 24h or 7d") }
    if let since, Self.time(since) == nil {
      throw ValidationError("'\(since)' is no time: write 2026-01-31T12:00:00Z")
    }
  }

  func run() throws {
    let view = try PodView(file, engine.tool(isVerbose: verbose.verbose))
    let instances = names.isEmpty ? [] : try Set(view.resolve(names))
    try RunRecording.step("claw audit") { notes in
      let records = try SidecarRecords(view)
      if records.records.isEmpty {
        Console.say("claw: none of the pod's containers is a sidecar, so that there is no record to read")
        Console.say("help: 'cllama: none' has none; 'claw up' brings others, with the records that 'down' left")
        throw Status.failed
      }
      let from = last.flatMap { Self.milliseconds($0) }.map { RecordTime.now - $0 } ?? since.flatMap { Self.time($0) }
      var lines = records.lines(instances, since: from)
      if let type { lines = lines.filter { $0.kind.rawValue == type } }
      if let stage { lines = lines.filter { $0.text("stage") == stage } }
      Console.write(summary ? table(lines) : list(lines))
      notes.result = [
        .init("pod", .string(view.project.name)),
        .init(
          "records",
          .object(
            records.records.map { one in
              .init(one.sidecar, JSONValue(one.record.lines.count))
            })),
      ]
      let isSound = record ? try take(records, view, &notes) : true
      for complaint in records.complaints { Console.say("claw: \(complaint)") }
      if records.records.contains(where: { !$0.record.broken.isEmpty }) { throw Status.refused }
      if !isSound { throw Status.refused }
    }
  }

  private func take(
    _ records: SidecarRecords, _ view: PodView, _ notes: inout RunRecording.Notes
  ) throws -> Bool {
    guard notes.run != nil else {
      Console.say("claw: --record needs a run that is open: name it with CLAW_RUN; 'claw ledger start' begins one")
      throw Status.usage
    }
    return try notes.take(records, pod: view.project.name)
  }

  private func list(_ lines: [AuditRecord.Line]) -> String {
    if json { return lines.map { $0.value.text() + "\n" }.joined() }
    var table = Table(["TIME", "CLAW", "WHAT", "VERDICT", "BY", "REASON"])
    for line in lines {
      guard let entry = AuditEntry(line) else { continue }
      let time = RecordTime.text(entry.time)
      table.add([
        String(time.dropFirst(5).prefix(14)).replacing("T", with: " "), line.instance ?? "-", entry.what.printable,
        entry.verdict, entry.who, entry.reason.printable,
      ])
    }
    return table.text(within: Console.tableWidth)
  }

  private func table(_ lines: [AuditRecord.Line]) -> String {
    let instances = Set(lines.compactMap(\.instance)).sorted()
    let rows = instances.map { name in (name, AuditSummary(lines.filter { $0.instance == name })) }
    if json {
      let value: JSONValue = ["schema": 1, "claws": .object(rows.map { .init($0.0, $0.1.json) })]
      return value.text(indented: true) + "\n"
    }
    var table = Table([
      "CLAW", "REQ", "RESP", "ERR", "REFUSED", "INT", "TOK_IN", "TOK_OUT", "COST_USD", "DRIFT", "MODELS",
    ])
    for (name, sum) in rows {
      table.add([
        name, String(sum.requests), String(sum.responses), String(sum.errors), String(sum.refusals),
        String(sum.interventions), String(sum.tokensIn), String(sum.tokensOut),
        sum.cost.description + (sum.unpriced > 0 ? " (\(sum.unpriced) unpriced)" : ""),
        sum.level == .free ? "free" : "\(sum.level.rawValue) \(sum.driftScore ?? "")",
        sum.models.sorted().joined(separator: ", "),
      ])
    }
    return table.text(within: Console.tableWidth)
  }

  /// Milliseconds of `90s`, `15m`, `24h`, `7d`.
  static func milliseconds(_ text: String) -> Int? {
    guard let unit = ["s": 1, "m": 60, "h": 3_600, "d": 86_400][text.suffix(1)], let count = Int(text.dropLast()),
      1...100_000 ~= count
    else { return nil }
    return count * unit * 1_000
  }

  /// Milliseconds since 1970 of a time in UTC, with or without thousandths.
  static func time(_ text: String) -> Int? {
    text.utf8.count == 20 && text.hasSuffix("Z") ? RecordTime.read(text.dropLast() + ".000Z") : RecordTime.read(text)
  }
}
