import Automata
import IR
import JSON

/// `shell_command`
final class CommandJudge: Judge {
  private static let name = "shell_command"
  private let program: CommandProgram
  private let paths: ForbiddenPathJudge?
  private lazy var scanner: PatternScanner? = try? PatternScanner(program.patterns.map(\.node))
  /// Programs that run what their arguments say.
  private static let wrappers: Set<String> = ["sh", "bash", "dash", "zsh", "ksh", "ash", "eval"]

  /// - Parameter paths: the guard of forbidden paths of the same program, if it judges.
  init(_ program: CommandProgram, paths: ForbiddenPathJudge?) {
    self.program = program
    self.paths = program.checksPaths ? paths : nil
  }

  func judge(_ event: PolicyEvent, _ context: EventContext) -> GuardResult? {
    guard case .command(let name, let arguments, let folder) = event.action else { return nil }
    let rule: HardeningRule? = context.profile == .hardened ? .command : nil
    if context.profile == .hardened, PathForm.hasNUL(name) || arguments.contains(where: PathForm.hasNUL) {
      return .deny(Self.name, .error, "The command has a NUL", hardening: .controlCharacters)
    }
    // What is judged: the line as a host would show it, and every script that it carries.
    var lines = [CommandWords.join(name, arguments), ([name] + arguments).joined(separator: " ")]
    lines += arguments
    for line in lines {
      if let index = match(line) {
        return .deny(
          Self.name, .critical, "Command matches a forbidden pattern: \(program.patterns[index].text)",
          ["reason": "matches_forbidden_pattern"], hardening: rule)
      }
    }
    guard let paths else { return .allow(Self.name) }
    for line in lines {
      let words = CommandWords(line)
      if !words.isReadable, context.profile == .hardened, line == lines[1], Self.isShell(name) {
        return .deny(Self.name, .error, "The command line can't be read: a quote is not closed", hardening: .command)
      }
      for word in words.paths {
        if let path = forbidden(word, folder, paths, context) {
          return .deny(
            Self.name, .critical, "Command touches forbidden path: \(path)",
            ["path": .string(path), "reason": "matches_forbidden_pattern"], hardening: rule)
        }
      }
    }
    return .allow(Self.name)
  }

  private static func isShell(_ name: String) -> Bool {
    wrappers.contains(String(name.split(separator: "/").last ?? ""))
  }

  private func match(_ line: String) -> Int? {
    guard let scanner else { return program.patterns.indices.first }
    return Array(line.utf8).withUnsafeBufferPointer { scanner.matching($0) }.firstIndex
  }

  private func forbidden(
    _ word: String, _ folder: String?, _ paths: ForbiddenPathJudge, _ context: EventContext
  ) -> String? {
    var candidates = [word]
    for home in ["~/", "$HOME/", "${HOME}/"] where word.utf8.starts(with: home.utf8) {
      candidates.append("/home/user/" + word.dropFirst(home.count))
    }
    for candidate in candidates {
      for form in PathForm.forms(of: .init(candidate, folder: folder)) where paths.forbids(form) != nil { return word }
    }
    // A pattern that the shell expands may become a forbidden name.
    if context.profile == .hardened, word.utf8.contains(where: { $0 == 0x2A || $0 == 0x3F || $0 == 0x5B }) {
      if let text = paths.forbidsExpansion(of: word) { return text }
    }
    return nil
  }
}
