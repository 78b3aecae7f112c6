import Diagnostics
import IR
import JSON
import Lexer
import Source

/// Reads x-claw blocks: every field with its type, unknown ones refused with a near miss, variables expanded.
struct ClawBlockReader {
  let file: SourceFile
  let environment: Environment
  var bag = DiagnosticBag()
  private var channels: [String: JSONValue] = [:]

  init(file: SourceFile, environment: Environment) {
    self.file = file
    self.environment = environment
  }

  func location(_ node: YAMLNode) -> Location { Location(file, node.range) }

  mutating func report(_ rule: Rule, _ node: YAMLNode, _ message: String, help: String? = nil) {
    bag.report(rule, at: location(node), message, help: help)
  }

  // MARK: Values

  /// The fields of a block by name; unknown ones are reported.
  mutating func fields(_ node: YAMLNode, _ what: String, known: [String]) -> [(name: String, value: YAMLNode)] {
    guard let entries = node.mergedEntries else {
      if !node.isNull { report(PodRules.fieldType, node, "\(what) must be a mapping") }
      return []
    }
    var fields: [(String, YAMLNode)] = []
    for entry in entries {
      guard let name = entry.key.text else {
        report(PodRules.fieldType, entry.key, "a field's name must be a text")
        continue
      }
      guard known.contains(name) else {
        let near = Suggestion.nearest(to: name, in: known)
        report(
          PodRules.unknownField, entry.key, "\(what) has no field '\(name)'",
          help: near.map { "did you mean '\($0)'?" } ?? "it has \(known.joined(separator: ", "))")
        continue
      }
      fields.append((name, entry.value))
    }
    return fields
  }

  /// A text, variables expanded; numbers and truth values count as the text that was written.
  mutating func text(_ node: YAMLNode, _ what: String) -> PodText? {
    let node = node.resolved
    guard case .scalar(let raw, _) = node.content, !node.isNull, isPlainTag(node) else {
      report(PodRules.fieldType, node, "\(what) must be a text", help: "write it on one line, in quotes if need be")
      return nil
    }
    do throws(Interpolation.Failure) {
      let result = try Interpolation.expand(raw, environment)
      for use in result.uses where !use.isSet && !use.hasFallback {
        report(
          PodRules.variable, node, "the variable '\(use.name)' is not set",
          help: "set it, or write '${\(use.name):-default}'; '$$' is a '$'")
        return nil
      }
      return PodText(value: result.text, location: location(node))
    } catch {
      report(PodRules.variable, node, error.message, help: error.help)
      return nil
    }
  }

  private mutating func isPlainTag(_ node: YAMLNode) -> Bool {
    guard let tag = node.tag, !["!", "!!str", "!!int", "!!float", "!!bool"].contains(tag.text) else { return true }
    return false
  }

  /// Lists and mappings with a tag are none that an x-claw block knows.
  mutating func checkTags(_ node: YAMLNode) {
    switch node.content {
    case .scalar, .alias: return
    case .sequence(let elements, _): for element in elements { checkTags(element) }
    case .mapping(let entries, _): for entry in entries { checkTags(entry.value) }
    }
    guard let tag = node.tag, !["!", "!!seq", "!!map"].contains(tag.text) else { return }
    bag.report(
      PodRules.fieldType, at: Location(file, tag.range), "the tag '\(tag.text)' has no meaning in x-claw",
      help: "remove it")
  }

  /// A list of texts; one text counts as a list of one.
  mutating func texts(_ node: YAMLNode, _ what: String) -> [PodText] {
    if node.isNull { return [] }
    guard let elements = node.elements else { return text(node, what).map { [$0] } ?? [] }
    return elements.compactMap { text($0, what) }
  }

  /// A whole number in a range.
  mutating func integer(_ node: YAMLNode, _ rule: Rule, _ what: String, _ range: ClosedRange<Int>) -> Int? {
    if let text = node.text, node.style == .plain, let number = Int(text), range.contains(number),
      String(number) == text
    {
      return number
    }
    report(
      rule, node, "\(what) must be a whole number from \(range.lowerBound) to \(range.upperBound)",
      help: "write it without quotes")
    return nil
  }

  // MARK: Blocks

  mutating func pod(_ node: YAMLNode) -> PodBlock {
    var block = PodBlock()
    for (name, value) in fields(
      node, "the pod's x-claw", known: ["pod", "master", "handles-defaults", "network-range"])
    {
      switch name {
      case "pod": block.pod = text(value, "the pod's name")
      case "master": block.master = text(value, "the master")
      case "network-range": block.networkRange = text(value, "the network range")
      default: block.handleDefaults = handles(value)
      }
    }
    return block
  }

  static let serviceFields = [
    "agent", "persona", "cllama", "cllama-env", "count", "surfaces", "skills", "handles", "invoke", "include", "models",
    "privilege", "describe", "expose", "require_cllama",
  ]

