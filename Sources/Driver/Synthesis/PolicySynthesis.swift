import Diagnostics
import Guards
package import IR
import JSON
import Lowering
package import Policy
package import Source

/// Makes a ruleset that allows what was observed and as little else as it can say.
package struct PolicySynthesis {
  /// The ruleset's text.
  package private(set) var text = ""
  /// Events that were denied when they were recorded, or that the ruleset to extend denies.
  package private(set) var leftOut: [PolicyEvent] = []
  /// Events that no setting of the guards could allow: a host that is none, a path with a NUL.
  package private(set) var refused: [PolicyEvent] = []

  private var ruleset: SynthesizedRuleset
  private var observed: [PolicyEvent] = []
  private let base: PolicyProgram?

  /// Makes one; what the ruleset to extend denies stays denied.
  ///
  /// - Parameter base: the ruleset to extend: the name of a built-in one, or a path as `extends` has it, with its program.
  package init(_ events: [PolicyEvent], base: (name: String, program: PolicyProgram)?) throws(PolicyEngine.Refusal) {
    ruleset = SynthesizedRuleset(name: "observed", extends: base?.name)
    self.base = base?.program
    let engine: PolicyEngine? = if let base { try PolicyEngine(base.program) } else { nil }
    for event in events {
      let isDenied = ObservedNames.wasDenied(event) || engine?.outcome(of: event) == .blocked
      if isDenied { leftOut.append(event) } else { observed.append(event) }
    }
    closeAll()
    for event in observed { allow(event) }
    for list in Self.pathLists { ruleset.mergeFolders("path_allowlist", list) }
    write()
  }

  private static let pathLists = ["file_access_allow", "file_write_allow", "patch_allow"]
  /// In writing, those that say most come first.
  private static let order = ["path_allowlist"] + Guard.all.map(\.name).filter { $0 != "path_allowlist" }

  private mutating func write() { text = ruleset.text(guards: Self.order, events: observed.map(\.id)) }

  // MARK: What is allowed

  /// Closes everything that nothing was observed of.
  private mutating func closeAll() {
    for list in Self.pathLists { ruleset.need("path_allowlist", list) }
    ruleset.need("egress_allowlist", "allow")
    ruleset.set("egress_allowlist", "default_action", "block")
    ruleset.need("mcp_tool", "allow")
    ruleset.set("mcp_tool", "default_action", "block")
    ruleset.need("secret_access", "allow")
    ruleset.set("secret_access", "default_action", "block")
    ruleset.need("computer_use", "allowed_actions")
    ruleset.set("computer_use", "mode", "fail_closed")
    ruleset.need("input_injection_capability", "allowed_input_types")
    for channel in Guard.remoteChannels { ruleset.set("remote_desktop_side_channel", "\(channel)_enabled", "false") }
    if !observed.contains(where: { if case .command = $0.action { true } else { false } }) {
      ruleset.add("shell_command", "forbidden_patterns", "(?s).*", "no command was observed")
    }
    // An empty list would mean that patches are judged as what is written.
    if !observed.contains(where: { if case .patch = $0.action { true } else { false } }) {
      ruleset.add("path_allowlist", "patch_allow", "/no patch was observed", "no patch was observed")
    }
  }

  private mutating func allow(_ event: PolicyEvent) {
    switch event.action {
    case .fileRead: allowPaths("file_access_allow", event)
    case .fileWrite: allowPaths("file_write_allow", event)
    case .patch: allowPaths("patch_allow", event)
    case .egress(let host, _, _):
      if let host = HostName.canonical(host) { ruleset.add("egress_allowlist", "allow", host, event.id) }
    case .tool(let call): ruleset.add("mcp_tool", "allow", call.name, event.id)
    case .secret(let name, _): ruleset.add("secret_access", "allow", name, event.id)
    case .custom(let type, let data):
      guard type.utf8.starts(with: "remote.".utf8) || type.utf8.starts(with: "input.".utf8) else { return }
      ruleset.add("computer_use", "allowed_actions", type, event.id)
      let channel = String(type.dropFirst(7))
      if Guard.remoteChannels.contains(channel) {
        ruleset.set("remote_desktop_side_channel", "\(channel)_enabled", "true", event.id)
      }
      if type == "input.inject", let input = data.value["input_type"]?.string ?? data.value["inputType"]?.string {
        ruleset.add("input_injection_capability", "allowed_input_types", input, event.id)
      }
    case .command: break
    }
  }

  private mutating func allowPaths(_ list: String, _ event: PolicyEvent) {
    for path in ObservedNames.paths(of: event.action) {
      let folder = FilePath.directory(of: path)
      // What lies at the root would open the whole disk.
      let glob = folder.isEmpty || folder == "/" || folder == ".." ? Self.escaped(path) : Self.escaped(folder) + "/**"
      ruleset.add("path_allowlist", list, glob, event.id)
    }
  }

  /// A path as a glob that means just it.
  private static func escaped(_ path: String) -> String {
    var result = ""
    for scalar in path.unicodeScalars {
      if scalar == "*" || scalar == "?" || scalar == "[" {
        result += "[\(scalar)]"
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  // MARK: What guards refuse all the same

  /// Loosens what still refuses observed events, each time a little more, until it allows them.
  ///
  /// - Parameter compile: reads the ruleset; nil if it has errors.
  /// - Parameter path: where it will lie.
  package mutating func settle(at path: String, compile: (SourceFile) -> PolicyProgram?) throws(PolicyEngine.Refusal) {
    for round in 0..<Self.roundLimit {
      guard let program = compile(SourceFile(path: path, text: text)) else { return }
      let engine = try PolicyEngine(program)
      refused = []
      for event in observed {
        for result in engine.decide(event).results where !result.isAllowed {
          if refused.last?.id != event.id { refused.append(event) }
          loosen(result, event, program, round)
        }
      }
      if refused.isEmpty { return }
      write()
    }
  }

  private static let roundLimit = 4

  private mutating func loosen(_ result: GuardResult, _ event: PolicyEvent, _ program: PolicyProgram, _ round: Int) {
    let id = event.id
    switch result.guardName {
    // Events that the hardened profile refuses whatever the ruleset says stay refused.
    case _
    where result.hardening == .controlCharacters || result.hardening == .invalidHost || result.hardening == .urlHost:
      return
    case "path_allowlist", "egress_allowlist", "mcp_tool", "secret_access", "computer_use",
      "input_injection_capability":
      return
    case "forbidden_path" where round < 2:
      for path in ObservedNames.paths(of: event.action) {
        ruleset.add("forbidden_path", "exceptions", Self.escaped(path), id)
      }
    case "secret_leak" where round < 2:
      let paths = ObservedNames.paths(of: event.action)
      if paths.isEmpty { ruleset.disable("secret_leak", id) }
      for path in paths { ruleset.add("secret_leak", "skip_paths", Self.escaped(path), id) }
    case "patch_integrity" where round < 2: loosenPatches(event, program)
    case "shell_command" where round < 2: loosenCommands(event, program)
    case "prompt_injection" where round < 1: ruleset.set("prompt_injection", "block_at_or_above", "critical", id)
    default:
      if let found = Guard.all.first(where: { $0.resultName == result.guardName }) {
        ruleset.disable(found.name, id)
      }
    }
  }

  /// Keeps the patterns of a guard that do not refuse an event.
  private mutating func keep(_ list: String, of guardName: String, _ event: PolicyEvent, _ program: PolicyProgram) {
    let literals = program.literals.filter { $0.guardName == guardName && $0.list == list }
    guard let coverage = try? PolicyCoverage(program, [event], of: literals) else { return }
    ruleset.need(guardName, list)
    for line in coverage.lines {
      if line.events.isEmpty {
        ruleset.add(guardName, list, line.literal.text, "as usual")
      } else {
        ruleset.remove(guardName, list, line.literal.text)
      }
    }
  }

  private mutating func loosenCommands(_ event: PolicyEvent, _ program: PolicyProgram) {
    keep("forbidden_patterns", of: "shell_command", event, program)
    guard case .command(let name, let arguments, _) = event.action else { return }
    // A word with blanks is a command line of its own, and no path.
    for word in [name] + arguments
    where (word.utf8.contains(0x2F) || word.utf8.first == 0x2E) && !word.utf8.contains(0x20) {
      ruleset.add("forbidden_path", "exceptions", Self.escaped(word), event.id)
    }
  }

  private mutating func loosenPatches(_ event: PolicyEvent, _ program: PolicyProgram) {
    guard case .patch(_, let content) = event.action else { return }
    let lines = content.split(separator: 0x0A)
    for case .patchIntegrity(let own) in program.guards {
      let (additions, deletions) = (lines.count { $0.first == 0x2B }, lines.count { $0.first == 0x2D })
      if additions > own.additionsLimit { ruleset.set("patch_integrity", "max_additions", "\(additions)", event.id) }
      if deletions > own.deletionsLimit { ruleset.set("patch_integrity", "max_deletions", "\(deletions)", event.id) }
      if own.ratioLimit != nil { ruleset.set("patch_integrity", "require_balance", "false", event.id) }
    }
    keep("forbidden_patterns", of: "patch_integrity", event, program)
  }
}
