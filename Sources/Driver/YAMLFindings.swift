import Diagnostics
import Lowering
import Source

/// Findings of YAML files, without those that the file's comments ignore.
enum YAMLFindings {
  /// What reading a file gives; its findings go into the bag.
  static func collect<Result>(
    of file: SourceFile, into bag: inout DiagnosticBag, _ read: (inout DiagnosticBag) -> Result
  ) -> Result {
    var found = DiagnosticBag()
    let result = read(&found)
    YAMLSuppressions.apply(to: &found, in: file, knownRules: RuleCatalog.knows)
    bag.add(contentsOf: found)
    return result
  }
}
