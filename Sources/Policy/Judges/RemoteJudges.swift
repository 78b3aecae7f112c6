import Guards
import IR
import JSON

/// `computer_use`
final class ComputerUseJudge: Judge {
  private static let name = "computer_use"
  private let mode: ComputerUseProgram.Mode
  private let allowed: NameSet

  init(_ program: ComputerUseProgram) {
    mode = program.mode
    allowed = NameSet(program.allowed)
  }

  func judge(_ event: PolicyEvent, _ context: EventContext) -> GuardResult? {
    guard case .custom(let type, _) = event.action,
      type.utf8.starts(with: "remote.".utf8) || type.utf8.starts(with: "input.".utf8)
    else { return nil }
    let isAllowed = allowed.contains(type)
    let details: JSONValue = ["action": .string(type), "mode": .string(mode.rawValue)]
    switch mode {
    case .observe: return .warn(Self.name, "Computer use is observed: \(type)", details)
    case .guardrail: return isAllowed ? .allow(Self.name) : .warn(Self.name, "Computer use is not on the list: \(type)", details)
    case .failClosed:
      return isAllowed ? .allow(Self.name) : .deny(Self.name, .error, "Computer use is not on the list: \(type)", details)
    }
  }
}

/// `remote_desktop_side_channel`
final class SideChannelJudge: Judge {
  private static let name = "remote_desktop_side_channel"
  private let program: SideChannelProgram

  init(_ program: SideChannelProgram) { self.program = program }

  func judge(_ event: PolicyEvent, _ context: EventContext) -> GuardResult? {
    guard case .custom(let type, let data) = event.action, type.utf8.starts(with: "remote.".utf8) else { return nil }
    if ["remote.session.connect", "remote.session.disconnect", "remote.session.reconnect"].contains(type) { return nil }
    let channel = String(type.dropFirst("remote.".count))
    guard Guard.remoteChannels.contains(channel) else {
      return .deny(Self.name, .error, "Unknown side channel: \(channel)", ["channel": .string(channel)])
    }
    if program.disabled.contains(channel) {
      return .deny(Self.name, .error, "Side channel is disabled: \(channel)", ["channel": .string(channel)])
    }
    if channel == "file_transfer", let limit = program.transferLimit {
      let size = (data.value["transfer_size"] ?? data.value["transferSize"])?.integer
      guard let size, size >= 0 else {
        return .deny(Self.name, .error, "The transfer does not say its size", ["channel": .string(channel)])
      }
      if size > limit {
        return .deny(
          Self.name, .error, "Transfer too large: \(size) bytes (max: \(limit))", ["channel": .string(channel)])
      }
    }
    return .allow(Self.name)
  }
}

/// `input_injection_capability`
final class InputJudge: Judge {
  private static let name = "input_injection_capability"
  private let allowed: NameSet
  private let needsProbe: Bool

  init(_ program: InputProgram) {
    allowed = NameSet(program.allowed)
    needsProbe = program.needsProbe
  }

  func judge(_ event: PolicyEvent, _ context: EventContext) -> GuardResult? {
    guard case .custom(let type, let data) = event.action, type == "input.inject" else { return nil }
    guard let kind = data.string("input_type") ?? data.string("inputType"), !kind.isEmpty else {
      return .deny(Self.name, .error, "The input does not say its type")
    }
    guard allowed.contains(kind) else {
      return .deny(Self.name, .error, "Input of type '\(kind)' is not allowed", ["input_type": .string(kind)])
    }
    if needsProbe {
      let probe = data.string("postcondition_probe_hash") ?? data.string("postconditionProbeHash")
      guard let probe, probe.utf8.contains(where: { $0 > 0x20 }) else {
        return .deny(Self.name, .error, "The input does not name a probe of its effect", ["input_type": .string(kind)])
      }
    }
    return .allow(Self.name)
  }
}
