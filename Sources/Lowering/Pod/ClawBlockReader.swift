import Diagnostics
import IR
import JSON
import Lexer
import Parser
import Source

/// Reads x-claw blocks: every field with its type, unknown ones refused with a near miss, variables expanded.
struct ClawBlockReader {
  let file: SourceFile
  let environment: Environment
  var bag = DiagnosticBag()
  var channels: [String: JSONValue] = [:]

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

  mutating func isPlainTag(_ node: YAMLNode) -> Bool {
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

  /// A text that becomes part of a label's key or a variable's name.
  mutating func key(_ node: YAMLNode, _ what: String, ignoringCase: Bool = false) -> PodText? {
    guard var text = text(node, what) else { return nil }
    if ignoringCase { text.value = text.value.lowercased() }
    if LabelKey.isPart(text.value) { return text }
    report(PodRules.fieldType, node, "'\(text.value)' can't be \(what)", help: LabelKey.help)
    return nil
  }

  /// A list of texts; one text counts as a list of one.
  mutating func texts(_ node: YAMLNode, _ what: String) -> [PodText] {
    if node.isNull { return [] }
    guard let elements = node.elements else { return text(node, what).map { [$0] } ?? [] }
    return elements.compactMap { text($0, what) }
  }

  /// A text that says something.
  mutating func filled(_ node: YAMLNode, _ what: String) -> PodText? {
    text(node, what).flatMap { filled([$0], what).first }
  }

  /// Those of some texts that say something; the others are reported.
  mutating func filled(_ texts: [PodText], _ what: String) -> [PodText] {
    texts.filter { text in
      if !text.value.isEmpty { return true }
      bag.report(PodRules.fieldType, at: text.location, "\(what) is empty", help: "remove it, or write what it is")
      return false
    }
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
      help: node.style != .plain && node.text.map { Int($0) != nil } == true
        ? "write it without quotes" : "write it like '\(what): \(min(2, range.upperBound))'")
    return nil
  }

  // MARK: Blocks

  mutating func pod(_ node: YAMLNode) -> PodBlock {
    var block = PodBlock()
    for (name, value) in fields(
      node, "the pod's x-claw",
      known: [
        "pod", "master", "handles-defaults", "network-range", "upstreams", "policies", "stages", "gateway",
      ])
    {
      switch name {
      case "pod": block.pod = text(value, "the pod's name")
      case "master": block.master = text(value, "the master")
      case "network-range": block.networkRange = text(value, "the network range")
      case "upstreams": block.upstreams = upstreams(value)
      case "policies": block.policies = policies(value)
      case "stages": block.stages = stages(value)
      case "gateway": block.gateway = gateway(value)
      default: block.handleDefaults = handles(value)
      }
    }
    return block
  }

  static let serviceFields = [
    "agent", "persona", "cllama", "cllama-env", "count", "surfaces", "skills", "handles", "invoke", "include", "models",
    "gateway", "privilege", "describe", "expose", "require_cllama", "workload",
  ]

  mutating func service(_ entry: YAMLEntry) -> ClawBlock {
    var block = ClawBlock(location: Location(file, entry.key.range))
    let fields = fields(entry.value, "a service's x-claw", known: Self.serviceFields)
    for (name, value) in fields {
      block.fields.insert(name)
      switch name {
      case "agent": block.agent = filled(value, "agent")
      case "persona": block.persona = filled(value, "persona")
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
      case "gateway": block.gateway = gateway(value)
      case "privilege": privileges(value, into: &block)
      case "describe": block.describe = describe(value)
      case "expose": block.expose = expose(value)
      case "workload": block.workload = WorkloadParser.parse(block: value, of: file, into: &bag)
      default: block.requireCllama = filled(texts(value, "a policy module"), "a policy module")
      }
    }
    if block.isClaw {
      for (name, value) in fields where name == "expose" || name == "require_cllama" {
        report(
          PodRules.fieldType, value, "'\(name)' says how a plain service is reached, and this one is a claw",
          help: "remove it: nothing can reach a claw")
      }
    }
    return block
  }
}
