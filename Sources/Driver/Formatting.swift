package import Diagnostics
import Format
import Lexer
import Parser
package import Source

/// Formats a file of any language that claw knows.
package enum Formatting {
  /// The formatted bytes; nil where the file has syntax errors, which go into the bag: what can't be read is not touched.
  package static func format(_ file: SourceFile, kind: FileKind, into bag: inout DiagnosticBag) -> [UInt8]? {
    var errors = DiagnosticBag()
    var ignored = DiagnosticBag()
    switch kind {
    case .clawfile:
      let tree = ClawfileParser.parse(file, into: &errors)
      bag.add(contentsOf: errors)
      if errors.hasErrors { return nil }
      let bytes = ClawfileFormatter.format(tree)
      let again = ClawfileParser.parse(SourceFile(path: file.path, bytes: bytes), into: &ignored)
      // Should the formatter ever be wrong about a file, the file stays as it is.
      return ClawfileFormatter.sayTheSame(tree, again) ? bytes : file.bytes
    case .pod:
      let documents = YAMLReader.read(file, into: &errors)
      bag.add(contentsOf: errors)
      if errors.hasErrors { return nil }
      let bytes = PodFormatter.format(file, documents)
      let again = YAMLReader.read(SourceFile(path: file.path, bytes: bytes), into: &ignored)
      return PodFormatter.sayTheSame(documents, again) ? bytes : file.bytes
    case .ruleset, .suite, .pack, .workload, .fleet, .tenancy:
      // Their layout is the author's.
      return file.bytes
    }
  }
}
