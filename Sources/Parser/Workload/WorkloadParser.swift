package import AST
package import Diagnostics
import Guards
package import Lexer
package import Source

/// Reads workloads: files of their own, and blocks of services.
package enum WorkloadParser {
  /// The workload of a file, below its key `workload`; nil if it holds none. All that is wrong is reported at once.
  package static func parse(_ file: SourceFile, into bag: inout DiagnosticBag) -> WorkloadDeclaration? {
    var parser = RulesetParser(file: file, dialect: .hardened, rules: .workload)
    defer { bag.add(contentsOf: parser.bag) }
    guard let root = parser.onlyDocument(WorkloadRules.documents, startsWith: "workload"),
      let fields = parser.keys(of: root, "the file", known: ["workload"])
    else { return nil }
    guard let node = fields.first?.1.value else {
      parser.report(WorkloadRules.missingKey, root, "the file lacks the key 'workload'")
      return nil
    }
    return parser.record(node, "workload", WorkloadLanguage.workload).map {
      WorkloadDeclaration(file: file, fields: $0)
    }
  }

  /// The table of a file of runners; nil where it holds none.
  package static func parseRunners(_ file: SourceFile, into bag: inout DiagnosticBag) -> RulesetRecord? {
    var parser = RulesetParser(file: file, dialect: .hardened, rules: .workload)
    defer { bag.add(contentsOf: parser.bag) }
    guard let root = parser.onlyDocument(WorkloadRules.documents, startsWith: "runners") else { return nil }
    return parser.record(root, "the file", WorkloadLanguage.runners)
  }

  /// The workload of a service: the value of `x-claw.workload`.
  package static func parse(
    block node: YAMLNode, of file: SourceFile, into bag: inout DiagnosticBag
  ) -> WorkloadDeclaration? {
    var parser = RulesetParser(file: file, dialect: .hardened, rules: .workload)
    defer { bag.add(contentsOf: parser.bag) }
    return parser.record(node, "workload", WorkloadLanguage.workload).map {
      WorkloadDeclaration(file: file, fields: $0)
    }
  }
}

/// Reads fleets.
package enum FleetParser {
  /// The fleet of a file; nil if it holds none. All that is wrong is reported at once.
  package static func parse(_ file: SourceFile, into bag: inout DiagnosticBag) -> FleetDeclaration? {
    var parser = RulesetParser(file: file, dialect: .hardened, rules: .fleet)
    defer { bag.add(contentsOf: parser.bag) }
    guard let root = parser.onlyDocument(FleetRules.documents, startsWith: "nodes") else { return nil }
    return parser.record(root, "the fleet", FleetLanguage.file).map { FleetDeclaration(file: file, fields: $0) }
  }
}

extension RulesetParser {
  /// The content of the one document of a file; nil where there is none, or more.
  mutating func onlyDocument(_ rule: Rule, startsWith key: String) -> YAMLNode? {
    let documents = YAMLReader.read(file, into: &bag)
    guard !bag.hasErrors else { return nil }
    guard let root = documents.first?.root, !(root.style == .plain && root.text == "") else {
      bag.report(
        rules.missingKey, at: Location(file, SourceRange(0, 0)), "the file is empty", help: "begin with '\(key):'")
      return nil
    }
    guard documents.count == 1 else {
      report(
        rule, documents[1].root, "a \(rules.noun) is one YAML document, and this file has \(documents.count)",
        help: "put each \(rules.noun) into a file of its own")
      return nil
    }
    return root
  }
}
