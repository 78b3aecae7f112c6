import ArgumentParser
import Diagnostics
import Driver
import JSON
import Source

/// `claw explain`
struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Says what a rule wants and why, with a bad and a good example.",
    discussion: """
      BuildKit's and hadolint's names for a rule are understood too. Without a rule, all are listed.

      EXAMPLES
        claw explain clawfile/unknown-directive
        claw explain DL3024
      """)

  @Argument(help: "The rule's name.", completion: .custom { _, _, _ in RuleCatalog.all.map(\.name) })
  var rule: String?
  @Flag(help: "Write JSON.") var json = false

  func run() throws {
    guard let name = rule else {
      if json { return Console.write(document(RuleCatalog.all)) }
      let width = RuleCatalog.all.map(\.name.count).max() ?? 0
      for rule in RuleCatalog.all {
        let padding = String(repeating: " ", count: width - rule.name.count + 2)
        Console.write("\(rule.name)\(padding)\(rule.severity.rawValue.padded(to: 9))\(rule.summary)\n")
      }
      return
    }
    guard let rule = RuleCatalog.rule(named: name) else {
      let near = Suggestion.nearest(to: name, in: RuleCatalog.all.map(\.name))
      Console.say("claw: there is no rule '\(name)'" + (near.map { "; did you mean '\($0)'?" } ?? ""))
      throw Status.usage
    }
    Console.write(json ? document([rule]) : text(rule))
  }

  private func text(_ rule: Rule) -> String {
    var text = "\(rule.name) (\(rule.severity.rawValue))\n\(rule.summary).\n\n\(wrap(rule.explanation))\n"
    if !rule.aliases.isEmpty { text += "\nAlso known as: \(rule.aliases.joined(separator: ", "))\n" }
    if let bad = rule.bad { text += "\nNot so:\n\n\(indent(bad))" }
    if let good = rule.good { text += "\nBut so:\n\n\(indent(good))" }
    return text
  }

  private func document(_ rules: [Rule]) -> String {
    let list: [JSONValue] = rules.map { rule in
      [
        "name": .string(rule.name), "severity": .string(rule.severity.rawValue), "summary": .string(rule.summary),
        "explanation": .string(rule.explanation), "aliases": .array(rule.aliases.map(JSONValue.string)),
        "experimental": .bool(rule.isExperimental), "bad": rule.bad.map(JSONValue.string) ?? .null,
        "good": rule.good.map(JSONValue.string) ?? .null,
      ]
    }
    return JSONValue.object([.init("schema", 1), .init("rules", .array(list))]).text(indented: true) + "\n"
  }

  private func indent(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: true).map { "    \($0)\n" }.joined()
  }

  private func wrap(_ text: String) -> String {
    let width = min(80, Console.tableWidth ?? 80)
    var lines = [""]
    for word in text.split(separator: " ") {
      if lines[lines.count - 1].count + word.count >= width { lines.append("") }
      lines[lines.count - 1] += (lines[lines.count - 1].isEmpty ? "" : " ") + word
    }
    return lines.joined(separator: "\n")
  }
}

extension String {
  /// The text with blanks behind it up to a width.
  func padded(to width: Int) -> String { self + String(repeating: " ", count: Swift.max(0, width - count)) }
}