  mutating func service(_ entry: YAMLEntry) -> ClawBlock {
    var block = ClawBlock(location: Location(file, entry.key.range))
    for (name, value) in fields(entry.value, "a service's x-claw", known: Self.serviceFields) {
      block.fields.insert(name)
      switch name {
      case "agent": block.agent = text(value, "agent")
      case "persona": block.persona = text(value, "persona")
      case "cllama": block.cllama = cllama(value)
      case "cllama-env":
        for entry in value.mergedEntries ?? [] {
          if let pair = sidecarVariable(entry) { block.cllamaEnvironment.append(pair) }
        }
        if value.entries == nil { report(PodRules.fieldType, value, "cllama-env must be a mapping") }
      case "count": block.count = integer(value, PodRules.count, "count", 1...1000)
      case "surfaces":
        channels = [:]
        block.surfaces = surfaces(value)
        block.channels = channels
      case "skills": block.skills = texts(value, "a skill")
      case "handles": block.handles = handles(value)
      case "invoke": block.invoke = invoke(value)
      case "include": block.includes = includes(value)
      case "models": block.models = models(value)
      case "privilege": block.privileges = privileges(value)
      case "describe": block.describe = describe(value)
      case "expose": block.expose = expose(value)
      default: block.requireCllama = texts(value, "a policy module")
      }
    }
    return block
  }

  /// A variable of the sidecar: its value stays as it was written, for no artifact may hold a key.
  private mutating func sidecarVariable(_ entry: YAMLEntry) -> (name: String, value: PodText)? {
    guard let name = entry.key.text, isVariable(name) else {
      report(PodRules.fieldType, entry.key, "this is no name of a variable", help: "use letters, digits and '_'")
      return nil
    }
    let node = entry.value.resolved
    guard case .scalar(let raw, _) = node.content, isPlainTag(node) else {
      report(PodRules.fieldType, node, "'\(name)' must be a text", help: "write '${\(name)}'")
      return nil
    }
    if node.isNull { return (name, PodText(value: "${\(name)}", location: location(entry.key))) }
    // Only its form is looked at: the variables need not be there before 'up'.
    var anything = environment
    for name in ProviderKeys.variables(in: raw) { anything.values[name] = "x" }
    do throws(Interpolation.Failure) {
      _ = try Interpolation.expand(raw, anything)
    } catch {
      report(PodRules.variable, node, error.message, help: error.help)
      return nil
    }
    if KeyShape.contains(raw) || (ProviderKeys.isKey(name) && !raw.utf8.contains(0x24)) {
      var diagnostic = Diagnostic(
        PodRules.providerKey, at: location(node), "the key '\(name)' is written out here",
        help: "write '${\(name)}' and keep the key in the environment")
      diagnostic.isSecret = true
      bag.add(diagnostic)
      return nil
    }
    return (name, PodText(value: raw, location: location(node)))
  }

