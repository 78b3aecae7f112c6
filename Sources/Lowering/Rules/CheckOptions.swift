package import AST
package import Diagnostics
import Lexer
import Source

/// What BuildKit's `# check=` says, for the file or for one instruction.
package struct CheckOptions: Sendable {
  /// Rules that are skipped, by BuildKit's names; `all` for every one.
  package private(set) var skipped: Set<String> = []
  /// Experimental rules that are wanted; `all` for every one.
  package private(set) var experimental: Set<String> = []
  /// Whether a finding of BuildKit's rules stops the build.
  package private(set) var failsOnFinding = false
  /// The first option that is none, if there is one.
  package private(set) var invalid: String?

  /// The options of a whole file.
  package init(_ file: Clawfile) {
    guard let directive = file.parserDirectives.first(where: { $0.name == "check" }) else { return }
    read(directive.value)
  }

  /// The options in a comment above an instruction, if it is such a comment.
  package init?(comment: ArraySlice<UInt8>) {
    func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
    let text = comment.drop { $0 == 0x23 }.drop(while: isBlank)
    guard text.starts(with: "check".utf8) else { return nil }
    let rest = text.dropFirst(5).drop(while: isBlank)
    guard rest.first == 0x3D else { return nil }
    read(String(decoding: rest.dropFirst().drop(while: isBlank), as: UTF8.self))
  }

  private mutating func read(_ value: String) {
    // BuildKit cuts the value at its first blank.
    let value = value.split(separator: " ", maxSplits: 1).first ?? ""
    for option in value.split(separator: ";", maxSplits: 2, omittingEmptySubsequences: false) {
      let parts = option.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let names = parts.count == 2 ? parts[1].split(separator: ",").map(String.init) : []
      switch parts[0] {
      case "skip" where parts.count == 2: skipped.formUnion(names)
      case "experimental" where parts.count == 2: experimental.formUnion(names)
      case "error" where parts.count == 2 && Self.truths.contains(String(parts[1])): failsOnFinding = true
      case "error" where parts.count == 2 && Self.falsehoods.contains(String(parts[1])): failsOnFinding = false
      default: invalid = String(option)
      }
    }
  }

  private static let truths: Set = ["1", "t", "T", "TRUE", "true", "True"]
  private static let falsehoods: Set = ["0", "f", "F", "FALSE", "false", "False"]

  /// Whether findings of a rule are left out. Only rules of BuildKit's can be.
  package func skips(_ rule: Rule) -> Bool {
    skipped.contains("all") && !rule.aliases.isEmpty || rule.aliases.contains(where: skipped.contains)
  }

  /// Whether an experimental rule is wanted.
  package func allowsExperimental(_ rule: Rule) -> Bool {
    experimental.contains("all") || rule.aliases.contains(where: experimental.contains)
  }
}
