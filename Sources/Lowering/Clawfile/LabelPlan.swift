import IR
import JSON
import Source

/// The labels that carry a configuration, in the order in which they are written.
enum LabelPlan {
  /// The labels of a configuration.
  static func labels(of config: ImageConfig) -> [StageBlock.Label] {
    var labels: [StageBlock.Label] = []
    func add(_ key: String, _ value: [ValuePart], _ origin: Location?) {
      labels.append(.init("claw." + key, value, origin: origin?.range))
    }
    func add(_ key: String, _ text: String, _ origin: Location?) { add(key, [.literal(text)], origin) }
    add("schema", "1", nil)
    if let type = config.type { add("type", type.value, type.origin) }
    if let agent = config.agent { add("agent.file", agent.value, agent.origin) }
    if let first = config.cllama.first { add("cllama.default", first.value, first.origin) }
    for (index, stack) in config.cllama.enumerated() { add("cllama.\(index)", stack.value, stack.origin) }
    if let persona = config.persona { add("persona.default", persona.value, persona.origin) }
    var fallbacks = 0
    for (slot, reference) in sorted(config.models) {
      var key = "model.\(slot)"
      if slot == "fallback" {
        if fallbacks > 0 { key += ".\(fallbacks)" }
        fallbacks += 1
      }
      add(key, reference.value, reference.origin)
    }
    for handle in config.handles { add("handle.\(handle.value)", "true", handle.origin) }
    for (index, surface) in config.surfaces.enumerated() {
      let text = surface.value.uri + (surface.value.access.map { " " + $0.rawValue } ?? "")
      add("surface.\(index)", text, surface.origin)
    }
    var capabilities = 0
    for (mode, value) in config.privileges.enumerated().sorted(by: {
      ($0.element.mode, $0.offset) < ($1.element.mode, $1.offset)
    }).map(\.element) {
      var key = "privilege.\(mode)"
      if mode == "cap" {
        if capabilities > 0 { key += ".\(capabilities)" }
        capabilities += 1
      }
      add(key, value.value, value.origin)
    }
    for (index, manager) in config.track.enumerated() { add("track.\(index)", manager.value, manager.origin) }
    for (index, skill) in config.skills.enumerated() { add("skill.\(index)", skill.value, skill.origin) }
    for (index, line) in config.configure.enumerated() { add("configure.\(index)", script(line.value), line.origin) }
    for (index, invocation) in config.invoke.enumerated() {
      let value: JSONValue = [
        "schedule": .string(invocation.value.schedule), "message": .string(invocation.value.message),
      ]
      add("invoke.\(index)", value.text(), invocation.origin)
    }
    for (index, act) in config.act.enumerated() { add("act.\(index)", script(act.value), act.origin) }
    return labels
  }

  /// Shell text as a label: a label holds no line end, so several lines become a JSON object.
  private static func script(_ text: String) -> String {
    if !text.utf8.contains(0x0A) { return text }
    return JSONValue.object([.init("script", .string(text.replacing("\r\n", with: "\n")))]).text()
  }

  private static func sorted(
    _ models: [(slot: String, reference: ImageConfig.Setting<[ValuePart]>)]
  ) -> [(String, ImageConfig.Setting<[ValuePart]>)] {
    models.enumerated().sorted { ($0.element.slot, $0.offset) < ($1.element.slot, $1.offset) }
      .map { ($0.element.slot, $0.element.reference) }
  }
}
