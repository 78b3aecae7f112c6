import AST
package import Diagnostics
package import IR
import Lowering
package import Source

/// A setting of an image or a claw, and where it comes from.
package struct ResolvedSetting: Sendable {
  /// The name, as labels have it without `claw.`: `model.primary`.
  package var name: String
  /// The value.
  package var value: String
  /// Where it was written: `Clawfile:7`, `image`, `pod` or `default`.
  package var origin: String

  /// Joins the parts.
  package init(name: String, value: String, origin: String) {
    self.name = name
    self.value = value
    self.origin = origin
  }
}

extension ResolvedSetting {
  /// The settings of a Clawfile's image; nil if the file has errors, which are in the bag.
  package static func of(
    clawfile file: SourceFile, target: String?, into bag: inout DiagnosticBag
  ) -> [ResolvedSetting]? {
    let checked = CheckedClawfile.check(file, into: &bag)
    guard !bag.hasErrors, let config = checked.lowered.config(target: target, in: checked.tree) else { return nil }
    return of(config)
  }

  /// The settings that an image's labels carry.
  package static func of(labels: [String: String]) -> [ResolvedSetting] { of(LabelReader.config(of: labels)) }

  /// The settings of a configuration, in the order of the documentation.
  package static func of(_ config: ImageConfig) -> [ResolvedSetting] {
    var settings: [ResolvedSetting] = []
    func add(_ name: String, _ value: String, _ origin: Location?) {
      let place = origin.map { "\($0.file.path):\($0.file.position(at: $0.range.lower).line)" }
      settings.append(ResolvedSetting(name: name, value: value, origin: place ?? "image"))
    }
    if let type = config.type { add("type", type.value, type.origin) }
    if let agent = config.agent { add("agent", text(agent.value), agent.origin) }
    if let persona = config.persona { add("persona", text(persona.value), persona.origin) }
    for (slot, reference) in config.models { add("model.\(slot)", text(reference.value), reference.origin) }
    for chain in config.cllama { add("cllama", text(chain.value), chain.origin) }
    for surface in config.surfaces {
      let access = surface.value.access.map { " " + $0.rawValue } ?? ""
      add("surface", surface.value.uri + access, surface.origin)
    }
    for skill in config.skills { add("skill", text(skill.value), skill.origin) }
    for handle in config.handles { add("handle", handle.value, handle.origin) }
    for step in config.configure { add("configure", step.value, step.origin) }
    for entry in config.invoke { add("invoke", "\(entry.value.schedule) \(entry.value.message)", entry.origin) }
    for manager in config.track { add("track", manager.value, manager.origin) }
    for step in config.act { add("act", step.value, step.origin) }
    for (mode, value) in config.privileges { add("privilege.\(mode)", value.value, value.origin) }
    return settings
  }

  private static func text(_ parts: [ValuePart]) -> String {
    parts.map { part in
      switch part {
      case .literal(let text): text
      case .variable(let name): "${\(name)}"
      }
    }.joined()
  }
}
