import Automata
import Diagnostics
import Driver
import Guards
import IR
import Lowering
import Policy
import Source

/// What rulesets and decisions cost. The reference engine can't be run here: its own figures stand beside ours, as its authors'
/// benchmark gave them on this kind of machine.
extension Suite {
  func policies(_ table: Table) {
    guard let text = BuiltInRulesets.file("default"), let engine = Self.engine(text, .compat) else { return }
    let again = ["scripts/bench in-process"]
    let load = time { _ = Self.engine(text, .compat) }
    table.row(
      "load 'default' to a deciding engine", claw: micro(load), peer: "reference: 885 us", ratio: 885e-6 / load,
      repeating: again)
    for (name, profile) in [("compat", PolicyProfile.compat), ("hardened", .hardened)] {
      guard let engine = Self.engine(text, profile) else { continue }
      let events = Inputs.events.compactMap { try? EventReader.read(Array($0.utf8)) }
      let decide = time { for event in events { _ = engine.outcome(of: event) } } / Double(events.count)
      table.row(
        "decide an event (\(name))", claw: rate(decide), peer: "reference: 552 k/s", ratio: 1 / decide / 552e3,
        repeating: again)
      let full = time { for event in events { _ = engine.decide(event) } } / Double(events.count)
      table.row("the same with every guard's words (\(name))", claw: rate(full), repeating: again)
      let lines = Inputs.events.map { Array($0.utf8) }
      let read =
        time {
          for line in lines {
            if let event = try? line.withUnsafeBufferPointer({ try EventReader.read($0) }) {
              _ = engine.outcome(of: event)
            }
          }
        } / Double(lines.count)
      table.row(
        "read and decide an event (\(name))", claw: rate(read), peer: "reference: 302 k/s", ratio: 1 / read / 302e3,
        repeating: again)
    }
    scans(table, engine)
  }

  /// What decides all events, or one of them by its number, once: `decide`, `read`, `decide 7`.
  static func decision(_ name: String) -> (() -> Void)? {
    let words = name.split(separator: " ")
    guard let text = BuiltInRulesets.file("default"), let engine = engine(text, .compat) else { return nil }
    var lines = Inputs.events.map { Array($0.utf8) }
    if words.count > 1, let number = Int(words[1]), lines.indices.contains(number - 1) { lines = [lines[number - 1]] }
    let events = lines.compactMap { try? EventReader.read($0) }
    switch words.first {
    case "decide": return { for event in events { _ = engine.outcome(of: event) } }
    case "read":
      return {
        for line in lines {
          _ = (try? line.withUnsafeBufferPointer { try EventReader.read($0) }).map { engine.outcome(of: $0) }
        }
      }
    default: return nil
    }
  }

  /// Prints what each event costs to read and to decide, for whoever looks for the slow one.
  func eachEvent() {
    guard let text = BuiltInRulesets.file("default") else { return }
    for profile in [PolicyProfile.compat, .hardened] {
      guard let engine = Self.engine(text, profile) else { continue }
      for line in Inputs.events {
        let bytes = Array(line.utf8)
        guard let event = try? EventReader.read(bytes) else { continue }
        let read = time { _ = try? bytes.withUnsafeBufferPointer { try EventReader.read($0) } }
        let decide = time { _ = engine.outcome(of: event) }
        let words = time { _ = engine.decide(event) }
        let figures = [read, decide, words].map { Format.number($0 * 1e9) }.joined(separator: "\t")
        print("\(profile)\t\(event.id)\t\(figures)\t\(engine.outcome(of: event))")
      }
    }
  }

  private func scans(_ table: Table, _ engine: PolicyEngine) {
    let source = Inputs.sourceCode(bytes: 2_300_000)
    let again = ["scripts/bench in-process"]
    let write = PolicyEvent(id: "w", action: .fileWrite(.init("/w/main.swift"), content: source))
    for (name, patterns) in [
      ("11 usual", Guard.usualSecrets.compactMap(Self.pattern)), ("4 of the reference's default", Self.four),
    ] {
      guard let scanner = try? PatternScanner(patterns.compactMap { try? RegexParser.parse($0) }) else { continue }
      let scan = time { source.withUnsafeBufferPointer { _ = scanner.matching($0) } }
      table.row(
        "scan 2.3 MB of code for secrets, \(name)", claw: bytes(source.count, scan),
        peer: "reference: \(name.hasPrefix("11") ? "1.96" : "10.3") GB/s", repeating: again)
    }
    let decide = time { _ = engine.outcome(of: write) }
    table.row("decide a write of 2.3 MB", claw: bytes(source.count, decide), repeating: again)
    let patch = Inputs.patch(lines: 20_000)
    let apply = PolicyEvent(id: "p", action: .patch(.init("/w/main.swift"), content: patch))
    let limits = PatchLimits.engine()
    let judged = time { _ = limits?.outcome(of: apply) }
    table.row(
      "decide a patch of 20,000 lines, 9 patterns", claw: bytes(patch.count, judged), peer: "reference: 172 MB/s",
      repeating: again)
  }

  private static let four = [
    "AKIA[0-9A-Z]{16}", "gh[ps]_[A-Za-z0-9]{36}", "sk-[A-Za-z0-9]{48}", #"-----BEGIN\s+(RSA\s+)?PRIVATE\s+KEY-----"#,
  ]

  private static func pattern(_ secret: [(key: String, value: FieldDefault)]) -> String? {
    if case .text(let text)? = secret.first(where: { $0.key == "pattern" })?.value { text } else { nil }
  }

  static func engine(_ file: SourceFile, _ profile: PolicyProfile) -> PolicyEngine? {
    var bag = DiagnosticBag()
    // The built-in rulesets use what only the hardened dialect has; its program is the same but for how events are judged.
    let sources = RulesetSources(files: MemoryFiles())
    guard var program = RulesetCompiler.compile(file, profile: .hardened, sources: sources, into: &bag)?.program else {
      return nil
    }
    program.profile = profile
    return try? PolicyEngine(program)
  }

  private func micro(_ seconds: Double) -> String { "\(Format.number(seconds * 1e6)) us" }
  private func rate(_ seconds: Double) -> String {
    "\(Format.number(1 / seconds / 1000)) k/s (\(Format.number(seconds * 1e9)) ns)"
  }
  private func bytes(_ count: Int, _ seconds: Double) -> String {
    "\(Format.number(Double(count) / seconds / 1e9)) GB/s (\(Format.number(seconds * 1000)) ms)"
  }
}

/// An engine for patches alone, whose limits let any size pass.
private enum PatchLimits {
  static func engine() -> PolicyEngine? {
    var program = PolicyProgram(profile: .compat, name: "patches")
    let patterns = Guard.dangerousLines.compactMap { text in
      (try? RegexParser.parse(text)).map { PatternTerm(text: text, node: $0, location: nil) }
    }
    program.guards = [
      .patchIntegrity(.init(additionsLimit: .max, deletionsLimit: .max, patterns: patterns, ratioLimit: nil))
    ]
    return try? PolicyEngine(program)
  }
}
