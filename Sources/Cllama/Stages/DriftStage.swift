import IR

/// What stands in front of all stages for a claw that drifted: past the first threshold only tools that read are left, past
/// the second nothing.
package final class DriftStage: Stage {
  package let name = "drift"
  package var level = Drift.Level.free
  private let readOnly: [String]

  package init(readOnly: [String]) { self.readOnly = readOnly }

  package var seesAnswers: Bool { level != .free }

  package func judge(_ request: inout ModelRequest, _ notes: inout [Intervention]) throws(Denial) {
    switch level {
    case .free: return
    case .quarantined:
      throw Denial(
        note(.request, .deny, "quarantine", "the claw is under quarantine: 'claw quarantine lift' ends it", ""))
    case .restricted:
      var dropped: Set<JSONPlace> = []
      for tool in request.tools where !ToolNames.contains(readOnly, tool.name) {
        notes.append(note(.request, .drop, "restricted", "only tools that read are left to it", tool.name))
        dropped.insert(tool.place)
      }
      request.removeTools(dropped)
    }
  }

  package func judge(_ call: ModelAnswer.Call, _ notes: inout [Intervention]) throws(Denial) -> CallVerdict {
    if level == .free || ToolNames.contains(readOnly, call.name) { return .keep }
    notes.append(note(.answer, .drop, "restricted", "only tools that read are left to it", call.name))
    return .drop
  }

  private func note(
    _ direction: Intervention.Direction, _ action: Intervention.Action, _ rule: String, _ reason: String,
    _ subject: String
  ) -> Intervention {
    Intervention(
      stage: name, direction: direction, action: action, rule: "drift.\(rule)", reason: reason, severity: .error,
      subject: subject)
  }
}

/// Lists of tools by name, where `*` at the end stands for any rest.
enum ToolNames {
  static func contains(_ patterns: [String], _ name: String) -> Bool {
    patterns.contains { pattern in
      pattern.utf8.last == 0x2A
        ? name.utf8.starts(with: pattern.utf8.dropLast()) : name.utf8.elementsEqual(pattern.utf8)
    }
  }
}
