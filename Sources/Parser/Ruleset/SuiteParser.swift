package import AST
package import Diagnostics
import Guards
import Lexer
package import Source

/// Reads a test suite as strictly as a ruleset: every field must be one that the language has.
package enum SuiteParser {
  /// The fields of a file; nil if it holds nothing that could be a suite.
  package static func parse(_ file: SourceFile, into bag: inout DiagnosticBag) -> RulesetRecord? {
    var parser = RulesetParser(file: file, dialect: .hardened)
    let record = parser.suite()
    bag.add(contentsOf: parser.bag)
    return record
  }
}

extension RulesetParser {
  fileprivate mutating func suite() -> RulesetRecord? {
    let documents = YAMLReader.read(file, into: &bag)
    guard !bag.hasErrors else { return nil }
    if documents.count > 1 {
      report(
        PolicyRules.documents, documents[1].root,
        "test suites are one YAML document, and this file has \(documents.count)",
        help: "put each into a file of its own")
      return nil
    }
    guard let root = documents.first?.root else { return nil }
    return record(root, "the file", SuiteLanguage.file)
  }
}
