import IR
import JSON

/// `mcp_tool`
final class ToolJudge: Judge {
  private static let name = "mcp_tool"
  private let program: ToolProgram
  private let allow: NameSet
  private let block: NameSet
  private let confirm: NameSet
  private let foldedBlock: NameSet
  private let foldedConfirm: NameSet

  init(_ program: ToolProgram, _ profile: PolicyProfile) {
    self.program = program
    allow = NameSet(program.allow)
    block = NameSet(program.block)
    confirm = NameSet(program.confirm)
    foldedBlock = profile == .hardened ? NameSet(program.block, Self.folded) : block
    foldedConfirm = profile == .hardened ? NameSet(program.confirm, Self.folded) : confirm
  }

  private static func folded(_ name: String) -> [UInt8] { TextFolding.path(Array(bare(name).utf8)) }

  /// A tool's name without the prefix that says which server it is of: `mcp__server__tool`.
  private static func bare(_ name: String) -> String {
    let bytes = name.utf8
    guard bytes.starts(with: "mcp__".utf8) else { return name }
    var isBehindLine = false
    var index = bytes.index(bytes.startIndex, offsetBy: 5)
    while index < bytes.endIndex {
      let isLine = bytes[index] == 0x5F
      index = bytes.index(after: index)
      if isLine, isBehindLine { return index < bytes.endIndex ? String(name[index...]) : name }
      isBehindLine = isLine
    }
    return name
  }

  func judge(_ event: PolicyEvent, _ context: EventContext) -> GuardResult? {
    guard case .tool(let call) = event.action else { return nil }
    let isHardened = context.profile == .hardened
    guard call.isMCP || isHardened else { return nil }
    if call.argumentsSize > program.argumentsLimit {
      return .deny(
        Self.name, .error,
        "Tool arguments too large: \(call.argumentsSize) bytes (max: \(program.argumentsLimit))",
        hardening: call.isMCP ? nil : .toolKind)
    }
    if isHardened, PathForm.hasControls(call.name) {
      return .deny(Self.name, .error, "The tool's name has a control character", hardening: .controlCharacters)
    }
    var rule: HardeningRule? = call.isMCP ? nil : .toolKind
    if block.contains(call.name) { return blocked(call, rule, context) }
    if isHardened, foldedBlock.contains(Self.folded(call.name)) { return blocked(call, rule ?? .toolName, context) }
    var needsPerson = confirm.contains(call.name)
    if isHardened, !needsPerson, foldedConfirm.contains(Self.folded(call.name)) {
      needsPerson = true
      rule = rule ?? .toolName
    }
    if needsPerson {
      var result = GuardResult.warn(
        Self.name, "Tool '" + call.name + "' requires confirmation",
        ["requires_confirmation": true, "tool": .string(call.name)])
      result.hardening = rule
      return result
    }
    if !allow.isEmpty {
      let isAllowed = allow.contains(call.name) || (isHardened && allow.contains(Self.bare(call.name)))
      return isAllowed ? .allow(Self.name) : blocked(call, rule, context)
    }
    return program.otherwise == .block ? blocked(call, rule, context) : .allow(Self.name)
  }

  private func blocked(_ call: PolicyAction.ToolCall, _ rule: HardeningRule?, _ context: EventContext) -> GuardResult {
    guard context.wantsWords else { return .silent(Self.name, .error) }
    return .deny(
      Self.name, .error, "Tool '" + call.name + "' is blocked by policy",
      ["reason": "blocked_by_policy", "tool": .string(call.name)], hardening: rule)
  }
}
