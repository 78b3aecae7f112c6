import AST
import Diagnostics
import Guards
import IR
import Source

/// Checks what a ruleset says: its own patterns and sections, and, once it is joined with what it builds on, what only the
/// whole can show.
enum RulesetCheck {
  /// What one file shows by itself.
  static func checkOwn(
    _ ruleset: Ruleset, _ profile: PolicyProfile, _ patterns: inout PolicyPatterns, into bag: inout DiagnosticBag
  ) {
    checkVersion(ruleset, profile, into: &bag)
    for section in ruleset.guards {
      guard let found = Guard.named(section.name.value) else { continue }
      checkPatterns(section.fields, found.fields, &patterns, into: &bag)
      if found.name == "secret_leak" { checkSecrets(section.fields, &patterns, into: &bag) }
      if found.name == "hard_rails" { checkDetectors(section.fields, into: &bag) }
      checkClear(section, found, into: &bag)
    }
    checkCustom(ruleset.customGuards ?? [], into: &bag)
    AsyncGuardCheck.check(ruleset.asyncGuards ?? [], into: &bag)
  }

  private static func checkVersion(_ ruleset: Ruleset, _ profile: PolicyProfile, into bag: inout DiagnosticBag) {
    guard let version = ruleset.version else {
      if profile == .hardened {
        bag.report(
          PolicyCheckRules.missingVersion, at: Location(ruleset.file, SourceRange(0, 0)),
          "the ruleset does not say its version",
          help: "begin with 'version: \"\(PolicyLanguage.usualVersion)\"'")
      }
      return
    }
    guard !PolicyLanguage.versions.contains(version.value) else { return }
    let isVersion = version.value.split(separator: ".", omittingEmptySubsequences: false).count == 3
    bag.report(
      PolicyCheckRules.version, at: version.location,
      isVersion ? "claw does not read version '\(version.value)' of the language" : "'\(version.value)' is no version",
      help: "it reads \(PolicyLanguage.versions.joined(separator: " and ")), in quotes")
  }

  private static func checkPatterns(
    _ record: RulesetRecord, _ fields: [GuardField], _ patterns: inout PolicyPatterns, into bag: inout DiagnosticBag
  ) {
    for field in fields {
      guard case .texts(let kind) = field.type else { continue }
      if case .name = kind { continue }
      for text in record.texts(field.key) ?? [] { _ = patterns.term(text, kind, into: &bag) }
    }
  }

  private static func checkSecrets(
    _ record: RulesetRecord, _ patterns: inout PolicyPatterns, into bag: inout DiagnosticBag
  ) {
    for secret in record["patterns"]?.records ?? [] {
      guard let value = secret["pattern"], let text = value.text else { continue }
      _ = patterns.term(Located(text, value.location), .expression, into: &bag)
    }
  }

  private static func checkDetectors(_ record: RulesetRecord, into bag: inout DiagnosticBag) {
    let named = (record["detectors"]?.record?.fields ?? []).map { Located($0.key, $0.location) }
    for detector in named + (record.texts("disabled") ?? [])
    where !Detector.all.contains(where: { $0.name == detector.value }) {
      let near = Suggestion.nearest(to: detector.value, in: Detector.all.map(\.name))
      bag.report(
        PolicyCheckRules.detector, at: detector.location, "there is no detector '\(detector.value)'",
        help: near.map { "did you mean '\($0)'?" } ?? "there are \(Detector.all.map(\.name).joined(separator: ", "))")
    }
  }

  private static func checkClear(_ section: GuardSection, _ found: Guard, into bag: inout DiagnosticBag) {
    let lists = found.fields.filter { field in
      switch field.type {
      case .texts, .records: !field.key.hasPrefix("additional_") && !field.key.hasPrefix("remove_")
      default: false
      }
    }.map(\.key)
    for name in section.fields.texts("clear") ?? [] where !lists.contains(name.value) {
      let near = Suggestion.nearest(to: name.value, in: lists)
      bag.report(
        PolicyCheckRules.clear, at: name.location, "\(found.name) has no list '\(name.value)'",
        help: near.map { "did you mean '\($0)'?" } ?? "it has \(lists.joined(separator: ", "))")
    }
  }

  private static func checkCustom(_ records: [RulesetRecord], into bag: inout DiagnosticBag) {
    var seen: [String: Location] = [:]
    for record in records {
      guard let id = record["id"], let name = id.text else { continue }
      if name.allSatisfy(\.isWhitespace) {
        bag.report(PolicyCheckRules.customGuard, at: id.location, "the guard has an empty id")
      } else if let first = seen.updateValue(id.location, forKey: name) {
        bag.report(
          PolicyCheckRules.customGuard, at: id.location, "there are two guards with the id '\(name)'",
          labels: [.init(first, "first here")])
      }
      if let config = record["config"]?.anything, case .mapping = config { continue }
      if let config = record["config"] {
        bag.report(PolicyCheckRules.customGuard, at: config.location, "the config of '\(name)' must be a mapping")
      }
    }
  }

  /// What only a ruleset that is joined with its parent can show.
  static func checkWhole(_ ruleset: Ruleset, into bag: inout DiagnosticBag) {
    let isOld = ruleset.version?.value == "1.1.0"
    if isOld {
      if let posture = ruleset.posture { reportNewer("posture", "1.2.0", at: posture.location, ruleset, into: &bag) }
      for section in ruleset.guards {
        if let since = Guard.named(section.name.value)?.since, since != "1.1.0" {
          reportNewer(section.name.value, since, at: section.name.location, ruleset, into: &bag)
        }
      }
    }
    if let section = ruleset.guards.first(where: { $0.name.value == "prompt_injection" })?.fields {
      checkThresholds(section, into: &bag)
    }
    if let posture = ruleset.posture { PostureCheck.check(posture, into: &bag) }
  }

  private static func reportNewer(
    _ what: String, _ since: String, at location: Location, _ ruleset: Ruleset, into bag: inout DiagnosticBag
  ) {
    let message = "'\(what)' needs version \(since) of the language"
    let help = "write 'version: \"\(since)\"'"
    // What a parent brings is mended in the file that says the version.
    if let version = ruleset.version?.location, version.file.path != location.file.path {
      bag.report(
        PolicyCheckRules.newerField, at: version, message, help: help, labels: [.init(location, "it comes from here")])
    } else {
      bag.report(PolicyCheckRules.newerField, at: location, message, help: help)
    }
  }

  private static func checkThresholds(_ section: RulesetRecord, into bag: inout DiagnosticBag) {
    if let limit = section["max_scan_bytes"], limit.integer == 0 {
      bag.report(
        PolicyCheckRules.threshold, at: limit.location, "a scan of 0 bytes finds nothing", help: "the usual is 200000")
    }
    let warn = Guard.levels.firstIndex(of: section["warn_at_or_above"]?.text ?? "suspicious") ?? 1
    let block = Guard.levels.firstIndex(of: section["block_at_or_above"]?.text ?? "high") ?? 2
    guard warn > block else { return }
    let place = section["warn_at_or_above"] ?? section["block_at_or_above"]
    bag.report(
      PolicyCheckRules.threshold, at: place?.location ?? section.location,
      "it warns from '\(Guard.levels[warn])' on and blocks from '\(Guard.levels[block])' on, so that it never warns",
      help: "warn at the lower level")
  }
}
