import AST
import Diagnostics
import IR
package import Source
import Guards
import Parser

/// Reads a ruleset with all that it builds on, checks each, and joins them.
package struct RulesetResolver {
  /// Longest chain of rulesets.
  package static let depthLimit = 32
  /// Most bytes of a ruleset.
  package static let sizeLimit = 1 << 20

  private let sources: RulesetSources
  private let profile: PolicyProfile
  var patterns = PolicyPatterns()
  var bag = DiagnosticBag()
  /// Every ruleset that was read, the first one first, by what it was named.
  private(set) var chain: [Source] = []

  /// A ruleset that had a part.
  package struct Source: Sendable {
    /// How it is named: `ruleset:strict`, `file:PATH` or its address.
    package var name: String
    /// Its text.
    package var file: SourceFile
  }

  init(sources: RulesetSources, profile: PolicyProfile) {
    self.sources = sources
    self.profile = profile
  }

  /// The ruleset of a file with all that it builds on; nil if any of it can't be had.
  mutating func resolve(_ file: SourceFile) -> Ruleset? {
    resolve(Source(name: "file:\(file.path)", file: file), depth: 1, seen: [])
  }

  private mutating func resolve(_ source: Source, depth: Int, seen: [String]) -> Ruleset? {
    chain.append(source)
    let dialect: RulesetParser.Dialect = profile == .compat ? .compat : .hardened
    guard let ruleset = RulesetParser.parse(source.file, dialect, into: &bag) else { return nil }
    RulesetCheck.checkOwn(ruleset, profile, &patterns, into: &bag)
    guard let extends = ruleset.extends else {
      RulesetCheck.checkWhole(ruleset, into: &bag)
      return profile == .compat ? ruleset : settled(ruleset)
    }
    let names = seen + [Self.identity(source.name)]
    guard let parent = find(extends, from: source, names, depth: depth),
      let base = resolve(parent, depth: depth + 1, seen: names)
    else { return nil }
    let merged = RulesetMerge.merge(ruleset, onto: base, profile == .compat ? .compat : .hardened)
    RulesetCheck.checkWhole(merged, into: &bag)
    return merged
  }

  /// The same ruleset with additions and removals done, which in `hardened` need no parent.
  private func settled(_ ruleset: Ruleset) -> Ruleset {
    var result = ruleset
    result.guards = ruleset.guards.map { section in
      Guard.named(section.name.value).map { HardenedMerge.section($0, section, onto: nil) ?? section } ?? section
    }
    return result
  }

  private static func identity(_ name: String) -> String {
    name.hasPrefix("file:") ? "file:" + FilePath.normalize(String(name.dropFirst(5))) : name
  }

  private mutating func report(_ extends: Located<String>, _ rule: Rule, _ message: String, _ help: String?) {
    bag.report(rule, at: extends.location, message, help: help)
  }

  private mutating func find(_ extends: Located<String>, from child: Source, _ seen: [String], depth: Int) -> Source? {
    guard let parent = named(extends, from: child) else { return nil }
    if seen.contains(Self.identity(parent.name)) {
      report(
        extends, PolicyCheckRules.extendsCycle,
        "the rulesets extend each other in a circle: '\(extends.value)' is in the chain already",
        "leave out one 'extends'")
      return nil
    }
    if depth >= Self.depthLimit {
      report(
        extends, PolicyCheckRules.extendsCycle, "the chain has more than \(Self.depthLimit) rulesets",
        "join some of them")
      return nil
    }
    return parent
  }

  private mutating func named(_ extends: Located<String>, from child: Source) -> Source? {
    let reference = extends.value
    if reference.utf8.starts(with: "https://".utf8) || reference.utf8.starts(with: "http://".utf8)
      || reference.contains("://")
    {
      return fetched(extends)
    }
    let bare = ["clawdstrike:", "claw:"].first { reference.utf8.starts(with: $0.utf8) }.map {
      String(reference.dropFirst($0.count))
    }
    if let name = bare ?? (BuiltInRulesets.names.contains(reference) ? reference : nil) {
      if let folder = sources.folder {
        for suffix in [".yaml", ".yml", "-policy.yaml", "-policy.yml"] {
          let path = FilePath.join(folder, name + suffix)
          if let file = try? sources.files.read(path, within: nil, limit: Self.sizeLimit) {
            return Source(name: "ruleset:\(name)", file: file)
          }
        }
      }
      if let file = BuiltInRulesets.file(name) { return Source(name: "ruleset:\(name)", file: file) }
      report(extends, PolicyCheckRules.extends, "there is no built-in ruleset '\(name)'", suggestion(name))
      return nil
    }
    let folder = child.name.hasPrefix("file:") ? FilePath.directory(of: child.file.path) : ""
    let path = FilePath.join(folder, reference)
    do throws(FileFailure) {
      let file = try sources.files.read(path, within: nil, limit: Self.sizeLimit)
      return Source(name: "file:\(file.path)", file: file)
    } catch {
      report(
        extends, PolicyCheckRules.extends, "the ruleset '\(path)' \(error.reason)",
        suggestion(reference))
      return nil
    }
  }

  private func suggestion(_ name: String) -> String {
    Suggestion.nearest(to: name, in: BuiltInRulesets.names).map { "did you mean '\($0)'?" }
      ?? "built in are \(BuiltInRulesets.names.joined(separator: ", ")); anything else is a path from the ruleset's folder"
  }

  private mutating func fetched(_ extends: Located<String>) -> Source? {
    let parts = extends.value.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
    let address = String(parts[0])
    guard address.utf8.starts(with: "https://".utf8) else {
      report(
        extends, PolicyCheckRules.extends, "rulesets are fetched by https alone",
        "use https, or a copy beside the ruleset")
      return nil
    }
    let digest = parts.count > 1 && parts[1].utf8.starts(with: "sha256=".utf8) ? String(parts[1].dropFirst(7)) : ""
    guard digest.utf8.count == 64, digest.utf8.allSatisfy({ 0x30...0x39 ~= $0 || 0x61...0x66 ~= $0 }) else {
      report(
        extends, PolicyCheckRules.extends, "an address needs the digest of what it must be",
        "put '#sha256=' and 64 small hexadecimal digits behind it")
      return nil
    }
    guard let remote = sources.remote else {
      report(
        extends, PolicyCheckRules.extends, "no host is allowed to fetch rulesets from",
        "allow it with --allow-host, or keep a copy beside the ruleset")
      return nil
    }
    do throws(RemoteFailure) {
      return Source(name: extends.value, file: try remote.fetch(address, sha256: digest))
    } catch {
      report(extends, PolicyCheckRules.extends, "'\(address)' \(error.reason)", error.help)
      return nil
    }
  }
}
