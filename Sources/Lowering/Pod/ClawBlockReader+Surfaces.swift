import Diagnostics
import IR
import JSON
import Lexer
import Source

extension ClawBlockReader {
  mutating func surfaces(_ node: YAMLNode) -> [(Surface, Location)] {
    if node.isNull { return [] }
    guard let elements = node.elements else {
      report(PodRules.fieldType, node, "surfaces must be a list")
      return []
    }
    return elements.compactMap { surface($0) }
  }

  /// `uri`, `uri mode`, or a mapping `uri: mode`.
  private mutating func surface(_ node: YAMLNode) -> (Surface, Location)? {
    var uri: String
    var mode: String?
    var settings: JSONValue?
    if let entry = node.entries?.first {
      guard node.entries?.count == 1, let key = text(entry.key, "a surface") else {
        report(PodRules.fieldType, node, "a surface has one key: its URI")
        return nil
      }
      uri = key.value
      // A channel's settings are a mapping, for the runner: they come to it in the skill map.
      if entry.value.entries != nil {
        guard uri.lowercased().hasPrefix("channel://") else {
          report(
            PodRules.surface, entry.value, "only a channel has settings", help: "write 'URI: read-only' or 'read-write'"
          )
          return nil
        }
        settings = json(entry.value)
      } else if !entry.value.isNull {
        guard let word = text(entry.value, "an access mode") else { return nil }
        mode = word.value
      }
    } else {
      guard let text = text(node, "a surface") else { return nil }
      let words = text.value.split(separator: " ").map(String.init)
      guard (1...2).contains(words.count) else {
        report(PodRules.surface, node, "a surface is a URI and perhaps a mode")
        return nil
      }
      uri = words[0]
      mode = words.count > 1 ? words[1] : nil
    }
    switch SurfaceParser.parse(uri, mode: mode) {
    case .failure(let failure):
      report(PodRules.surface, node, failure.message, help: failure.help)
      return nil
    case .success(let surface):
      if let settings { channels[surface.target] = settings }
      return (surface, location(node))
    }
  }

  /// Settings as JSON: what YAML takes for numbers and truth values are that, texts have their variables expanded.
  mutating func json(_ node: YAMLNode) -> JSONValue {
    if let entries = node.mergedEntries {
      return .object(entries.map { .init($0.key.text ?? "", json($0.value)) })
    }
    if let elements = node.elements { return .array(elements.map { json($0) }) }
    switch YAMLScalar.resolve(node.text ?? "", style: node.style ?? .plain, tag: node.resolved.tag?.text) {
    case .null: return .null
    case .bool(let value): return .bool(value)
    case .int(let value): return .number(String(value))
    case .float where JSONValue.isNumber(node.text ?? ""): return .number(node.text ?? "0")
    default: return text(node, "a setting").map { .string($0.value) } ?? .null
    }
  }

  mutating func handles(_ node: YAMLNode) -> [HandleBlock] {
    guard let entries = node.mergedEntries else {
      if !node.isNull { report(PodRules.fieldType, node, "handles must be a mapping") }
      return []
    }
    var blocks: [HandleBlock] = []
    for entry in entries {
      guard let block = handle(entry) else { continue }
      if let earlier = blocks.first(where: { $0.platform == block.platform }) {
        bag.report(
          PodRules.fieldType, at: block.location, "the handle '\(block.platform)' is there already",
          help: "remove one of the two", labels: [.init(earlier.location, "the other one")])
        continue
      }
      blocks.append(block)
    }
    return blocks
  }

  private mutating func handle(_ entry: YAMLEntry) -> HandleBlock? {
    guard let platform = key(entry.key, "a platform", ignoringCase: true) else { return nil }
    var block = HandleBlock(platform: platform.value, location: location(entry.key))
    if entry.value.isNull { return block }
    guard entry.value.entries != nil else {
      block.id = text(entry.value, "an id")
      return block
    }
    for (name, value) in fields(entry.value, "a handle", known: ["id", "username", "guilds"]) {
      switch name {
      case "id": block.id = text(value, "an id")
      case "username": block.username = text(value, "a user name")
      default:
        if value.elements == nil, !value.isNull { report(PodRules.fieldType, value, "guilds must be a list") }
        for guild in value.elements ?? [] {
          if let id = guild["id"].map({ text($0, "a guild's id") }) ?? text(guild, "a guild's id") {
            block.guilds.append(id.value)
          }
        }
      }
    }
    return block
  }
}

extension JSONValue {
  /// Whether a text is a number of JSON's as it stands.
  fileprivate static func isNumber(_ text: String) -> Bool {
    if case .number? = try? JSONParser.parse(text.utf8) { true } else { false }
  }
}
