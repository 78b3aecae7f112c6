package import Diagnostics
package import Source

/// `# claw:ignore RULE — reason` in YAML files: behind a line, or on the line above it.
package enum YAMLSuppressions {
  /// Removes the findings of a file that its comments ignore. What is an error stays.
  package static func apply(to bag: inout DiagnosticBag, in file: SourceFile, knownRules: (String) -> Bool) {
    var ignored: [Int: Set<String>] = [:]
    for number in 1...max(1, file.lines.count) {
      var line = file.slice(file.lines.range(ofLine: number))
      while line.last == 0x0A || line.last == 0x0D { line.removeLast() }
      guard let hash = line.firstIndex(of: 0x23),
        let names = Suppressions.names(in: line[hash...], behind: "claw:ignore ")
      else { continue }
      for (name, range) in names where !knownRules(name) {
        bag.report(
          Suppressions.unknownRule, at: Location(file, SourceRange(range.lowerBound, range.upperBound)),
          "there is no rule '\(name)'", help: "'claw explain' lists the rules")
      }
      let isAlone = line[..<hash].allSatisfy { $0 == 0x20 }
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