  private func isVariable(_ text: String) -> Bool {
    guard let first = text.utf8.first, !(first >= 0x30 && first <= 0x39) else { return false }
    return text.utf8.allSatisfy {
      ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A) || ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x5F
    }
  }

  private mutating func cllama(_ node: YAMLNode) -> [PodText]? {
    let words = texts(node, "cllama")
    if words.contains(where: { $0.value.isEmpty }) || words.isEmpty {
      report(PodRules.fieldType, node, "cllama is empty", help: "write 'none' to go without a sidecar")
      return nil
    }
    if words.count == 1, words[0].value == "none" { return [] }
    return words.flatMap { word in
      word.value.split(separator: " ").map { PodText(value: String($0), location: word.location) }
    }
  }

  private mutating func surfaces(_ node: YAMLNode) -> [(Surface, Location)] {
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
  private mutating func json(_ node: YAMLNode) -> JSONValue {
    if let entries = node.mergedEntries {
      return .object(entries.map { .init($0.key.text ?? "", json($0.value)) })
    }
    if let elements = node.elements { return .array(elements.map { json($0) }) }
    switch YAMLScalar.resolve(node.text ?? "", style: node.style ?? .plain, tag: node.resolved.tag?.text) {
    case .null: return .null
    case .bool(let value): return .bool(value)
    case .int(let value): return .number(String(value))
    default: return text(node, "a channel's setting").map { .string($0.value) } ?? .null
    }
  }

  private mutating func handles(_ node: YAMLNode) -> [HandleBlock] {
    guard let entries = node.mergedEntries else {
      if !node.isNull { report(PodRules.fieldType, node, "handles must be a mapping") }
      return []
    }
    return entries.compactMap { handle($0) }
  }

  private mutating func handle(_ entry: YAMLEntry) -> HandleBlock? {
    guard let platform = text(entry.key, "a platform") else { return nil }
    var block = HandleBlock(platform: platform.value.lowercased(), location: location(entry.key))
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

  private mutating func invoke(_ node: YAMLNode) -> [(Invocation, Location)] {
    if node.isNull { return [] }
    guard let elements = node.elements else {
      report(PodRules.fieldType, node, "invoke must be a list")
      return []
    }
    var entries: [(Invocation, Location)] = []
    for element in elements {
      var values: [String: PodText] = [:]
      for (name, value) in fields(element, "an invoke entry", known: ["schedule", "message", "name", "to"]) {
        values[name] = text(value, name)
      }
      guard let schedule = values["schedule"], let message = values["message"] else {
        report(PodRules.schedule, element, "an invoke entry needs a schedule and a message")
        continue
      }
      let words = schedule.value.split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init)
      switch ScheduleParser.parse(words) {
      case .failure(let failure):
        bag.report(PodRules.schedule, at: schedule.location, failure.message, help: failure.help)
      case .success(let scheduleFields):
        if message.value.isEmpty || message.value.utf8.count > 64 << 10 || message.value.utf8.contains(0) {
          bag.report(PodRules.schedule, at: message.location, "a message has from 1 byte to 64 KiB, and no NUL")
          continue
        }
        if let name = values["name"], !isName(name.value) {
          bag.report(PodRules.schedule, at: name.location, "'\(name.value)' can't name an invoke entry")
        }
        entries.append(
          (
            Invocation(
              schedule: words.joined(separator: " "), fields: scheduleFields, message: message.value,
              name: values["name"]?.value, to: values["to"]?.value), location(element)
          ))
      }
    }
    return entries
  }

  private func isName(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 63
      && text.utf8.allSatisfy {
        ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A) || ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x2D || $0 == 0x5F
      }
  }

  private mutating func includes(_ node: YAMLNode) -> [IncludeBlock] {
    guard let elements = node.elements else {
      if !node.isNull { report(PodRules.fieldType, node, "include must be a list") }
      return []
    }
    var blocks: [IncludeBlock] = []
    for element in elements {
      var values: [String: PodText] = [:]
      for (name, value) in fields(element, "an include", known: ["id", "file", "mode", "description"]) {
        values[name] = text(value, name)
      }
      guard let id = values["id"], let file = values["file"], let mode = values["mode"] else {
        report(PodRules.fieldType, element, "an include needs id, file and mode")
        continue
      }
      guard let kind = IncludeBlock.Mode(rawValue: mode.value) else {
        bag.report(
          PodRules.fieldType, at: mode.location, "'\(mode.value)' is no mode of an include",
          help: "it is enforce, guide or reference")
        continue
      }
      if !isName(id.value) || blocks.contains(where: { $0.id.value == id.value }) {
        bag.report(
          PodRules.fieldType, at: id.location, "'\(id.value)' is there already or can't be an id",
          help: "use letters, digits, '-' and '_', each id once")
        continue
      }
      blocks.append(IncludeBlock(id: id, file: file, mode: kind, description: values["description"]))
    }
    return blocks
  }

  private mutating func models(_ node: YAMLNode) -> [(String, PodText)] {
    guard let entries = node.mergedEntries else {
      if !node.isNull { report(PodRules.fieldType, node, "models must be a mapping") }
      return []
    }
    return entries.compactMap { entry in
      guard let slot = entry.key.text, let reference = text(entry.value, "a model") else { return nil }
      guard reference.value.contains("/") else {
        report(
          PodRules.fieldType, entry.value, "'\(reference.value)' does not say which provider has the model",
          help: "write 'provider/model'")
        return nil
      }
      return (slot, reference)
    }
  }

  private mutating func privileges(_ node: YAMLNode) -> [(PrivilegeParser.Privilege, Location)] {
    guard let entries = node.mergedEntries else {
      if !node.isNull { report(PodRules.fieldType, node, "privilege must be a mapping") }
      return []
    }
    var privileges: [(PrivilegeParser.Privilege, Location)] = []
    for entry in entries {
      for value in texts(entry.value, "a privilege") {
        switch PrivilegeParser.parse(entry.key.text ?? "", value.value) {
        case .failure(let failure):
          bag.report(
            PodRules.privilege, at: failure.isAboutValue ? value.location : location(entry.key), failure.message,
            help: failure.help)
        case .success(let privilege): privileges.append((privilege, value.location))
        }
      }
    }
    return privileges
  }

  private mutating func describe(_ node: YAMLNode) -> DescribeBlock {
    var block = DescribeBlock()
    for (name, value) in fields(node, "describe", known: ["role", "inputs", "outputs", "capabilities"]) {
      if name == "role" {
        block.role = text(value, "role")
      } else {
        block.lists.append((name, texts(value, "an item of \(name)")))
      }
    }
    return block
  }

  private mutating func expose(_ node: YAMLNode) -> ExposeBlock? {
    var kind: PodText?
    var port: Int?
    for (name, value) in fields(node, "expose", known: ["protocol", "port"]) {
      if name == "protocol" {
        kind = text(value, "protocol")
      } else {
        port = integer(value, PodRules.expose, "a port", 1...65_535)
      }
    }
    guard let kind, let port else {
      report(PodRules.expose, node, "expose needs a protocol and a port")
      return nil
    }
    guard ["mcp", "rest", "grpc"].contains(kind.value) else {
      bag.report(
        PodRules.expose, at: kind.location, "'\(kind.value)' is no protocol of a service",
        help: "it is mcp, rest or grpc")
      return nil
    }
    return ExposeBlock(protocolName: kind.value, port: port)
  }
}
