import Diagnostics
import Source

extension PodLowering {
  /// What a claw's image may not be built with: it must stay the image that its Clawfile says.
  mutating func checkBuild(_ claw: ResolvedClaw) {
    guard let build = claw.service.build else { return }
    let contexts = ComposeService.pairs(build["additional_contexts"])
    if contexts.isEmpty { return }
    let sources = Set(claw.image.sources.map { Self.sourceName($0) })
    for context in contexts {
      if sources.contains(Self.sourceName(context.key)) {
        bag.report(
          PodRules.refusedKey, at: context.keyLocation,
          "the context '\(context.key)' would take the place of what the Clawfile of '\(claw.service.name)' is built on",
          help: "give the context a name that no FROM has")
      }
      if let path = context.value.string, let reason = HostPaths.refusal(path) {
        bag.report(
          PodRules.refusedMount, at: context.value.location,
          "the claw '\(claw.service.name)' can't be built with '\(path)': it is \(reason)",
          help: "copy what the build needs into a folder of its own")
      }
    }
  }

  /// A name of FROM as a build compares it: of images the whole reference, without a platform behind it.
  private static func sourceName(_ name: String) -> String {
    var text = name.lowercased()
    if let platform = text.firstRange(of: "::") { text = String(text[..<platform.lowerBound]) }
    guard let image = try? ImageReference(text) else { return text }
    let tag = image.digest == nil ? ":" + (image.tag ?? "latest") : ""
    return "\(image.domain)/\(image.path)\(tag)\(image.digest ?? "")"
  }
}
