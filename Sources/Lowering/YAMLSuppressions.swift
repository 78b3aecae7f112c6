package import Diagnostics
package import Source

/// `# claw:ignore RULE — reason` in YAML files: behind a line, or on the line above it.
package enum YAMLSuppressions {
  /// Removes the findings of a file that its comments ignore. What is an error stays.
  package static func apply(to bag: inout DiagnosticBag, in file: SourceFile, knownRules: (String) -> Bool) {
    var ignored: [Int: Set<String>] = [:]
    for number in 1...max(1, file.lines.count) {
      let range = file.lines.range(ofLine: number)
      let text = file.text(range)
      guard let hash = text.firstIndex(of: "#") else { continue }
      guard let names = Suppressions.names(in: String(text[hash...]), behind: "claw:ignore ") else { continue }
      for (name, offset) in names where !knownRules(name) {
        let start = range.lower + text[..<hash].utf8.count + offset
        bag.report(
          Suppressions.unknownRule, at: Location(file, SourceRange(start, start + name.utf8.count)),
          "there is no rule '\(name)'", help: "'claw explain' lists the rules")
      }
      let isAlone = text[..<hash].allSatisfy { $0 == " " }
      ignored[isAlone ? number + 1 : number, default: []].formUnion(names.map(\.name))
    }
    guard !ignored.isEmpty else { return }
    bag.filter { diagnostic in
      guard diagnostic.location.file == file, diagnostic.severity < .error else { return true }
      let line = file.position(at: diagnostic.location.range.lower).line
      return ignored[line]?.contains(diagnostic.rule.name) != true
    }
  }
}
