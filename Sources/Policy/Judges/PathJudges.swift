import Automata
import IR
import JSON

/// `forbidden_path`
final class ForbiddenPathJudge: Judge {
  private static let name = "forbidden_path"
  private let patterns: PatternSet
  private let exceptions: PatternSet
  /// The same whatever the case of letters, for the hardened profile.
  private let foldedPatterns: PatternSet
  private let foldedExceptions: PatternSet
  private let program: ForbiddenPathProgram
  /// Every forbidden path, without the exceptions. A name that only a star at the end of its pattern makes forbidden is not
  /// among them, or `*.txt` might stand for `id_rsa.txt`.
  private lazy var forbiddenLanguage = Automaton(
    program.patterns.map { term in
      guard term.text.hasSuffix("*"), !term.text.hasSuffix("**") else { return term.node }
      return (try? PathGlob.parse(String(term.text.dropLast()))) ?? term.node
    }, .whole)

  init(_ program: ForbiddenPathProgram, _ profile: PolicyProfile) {
    self.program = program
    patterns = PatternSet(program.patterns)
    exceptions = PatternSet(program.exceptions)
    foldedPatterns = profile == .hardened ? PatternSet(program.patterns.map(\.node.caseFolded)) : patterns
    foldedExceptions = profile == .hardened ? PatternSet(program.exceptions.map(\.node.caseFolded)) : exceptions
  }

  func judge(_ event: PolicyEvent, _ context: EventContext) -> GuardResult? {
    switch event.action {
    case .fileRead(let target), .fileWrite(let target, _), .patch(let target, _):
      return context.profile == .compat ? compat(target.path, context) : hardened(target.path, context)
    default: return nil
    }
  }

  private func compat(_ said: String, _ context: EventContext) -> GuardResult {
    if !patterns.matches(context.path) || exceptions.matches(context.path) { return .allow(Self.name) }
    return context.wantsWords ? deny(said, nil) : .silent(Self.name, .critical)
  }

  private func hardened(_ said: String, _ context: EventContext) -> GuardResult {
    if PathForm.hasControls(said) {
      return .deny(
        Self.name, .critical, "The path has a control character", ["reason": "control_character"],
        hardening: .controlCharacters)
    }
    for form in context.paths {
      if let rule = forbids(form) { return deny(said, rule.rule) }
    }
    return .allow(Self.name)
  }

  /// Whether a name is forbidden, and what the reference would not have seen.
  func forbids(_ form: PathForm) -> (rule: HardeningRule?, Void)? {
    let (patterns, exceptions) = form.isFolded ? (foldedPatterns, foldedExceptions) : (self.patterns, self.exceptions)
    let usual = form.isFolded ? form.rule ?? .pathCase : form.rule
    if patterns.matches(form.path) { return exceptions.matches(form.path) ? nil : (usual, ()) }
    // A folder all of whose contents are forbidden is forbidden itself.
    guard patterns.matches(form.path + PathForm.anyChild.utf8), !exceptions.matches(form.path) else { return nil }
    return (usual ?? .pathFolder, ())
  }

  /// Whether a pattern of the shell may become a forbidden name; the pattern if it may.
  ///
  /// Names that a shell's pattern stands for have no slashes where the pattern has none, so that every component is compared.
  func forbidsExpansion(of word: String) -> String? {
    guard let expansion = ShellPattern.automaton(word), let forbidden = forbiddenLanguage,
      let both = expansion.intersection(forbidden)
    else { return word }
    return both.isEmpty ? nil : word
  }

  func deny(_ said: String, _ rule: HardeningRule?) -> GuardResult {
    .deny(
      Self.name, .critical, "Access to forbidden path: " + said,
      ["path": .string(said), "reason": "matches_forbidden_pattern"], hardening: rule)
  }
}

/// `path_allowlist`
final class PathAllowlistJudge: Judge {
  private static let name = "path_allowlist"
  private let read: PatternSet
  private let write: PatternSet
  private let patch: PatternSet

  init(_ program: PathAllowlistProgram) {
    read = PatternSet(program.read)
    write = PatternSet(program.write)
    patch = PatternSet(program.patch)
  }

  func judge(_ event: PolicyEvent, _ context: EventContext) -> GuardResult? {
    let (list, target, what): (PatternSet, PolicyAction.FileTarget, String)
    switch event.action {
    case .fileRead(let file): (list, target, what) = (read, file, "read")
    case .fileWrite(let file, _): (list, target, what) = (write, file, "write")
    case .patch(let file, _): (list, target, what) = (patch, file, "patch")
    default: return nil
    }
    var rule: HardeningRule?
    var isAllowed = list.matches(context.path)
    if context.profile == .hardened {
      isAllowed = isAllowed || context.paths.first.map { list.matches($0.path) } ?? false
      // Every name that the file really has must be on the list.
      if isAllowed, let other = context.paths.first(where: { $0.isReal && !list.matches($0.path) }) {
        isAllowed = false
        rule = other.rule
      }
      if PathForm.hasControls(target.path) { (isAllowed, rule) = (false, .controlCharacters) }
    }
    if isAllowed { return .allow(Self.name) }
    return .deny(
      Self.name, .error, "Path not in the allowlist for \(what): \(target.path)",
      ["path": .string(target.path), "reason": "path_not_allowed"], hardening: rule)
  }
}
