package import IR
package import Source

/// An entry of a list of a guard: something that a ruleset can leave out.
package protocol PolicyEntry: Sendable {
  /// What was written.
  var text: String { get }
  /// Where; nil for a default.
  var location: Location? { get }
}

extension PatternTerm: PolicyEntry {}
extension NameTerm: PolicyEntry {}

extension SecretTerm: PolicyEntry {
  package var text: String { name }
  package var location: Location? { term.location }
}

/// Looks at the lists of a guard, and may change them.
protocol EntryVisitor {
  mutating func visit<Entry: PolicyEntry>(_ list: String, _ entries: inout [Entry])
}

extension GuardProgram {
  /// Shows every list of entries to a visitor, by the key that rulesets give it.
  mutating func visit(_ visitor: inout some EntryVisitor) {
    switch self {
    case .forbiddenPath(var own):
      visitor.visit("patterns", &own.patterns)
      visitor.visit("exceptions", &own.exceptions)
      self = .forbiddenPath(own)
    case .pathAllowlist(var own):
      visitor.visit("file_access_allow", &own.read)
      visitor.visit("file_write_allow", &own.write)
      visitor.visit("patch_allow", &own.patch)
      self = .pathAllowlist(own)
    case .egressAllowlist(var own):
      visitor.visit("allow", &own.allow)
      visitor.visit("block", &own.block)
      self = .egressAllowlist(own)
    case .mcpTool(var own):
      // Without any entry the list would mean that everything is allowed.
      let wasClosed = !own.allow.isEmpty
      visitor.visit("allow", &own.allow)
      if wasClosed, own.allow.isEmpty { own.otherwise = .block }
      visitor.visit("block", &own.block)
      visitor.visit("require_confirmation", &own.confirm)
      self = .mcpTool(own)
    case .shellCommand(var own):
      visitor.visit("forbidden_patterns", &own.patterns)
      self = .shellCommand(own)
    case .secretLeak(var own):
      visitor.visit("patterns", &own.secrets)
      visitor.visit("skip_paths", &own.skipped)
      self = .secretLeak(own)
    case .patchIntegrity(var own):
      visitor.visit("forbidden_patterns", &own.patterns)
      self = .patchIntegrity(own)
    case .secretAccess(var own):
      visitor.visit("allow", &own.allow)
      self = .secretAccess(own)
    case .computerUse(var own):
      visitor.visit("allowed_actions", &own.allowed)
      self = .computerUse(own)
    case .inputInjectionCapability(var own):
      visitor.visit("allowed_input_types", &own.allowed)
      self = .inputInjectionCapability(own)
    case .promptInjection, .jailbreak, .remoteDesktopSideChannel, .hardRails: break
    }
  }

  /// The guard's key in rulesets.
  package var name: String {
    switch self {
    case .forbiddenPath: "forbidden_path"
    case .pathAllowlist: "path_allowlist"
    case .egressAllowlist: "egress_allowlist"
    case .mcpTool: "mcp_tool"
    case .shellCommand: "shell_command"
    case .secretLeak: "secret_leak"
    case .patchIntegrity: "patch_integrity"
    case .promptInjection: "prompt_injection"
    case .jailbreak: "jailbreak"
    case .secretAccess: "secret_access"
    case .computerUse: "computer_use"
    case .remoteDesktopSideChannel: "remote_desktop_side_channel"
    case .inputInjectionCapability: "input_injection_capability"
    case .hardRails: "hard_rails"
    }
  }
}

/// One entry of a program, and where it stands.
package struct PolicyLiteral: Sendable, Hashable {
  /// The index of its guard in the program.
  var guardIndex: Int
  /// The guard's key.
  package var guardName: String
  /// The list's key.
  package var list: String
  /// Its index in the list.
  var index: Int
  /// What was written.
  package var text: String
  /// Where; nil for a default.
  package var location: Location?
}

extension PolicyProgram {
  /// Every entry of every guard, in order.
  package var literals: [PolicyLiteral] {
    var result: [PolicyLiteral] = []
    for (index, item) in guards.enumerated() {
      var collector = Collector(guardIndex: index, guardName: item.name)
      var copy = item
      copy.visit(&collector)
      result += collector.found
    }
    return result
  }

  /// The program with some entries of one list kept.
  func keeping(_ literal: PolicyLiteral, where isKept: @escaping (Int) -> Bool) -> PolicyProgram {
    var result = self
    var filter = Filter(list: literal.list, isKept: isKept)
    result.guards[literal.guardIndex].visit(&filter)
    return result
  }
}

private struct Collector: EntryVisitor {
  var guardIndex: Int
  var guardName: String
  var found: [PolicyLiteral] = []

  mutating func visit<Entry: PolicyEntry>(_ list: String, _ entries: inout [Entry]) {
    for (index, entry) in entries.enumerated() {
      found.append(
        PolicyLiteral(
          guardIndex: guardIndex, guardName: guardName, list: list, index: index, text: entry.text,
          location: entry.location))
    }
  }
}

private struct Filter: EntryVisitor {
  var list: String
  var isKept: (Int) -> Bool

  mutating func visit<Entry: PolicyEntry>(_ list: String, _ entries: inout [Entry]) {
    guard list == self.list else { return }
    entries = entries.enumerated().filter { isKept($0.offset) }.map(\.element)
  }
}
