import Cllama
import Glibc
import IR
import JSON

/// Keeps the pins of tools beside the record, where they outlast the sidecar, and what people accepted.
struct PinKeeper {
  private(set) var pins: ToolPins
  private let path: String

  /// - Parameter folder: the record's.
  init(_ folder: String) {
    path = "\(folder)/tools.json"
    var status = stat()
    pins =
      stat(path, &status) != 0 && errno == ENOENT
      ? ToolPins() : ToolPins((try? RecordFile.contents(path)) ?? [])
  }

  /// Notes what a service offers; gives what is to be recorded.
  mutating func look(_ service: SidecarConfiguration.ServiceTarget, _ tools: [SkillMap.Tool]) -> [CallRecord] {
    let before = pins
    let changes = pins.look(service.name, tools, isPinned: service.isPinned)
    if pins.json != before.json { save() }
    return changes.map { change in
      CallRecord(
        Intervention(
          stage: "skillmap", direction: .answer, action: service.isPinned ? .deny : .observe,
          rule: "skillmap.tool_changed",
          reason: Self.reason(change), severity: .error, subject: "\(change.service)/\(change.tool)",
          before: change.before, after: change.after))
    }
  }

  private static func reason(_ change: ToolPins.Change) -> String {
    if change.before == nil { return "the service has a tool that it did not have" }
    return change.after == nil ? "the service lists the tool no more" : "what the service says of the tool changed"
  }

  /// Takes note of what people accepted.
  mutating func take(_ acceptances: [ToolPins.Acceptance]) -> [CallRecord] {
    let fresh = acceptances.filter { pins.accept($0) }
    if fresh.isEmpty { return [] }
    save()
    return fresh.map { one in
      CallRecord(
        Intervention(
          stage: "skillmap", direction: .answer, action: .observe, rule: "skillmap.accepted",
          reason: "a person accepted the tool", severity: .info, subject: "\(one.service)/\(one.tool)",
          after: one.digest))
    }
  }

  /// A reader sees the old list or the new one. Where it can't be written, what is known is in force all the same.
  private func save() {
    let bytes = Array((pins.json.text() + "\n").utf8)
    let next = path + ".new"
    let descriptor = open(next, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o640)
    guard descriptor >= 0 else { return }
    let count = write(descriptor, bytes, bytes.count)
    let isSynced = fsync(descriptor) == 0
    close(descriptor)
    if count == bytes.count, isSynced { rename(next, path) }
  }
}

extension ToolPins.Acceptance {
  /// What people accepted: `accepted.json` beside the configuration.
  static func read(_ folder: String) -> [ToolPins.Acceptance] {
    guard let bytes = try? RecordFile.contents("\(folder)/accepted.json"), let value = try? JSONValue.strict(bytes)
    else { return [] }
    return (value["tools"]?.array ?? []).compactMap { entry in
      guard let id = entry["id"]?.string, let service = entry["service"]?.string, let tool = entry["tool"]?.string,
        let digest = entry["sha256"]?.string
      else { return nil }
      return ToolPins.Acceptance(id: id, service: service, tool: tool, digest: digest)
    }
  }
}
