import Diagnostics
import Directives
import Driver
import Runtime
import Source
import Testing
import TestSupport

@Suite("Every rule's own examples are golden cases")
struct RuleCases {
  /// A case that is made from a rule's example.
  struct Case: Sendable, CustomTestStringConvertible {
    var path: String
    var text: String
    var testDescription: String { path }
  }

  static let cases: [Case] = RuleCatalog.all.flatMap { rule -> [Case] in
    let area = rule.name.prefix { $0 != "/" }
    let name = String(rule.name.dropFirst(area.count + 1))
    // Rules of claw's own comments show themselves in a Clawfile.
    let isClawfile = area == "clawfile" || area == "claw"
    let isPolicy = area == "policy" || area == "suite"
    let ownLanguage = ["pack", "workload", "fleet", "tenancy"].contains(area)
    let language = isClawfile ? "clawfile" : isPolicy ? "policy" : ownLanguage ? String(area) : "pod"
    let prefix = ownLanguage || ["clawfile", "pod", "policy"].contains(area) ? "" : "\(area)-"
    func example(_ kind: String, _ text: String) -> Case {
      // A Clawfile without directives has a finding for that; what is not about directives is shown in a Dockerfile.
      let isPlain = !hasDirective(text) && rule.name != "clawfile/no-directives"
      let clawfile = isPlain ? "Dockerfile" : "Clawfile"
      let file = isClawfile ? clawfile : isPolicy || ownLanguage ? "\(area).yml" : "claw-pod.yml"
      return Case(path: "Tests/Golden/\(language)/\(kind)-\(prefix)\(name)/input/\(file)", text: text)
    }
    return [rule.bad.map { example("bad", $0) }, rule.good.map { example("good", $0) }].compactMap { $0 }
  }

  private static func hasDirective(_ text: String) -> Bool {
    text.split(separator: "\n").contains { line in
      Directive.named(String(line.prefix { $0 != " " })) != nil
    }
  }

  @Test("The input is the example", arguments: cases)
  func input(example: Case) throws {
    if Repository.text(example.path) == example.text { return }
    if Repository.isUpdating { try Repository.write(example.text, to: example.path) }
    Issue.record("\(example.path) is not the rule's example (CLAW_GOLDEN_UPDATE=1 rewrites it; run twice)")
  }

  @Test("The catalog is the set of rules that occur in Tests/Golden")
  func catalog() throws {
    var seen: Set<String> = []
    for name in GoldenTests.cases {
      let goldenCase = try GoldenFolder.read(FilePath.join(GoldenTests.folder, name))
      guard let bytes = goldenCase.expected[GoldenCase.diagnosticsName] else { continue }
      for line in bytes.split(separator: 0x0A) {
        let text = String(decoding: line, as: UTF8.self)
        for severity in Severity.allCases where text.hasPrefix(severity.rawValue + "[") {
          seen.insert(String(text.dropFirst(severity.rawValue.count + 1).prefix { $0 != "]" }))
        }
      }
    }
    let all = Set(RuleCatalog.all.map(\.name))
    let needed = all.subtracting(Self.exceptions.keys)
    #expect(needed.subtracting(seen).sorted() == [], "rules without a golden case")
    #expect(seen.subtracting(all).sorted() == [], "rules in golden cases that the catalog lacks")
    #expect(Set(Self.exceptions.keys).subtracting(all).sorted() == [], "exceptions that are no rules")
    #expect(seen.intersection(Self.exceptions.keys).sorted() == [], "exceptions that have a golden case")
  }

  /// Rules that no file can show, with the reason.
  static let exceptions: [String: String] = [
    "claw/configuration": "a golden case has no .claw.yml: the command line reads it, not the compiler",
    "engine/build-failed": "an engine's, not a file's; the end-to-end tests make a build fail",
    "intent/no-runner": "of sentences, which are no files; IntentTests has one",
    "intent/said-twice": "of sentences, which are no files; IntentTests has one",
    "intent/too-large": "of sentences, which are no files; IntentTests has one",
    "intent/unknown-word": "of sentences, which are no files; IntentTests has many",
    "policy/empty": "a file without content does not say that it is a ruleset; PolicyTests gives it one's name",
    "pod/key-file": "modes of files on a disk, which only 'up' looks at",
    "pod/not-yet": "reported by 'up' alone: the file itself compiles",
    "secrets/found": "reported by 'claw secrets' alone, of files of any kind",
    "yaml/too-large": "it takes 16 MiB or a million values; YAMLFindingTests makes both in memory",
  ]

  @Test("No good example of a rule has a finding")
  func goodIsClean() throws {
    for name in GoldenTests.cases where FilePath.name(of: name).hasPrefix("good-") {
      let goldenCase = try GoldenFolder.read(FilePath.join(GoldenTests.folder, name))
      let text = goldenCase.expected[GoldenCase.diagnosticsName].map { String(decoding: $0, as: UTF8.self) }
      #expect(text == nil, "\(name) has findings")
    }
  }
}
