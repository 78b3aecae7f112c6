import JSON
import Policy

/// Comparisons as people and programs read them.
enum PolicyReport {
  /// What an event does, in a few words.
  static func summary(_ event: PolicyEvent) -> String {
    func quoted(_ text: String) -> String {
      let shown = text.unicodeScalars.count > 100 ? String(text.prefix(100)) + "…" : text
      return "'" + shown.replacing("\n", with: "⏎") + "'"
    }
    switch event.action {
    case .fileRead(let target): return "read \(quoted(target.path))"
    case .fileWrite(let target, let content):
      let text = content.map { " with \(quoted(String(decoding: $0, as: UTF8.self)))" } ?? ""
      return "write \(quoted(target.path))\(text)"
    case .egress(let host, let port, _): return "connect to \(quoted(host)), port \(port)"
    case .command(let program, let arguments, _): return "run \(quoted(([program] + arguments).joined(separator: " ")))"
    case .patch(let target, let content):
      let lines = content.split(separator: 0x0A)
      let added = lines.filter { $0.first == 0x2B && !$0.starts(with: "+++".utf8) }
      if added.count > 3 { return "patch \(quoted(target.path)), adding \(added.count) lines" }
      let deleted = lines.filter { $0.first == 0x2D && !$0.starts(with: "---".utf8) }.count
      let what = added.map { quoted(String(decoding: $0.dropFirst(), as: UTF8.self)) }.joined(separator: ", ")
      return "patch \(quoted(target.path)), adding \(what)\(deleted > 0 ? " and deleting \(deleted) lines" : "")"
    case .tool(let call):
      return "call the tool \(quoted(call.name))\(call.argumentsSize > 200 ? " with \(call.argumentsSize) bytes of arguments" : "")"
    case .secret(let name, _): return "ask for the secret \(quoted(name))"
    case .custom(let type, let data):
      return "\(type)\(data.string("text").map { ": " + quoted($0) } ?? "")"
    }
  }

  private static func word(_ outcome: Decision.Outcome) -> String {
    switch outcome {
    case .allowed: "allowed"
    case .warn: "allowed with a warning"
    case .blocked: "blocked"
    }
  }

  static func text(_ comparison: PolicyComparison, _ old: String, _ new: String) -> String {
    if comparison.changes.isEmpty, comparison.undecided.isEmpty { return "no difference: both decide every event alike\n" }
    var text = ""
    for (title, changes) in groups(comparison) where !changes.isEmpty {
      text += "\(title)\n"
      for change in changes {
        text += "  \(change.isWider ? "+" : "-") \(change.kind.rawValue): \(summary(change.witness))\n"
        text += "      \(word(change.before)) by \(old), \(word(change.after)) by \(new)\n"
      }
    }
    return text + undecidedText(comparison.undecided)
  }

  /// The changes that let more through, and the others.
  private static func groups(_ comparison: PolicyComparison) -> [(String, [PolicyComparison.Change])] {
    [
      ("wider: what is let through now", comparison.changes.filter(\.isWider)),
      ("narrower: what is held back now", comparison.changes.filter { !$0.isWider }),
    ]
  }

  /// How many literals of a kind are named before the rest is counted.
  private static let shownTerms = 4

  static func undecidedText(_ undecided: [PolicyComparison.Undecided]) -> String {
    guard !undecided.isEmpty else { return "" }
    var text = "not decided, because no automaton decides these literals (examples of them were tried):\n"
    for item in undecided {
      let more = item.terms.count - shownTerms
      for term in item.terms.prefix(shownTerms) { text += "  ? \(item.kind.map { $0.rawValue + ": " } ?? "")\(term)\n" }
      if more > 0 { text += "    and \(more) more, which --json lists\n" }
    }
    return text
  }

  /// A text in a cell of a Markdown table, or in a line: text of others may end neither the cell nor the code.
  static func cell(_ text: String) -> String {
    let line = String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 ? " " : $0 }))
    return "`" + line.replacing("`", with: "ʼ").replacing("|", with: "\\|") + "`"
  }

  static func markdown(_ comparison: PolicyComparison, _ old: String, _ new: String) -> String {
    if comparison.changes.isEmpty, comparison.undecided.isEmpty {
      return "**No change in meaning** from \(cell(old)) to \(cell(new)).\n"
    }
    var text = "### Policy: \(cell(old)) → \(cell(new))\n\n"
    for (title, changes) in groups(comparison) where !changes.isEmpty {
      text += "**\(title.prefix(1).uppercased())\(title.dropFirst())**\n\n| events | before | after | for example |\n|---|---|---|---|\n"
      for change in changes {
        text += "| \(change.kind.rawValue) | \(word(change.before)) | \(word(change.after)) | \(cell(summary(change.witness))) |\n"
      }
      text += "\n"
    }
    if !comparison.undecided.isEmpty {
      text += "**Not decided** (samples were tried)\n\n"
      for item in comparison.undecided { for term in item.terms { text += "- \(cell(term))\n" } }
      text += "\n"
    }
    return text
  }

  static func json(_ change: PolicyComparison.Change) -> JSONValue {
    [
      "kind": .string(change.kind.rawValue), "before": .string(change.before.rawValue),
      "after": .string(change.after.rawValue), "wider": .bool(change.isWider), "event": change.witness.json,
    ]
  }

  static func undecided(_ items: [PolicyComparison.Undecided]) -> JSONValue {
    .array(
      items.map {
        ["kind": $0.kind.map { .string($0.rawValue) } ?? .null, "terms": .array($0.terms.map { .string($0) })]
      })
  }

  static func json(_ comparison: PolicyComparison) -> JSONValue {
    ["schema": 1, "changes": .array(comparison.changes.map(json)), "undecided": undecided(comparison.undecided)]
  }
}
