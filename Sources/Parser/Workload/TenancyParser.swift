package import AST
package import Diagnostics
import Guards
package import Source

/// Reads tenancies.
package enum TenancyParser {
  /// The tenancy of a file; nil if it holds none. All that is wrong is reported at once.
  package static func parse(_ file: SourceFile, into bag: inout DiagnosticBag) -> TenancyDeclaration? {
    var parser = RulesetParser(file: file, dialect: .hardened, rules: .tenancy)
    defer { bag.add(contentsOf: parser.bag) }
    guard let root = parser.onlyDocument(TenancyRules.documents, startsWith: "tenants") else { return nil }
    return parser.record(root, "the tenancy", TenancyLanguage.file).map { TenancyDeclaration(file: file, fields: $0) }
  }
}
