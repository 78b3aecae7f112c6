import Diagnostics
import IR
import Lexer
import Source

extension PodLowering {
  /// Says where compose will make another text of what an author wrote without quotes: `012` is `10` to it.
  mutating func checkRetyped() {
    // A value that several services share is worth one warning.
    var seen: Set<Int> = []
    for service in project.services {
      for key in ["environment", "labels", "annotations"] { checkRetyped(service[key], &seen) }
      checkRetyped(service.build?["args"], &seen)
      checkRetyped(service.build?["labels"], &seen)
    }
  }

  private mutating func checkRetyped(_ mapping: ComposeValue?, _ seen: inout Set<Int>) {
    for entry in mapping?.entries ?? [] where entry.value.location.file == main {
      guard let node = entry.value.node, node.style == .plain, let written = node.text, entry.value.variables.isEmpty,
        let meaning = YAMLScalar.resolve(written, style: .plain, tag: node.tag?.text),
        let read = Self.text(meaning), !read.utf8.elementsEqual(written.utf8),
        seen.insert(entry.value.location.range.lower).inserted
      else { continue }
      bag.report(
        PodRules.retyped, at: entry.value.location, "compose takes '\(written)' for '\(read)'",
        help: "write it in quotes if it is meant as it stands",
        fixes: [
          FixIt("put it in quotes", replace: entry.value.location, with: QuotedText.of(written), isSafe: false)
        ])
    }
  }

  /// The text that compose makes of a value that is no text; nil for texts and null.
  private static func text(_ value: YAMLScalar) -> String? {
    switch value {
    case .null, .string: nil
    case .bool(let value): value ? "true" : "false"
    case .int(let value): String(value)
    case .unsigned(let value): String(value)
    case .float(let value): ComposeNumber.text(value)
    case .timestamp(let text): "\(text) as a time"
    }
  }
}
