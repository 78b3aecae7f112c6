import Diagnostics
import IR
import JSON
import Lexer
import Source

extension ClawBlockReader {
  /// The `gateway` block of a pod or a service.
  mutating func gateway(_ node: YAMLNode) -> GatewayBlock {
    var block = GatewayBlock()
    let known = GatewayBlock.sections.map(\.name) + ["models", "prices", "sinks", "topology"]
    for (name, value) in fields(node, "gateway", known: known) {
      switch name {
      case "topology":
        guard let text = text(value, name) else { continue }
        let words = SidecarPlan.Topology.allCases.map(\.rawValue)
        guard let topology = SidecarPlan.Topology(rawValue: text.value) else {
          report(PodRules.fieldType, value, "'\(text.value)' is no topology", help: "it is \(Self.choice(words))")
          continue
        }
        block.topology = (topology, text.location)
      case "models": models(value, into: &block.models)
      case "prices": block.prices = prices(value)
      case "sinks": block.sinks = sinks(value)
      default:
        guard let section = GatewayBlock.sections.first(where: { $0.name == name }) else { continue }
        block.values[name] = plain(value, section.name, section.fields)
      }
    }
    return block
  }

  private static func choice(_ words: [String]) -> String {
    words.dropLast().joined(separator: ", ") + " or " + (words.last ?? "")
  }

  private mutating func plain(
    _ node: YAMLNode, _ section: String, _ table: [(name: String, kind: GatewayBlock.Kind)]
  ) -> [(name: String, value: JSONValue)] {
    var values: [(String, JSONValue)] = []
    for (name, value) in fields(node, section, known: table.map(\.name)) {
      guard let kind = table.first(where: { $0.name == name })?.kind, let read = plain(value, name, kind) else {
        continue
      }
      values.append((GatewayBlock.key(name), read))
    }
    return values
  }

  private mutating func plain(_ node: YAMLNode, _ name: String, _ kind: GatewayBlock.Kind) -> JSONValue? {
    switch kind {
    case .number(let range): return integer(node, PodRules.fieldType, name, range).map { JSONValue($0) }
    case .amount: return amount(node, name).map { .string($0) }
    case .fraction:
      guard let text = text(node, name) else { return nil }
      if let number = Double(text.value), 0...1 ~= number { return .string(text.value) }
      report(PodRules.fieldType, node, "'\(text.value)' can't be '\(name)'", help: "it is a number from 0 to 1")
      return nil
    case .word(let words):
      guard let text = text(node, name) else { return nil }
      if words.contains(text.value) { return .string(text.value) }
      report(PodRules.fieldType, node, "'\(text.value)' can't be '\(name)'", help: "it is \(Self.choice(words))")
      return nil
    }
  }

  /// An amount of money: a text of decimal digits, so that nothing of it is rounded.
  private mutating func amount(_ node: YAMLNode, _ name: String) -> String? {
    guard let text = text(node, name) else { return nil }
    let parts = text.value.utf8.split(separator: 0x2E, omittingEmptySubsequences: false)
    let isAmount = parts.count <= 2 && parts.allSatisfy { (1...9).contains($0.count) && $0.allSatisfy(\.isASCIIDigit) }
    if isAmount { return text.value }
    report(
      PodRules.fieldType, node, "'\(text.value)' is no amount of US dollars",
      help: "write it like '5' or '0.25', with nine digits at most on each side")
    return nil
  }

  /// Sinks as docs/sinks.md has them, with `-` for `_`. `token` and `secret` name variables of `cllama-env`.
  private mutating func sinks(_ node: YAMLNode) -> [JSONValue] {
    guard let elements = node.elements else {
      if !node.isNull { report(PodRules.fieldType, node, "sinks must be a list") }
      return []
    }
    return elements.compactMap { element in
      guard element.entries != nil, case .object(let members) = json(element) else {
        report(
          PodRules.fieldType, element, "a sink must be a mapping", help: "write '{name: siem, kind: webhook, url: …}'")
        return nil
      }
      return .object(
        members.map { member in
          if member.name == "token" || member.name == "secret", let name = member.value.string {
            return .init("\(member.name)_file", .string("\(SidecarFiles.secrets)/\(name)"))
          }
          return .init(GatewayBlock.key(member.name), member.value)
        })
    }
  }

  // MARK: Models

  private mutating func models(_ node: YAMLNode, into block: inout GatewayBlock.Models) {
    for (name, value) in fields(node, "models of a gateway", known: ["allow", "default", "fallback", "aliases"]) {
      switch name {
      case "allow": block.allow = references(value)
      case "default": block.usual = reference(value)
      case "fallback": block.fallback = references(value)
      default:
        for entry in value.mergedEntries ?? [] {
          guard let alias = filled(entry.key, "an alias"), let model = reference(entry.value) else { continue }
          block.aliases.append((alias.value, model))
        }
        if value.entries == nil, !value.isNull { report(PodRules.fieldType, value, "aliases must be a mapping") }
      }
    }
  }

  private mutating func references(_ node: YAMLNode) -> [PodText] {
    (node.elements ?? (node.isNull ? [] : [node])).compactMap { reference($0) }
  }

  private mutating func reference(_ node: YAMLNode) -> PodText? {
    guard let text = text(node, "a model") else { return nil }
    if ModelLowering.isReference(text.value) { return text }
    report(
      PodRules.fieldType, node, "'\(text.value)' does not say which provider has the model",
      help: "write 'provider/model'")
    return nil
  }

  private mutating func prices(_ node: YAMLNode) -> [(model: PodText, rates: [JSONValue.Member])] {
    guard let entries = node.mergedEntries else {
      if !node.isNull { report(PodRules.fieldType, node, "prices must be a mapping") }
      return []
    }
    var prices: [(PodText, [JSONValue.Member])] = []
    for entry in entries {
      guard let model = reference(entry.key) else { continue }
      var rates: [String: String] = [:]
      let names = ["input", "output", "cached"]
      for (name, value) in fields(entry.value, "a price", known: names) { rates[name] = amount(value, name) }
      guard rates["input"] != nil, rates["output"] != nil else {
        report(
          PodRules.fieldType, entry.value, "the price of '\(model.value)' lacks input or output",
          help: "write US dollars for a million tokens: '{input: 0.20, output: 0.60}'")
        continue
      }
      prices.append((model, names.compactMap { name in rates[name].map { .init(name, .string($0)) } }))
    }
    return prices
  }
}
