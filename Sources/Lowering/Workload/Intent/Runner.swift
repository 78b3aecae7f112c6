import AST
package import Diagnostics
import Guards
import Parser
package import Source

/// What runs models: an image and a command for models of some families.
package struct Runner: Sendable {
  package var name: String
  package var verbs: [WorkloadIntent.Verb]
  package var families: [String]
  package var isService: Bool
  package var image: String
  /// With `{model}` and the like, which stand for what is known later.
  package var command: [String]
  package var port: Int?
  /// The path that says that it is well.
  package var health: String?
  /// Words for each precision that it knows; nil where it does not matter.
  package var precisions: [Precision: [String]]?
  /// The numbers of GPUs that it splits a model over; empty for any.
  package var splits: [Int]
  /// Where it was declared.
  package var file: String

  /// The runners that come with claw.
  package static var builtIn: [Runner] {
    var ignored = DiagnosticBag()
    return read(SourceFile(path: "claw's own runners", bytes: PackageResources.runners_yml), into: &ignored)
  }

  /// The runners of a file; what is wrong with it is reported.
  package static func read(_ file: SourceFile, into bag: inout DiagnosticBag) -> [Runner] {
    guard let fields = WorkloadParser.parseRunners(file, into: &bag) else { return [] }
    return (fields["runners"]?.records ?? []).compactMap { record in
      guard let name = record["name"]?.text, let image = record["image"], let reference = image.text else { return nil }
      do throws(ImageReference.Failure) {
        _ = try ImageReference(reference)
      } catch {
        bag.report(WorkloadRules.image, at: image.location, error.message, help: "write registry/path:tag")
      }
      for word in record.texts("command") ?? [] {
        if let unknown = placeholders(word.value).first(where: { !Self.known.contains($0) }) {
          bag.report(
            WorkloadRules.fieldValue, at: word.location, "'{\(unknown)}' stands for nothing",
            help: "there are {\(known.joined(separator: "}, {"))}")
        }
      }
      return Runner(
        name: name, verbs: record.texts("verbs")?.compactMap { WorkloadIntent.Verb(rawValue: $0.value) } ?? [],
        families: record.texts("families")?.map(\.value) ?? [], isService: record["kind"]?.text == "service",
        image: reference, command: record.texts("command")?.map(\.value) ?? [], port: record["port"]?.integer,
        health: record["health"]?.text, precisions: precisions(record["precision"]?.record),
        splits: splits(record, into: &bag), file: file.path)
    }
  }

  private static func precisions(_ record: RulesetRecord?) -> [Precision: [String]]? {
    guard let record else { return nil }
    return Precision.allCases.reduce(into: [:]) { result, precision in
      result[precision] = record.texts(precision.rawValue)?.map(\.value)
    }
  }

  private static func splits(_ record: RulesetRecord, into bag: inout DiagnosticBag) -> [Int] {
    (record.texts("splits") ?? []).compactMap { word in
      if let number = Int(word.value), 1...1024 ~= number { return number }
      bag.report(WorkloadRules.fieldValue, at: word.location, "'\(word.value)' is no number of GPUs")
      return nil
    }
  }

  static let known = ["model", "gpus", "workers", "context", "precision"]

  /// The words of small letters in braces; `${…}` is the shell's.
  private static func placeholders(_ text: String) -> [String] {
    let bytes = Array(text.utf8)
    var names: [String] = []
    for (open, byte) in bytes.enumerated() where byte == 0x7B && (open == 0 || bytes[open - 1] != 0x24) {
      let name = bytes[(open + 1)...].prefix { 0x61...0x7A ~= $0 }
      if !name.isEmpty, name.endIndex < bytes.count, bytes[name.endIndex] == 0x7D {
        names.append(String(decoding: name, as: UTF8.self))
      }
    }
    return names
  }

  /// A command's words with what the names in braces stand for.
  func command(_ values: [String: String]) -> [String] {
    command.map { word in
      Self.placeholders(word).reduce(word) { $0.replacing("{\($1)}", with: values[$1] ?? "") }
    }
  }
}
