import Canonical
import Diagnostics
import IR
import JSON
import Lowering
import Policy
import Source

extension Compiler {
  /// Compiles a ruleset in the hardened profile: what it means, with the hashes of what it says and of what it means.
  static func ruleset(
    _ file: SourceFile, _ files: some FileProvider, _ options: CompileOptions, into compilation: inout Compilation
  ) {
    let sources = RulesetSources(files: files)
    let lowered = RulesetCompiler.compile(
      file, profile: .hardened, sources: sources, checksEntries: true, into: &compilation.bag)
    guard let lowered else { return }
    compilation.sources += lowered.chain.map(\.file).filter { $0 != file }
    guard options.makesArtifacts, !compilation.bag.hasErrors, let bytes = RulesetArtifact.bytes(lowered) else { return }
    compilation.artifacts.append(.init(path: GeneratedName.program(for: file.path), bytes: bytes))
  }
}

/// What `claw compile` writes of a ruleset.
enum RulesetArtifact {
  /// Canonical JSON and a line end; nil for a ruleset with a number that JSON can't write.
  static func bytes(_ policy: LoweredPolicy) -> [UInt8]? {
    let meaning = PolicyMeaning(policy.program)
    guard let source = try? CanonicalJSON.bytes(RulesetJSON.value(policy.ruleset)) else { return nil }
    let value: JSONValue = [
      "format": "claw-policy-program/1", "meaning": meaning.canonicalJSON, "name": .string(policy.program.name),
      "semanticHash": .string("sha256:" + meaning.hash), "sourceHash": .string("sha256:" + Digest.sha256Hex(source)),
    ]
    return (try? CanonicalJSON.bytes(value)).map { $0 + [0x0A] }
  }

  /// The artifact for people to review: with line ends, and each automaton and list of more than a few parts as its digest.
  ///
  /// Those of the usual secrets alone take a megabyte, which nobody would read; the semantic hash covers them all.
  static func shortened(_ bytes: [UInt8]) -> [UInt8] {
    guard let value = try? JSONParser.parse(bytes) else { return bytes }
    return Array((shortened(value).text(indented: true) + "\n").utf8)
  }

  private static let shownStates = 6
  private static let shownElements = 16

  private static func shortened(_ value: JSONValue) -> JSONValue {
    switch value {
    case .array(let elements):
      guard elements.count > shownElements, let bytes = try? CanonicalJSON.bytes(value) else {
        return .array(elements.map(shortened))
      }
      return ["elements": JSONValue(elements.count), "sha256": .string(Digest.sha256Hex(bytes))]
    case .object(let members):
      if let states = value["transitions"]?.array, value["accepting"] != nil {
        guard states.count > shownStates, let bytes = try? CanonicalJSON.bytes(value) else { return value }
        return ["sha256": .string(Digest.sha256Hex(bytes)), "states": JSONValue(states.count)]
      }
      return .object(members.map { JSONValue.Member($0.name, shortened($0.value)) })
    case .null, .bool, .number, .string: return value
    }
  }
}
