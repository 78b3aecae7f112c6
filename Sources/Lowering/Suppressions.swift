package import AST
package import Diagnostics
import Lexer
import Source

/// The findings that a file's comments ask to be left out.
///
/// `# claw:ignore RULE — reason` counts for the instruction below it; BuildKit's `# check=skip=` (for the file, or above
/// one instruction) and `# hadolint ignore=` are understood too. What stops a build can't be ignored.
package enum Suppressions {
  package static let unknownRule = Rule(
    "claw/unknown-ignored-rule", .warning, "A comment ignores a rule that does not exist",
    explanation: "The name in '# claw:ignore' must be a rule's: 'claw explain' lists them.",
    bad: "# claw:ignore clawfile/nope — why\nFROM scratch\n", good: "FROM scratch\n")

  /// Removes what the file's comments ignore, and makes BuildKit's findings errors where `# check=error=true` says so.
  package static func apply(
    to bag: inout DiagnosticBag, in file: Clawfile, knownRules: (String) -> Bool
  ) {
    let options = CheckOptions(file)
    let ignored = ignored(in: file, knownRules: knownRules, into: &bag)
    bag.filter { diagnostic in
      guard diagnostic.location.file == file.file, isIgnorable(diagnostic) else { return true }
      if options.skips(diagnostic.rule) { return false }
      let offset = diagnostic.location.range.lower
      return !ignored.contains { $0.range.contains(offset) && $0.matches(diagnostic.rule) }
    }
    guard options.failsOnFinding else { return }
    bag.update { diagnostic in
      if !diagnostic.rule.aliases.isEmpty, diagnostic.location.file == file.file { diagnostic.severity = .error }
    }
  }

  private static func isIgnorable(_ diagnostic: Diagnostic) -> Bool {
    diagnostic.severity < .error || diagnostic.rule == SecretValue.rule
  }

  private struct Ignored {
    var names: Set<String>
    var range: SourceRange

    func matches(_ rule: Rule) -> Bool {
      names.contains(rule.name) || rule.aliases.contains(where: names.contains)
        || (names.contains("all") && !rule.aliases.isEmpty)
    }
  }

  private static func ignored(
    in file: Clawfile, knownRules: (String) -> Bool, into bag: inout DiagnosticBag
  ) -> [Ignored] {
    var result: [Ignored] = []
    // Few comments ask for anything: what they stand above is looked for only then.
    for (number, comment) in file.comments.enumerated() {
      let bytes = file.file.slice(comment.range)
      if let options = CheckOptions(comment: bytes) {
        guard let line = line(of: number, in: file) else { continue }
        result.append(Ignored(names: options.skipped, range: line.range))
      } else if let names = names(in: bytes, behind: "hadolint ignore=") {
        guard let line = line(of: number, in: file) else { continue }
        result.append(Ignored(names: Set(names.map(\.name)), range: line.range))
      } else if let names = names(in: bytes, behind: "claw:ignore ") {
        guard let line = line(of: number, in: file) else { continue }
        for (name, range) in names where !knownRules(name) {
          bag.report(
            unknownRule, at: file.location(SourceRange(range.lowerBound, range.upperBound)),
            "there is no rule '\(name)'", help: "'claw explain' lists the rules")
        }
        // From the comment on, so that a finding about a line between continuations is met too.
        result.append(
          Ignored(names: Set(names.map(\.name)), range: SourceRange(comment.range.lower, line.range.upper)))
      }
    }
    return result
  }

  /// The instruction that a comment stands directly above, or between the lines of; nil if there is none.
  private static func line(of comment: Int, in file: Clawfile) -> InstructionLine? {
    // Comments and instructions are in the file's order: the first instruction that ends behind the comment.
    let offset = file.comments[comment].range.lower
    var low = 0
    var high = file.instructions.count
    while low < high {
      let middle = (low + high) / 2
      if file.instructions[middle].line.range.upper <= offset { low = middle + 1 } else { high = middle }
    }
    guard low < file.instructions.count else { return nil }
    let line = file.instructions[low].line
    return line.comments.contains(comment) || line.innerComments.contains(comment) ? line : nil
  }

  /// The names in a comment behind a marker, up to a dash or the end, with their places.
  package static func names(in bytes: ArraySlice<UInt8>, behind marker: String) -> [(name: String, range: Range<Int>)]?
  {
    var index = bytes.startIndex
    while index < bytes.endIndex, bytes[index] == 0x23 || bytes[index] == 0x20 || bytes[index] == 0x09 { index += 1 }
    guard bytes[index...].starts(with: marker.utf8) else { return nil }
    index += marker.utf8.count
    var names: [(name: String, range: Range<Int>)] = []
    while index < bytes.endIndex {
      let isSeparator = bytes[index] == 0x20 || bytes[index] == 0x2C || bytes[index] == 0x09
      if isSeparator {
        index += 1
        continue
      }
      let start = index
      while index < bytes.endIndex, bytes[index] != 0x20, bytes[index] != 0x2C, bytes[index] != 0x09 { index += 1 }
      let word = String(decoding: bytes[start..<index], as: UTF8.self)
      // "— reason", "-- reason" or "- reason"
      if ["—", "–", "--", "-"].contains(word) { break }
      names.append((word, start..<index))
    }
    return names
  }
}
