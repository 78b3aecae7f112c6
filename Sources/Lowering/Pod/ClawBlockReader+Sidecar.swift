import Diagnostics
import Lexer
import Source

extension ClawBlockReader {
  mutating func cllama(_ node: YAMLNode) -> [PodText]? {
    let texts = texts(node, "cllama")
    let words = texts.flatMap { text in
      text.value.split(separator: " ").map { PodText(value: String($0), location: text.location) }
    }
    if texts.contains(where: { $0.value.isEmpty }) || words.isEmpty {
      report(PodRules.fieldType, node, "cllama is empty", help: "write 'none' to go without a sidecar")
      return nil
    }
    guard let none = words.first(where: { $0.value == "none" }) else { return words }
    if words.count > 1 {
      bag.report(
        PodRules.fieldType, at: none.location, "'none' is no part of a stack", help: "write it alone, or remove it")
    }
    return []
  }

  mutating func models(_ node: YAMLNode) -> [(String, PodText)] {
    guard let entries = node.mergedEntries else {
      if !node.isNull { report(PodRules.fieldType, node, "models must be a mapping") }
      return []
    }
    return entries.compactMap { entry in
      guard let slot = key(entry.key, "a model slot"), let reference = text(entry.value, "a model") else { return nil }
      guard ModelLowering.isReference(reference.value) else {
        report(
          PodRules.fieldType, entry.value, "'\(reference.value)' does not say which provider has the model",
          help: "write 'provider/model'")
        return nil
      }
      return (slot.value, reference)
    }
  }

  /// A variable of the sidecar: its value stays as it was written, for no artifact may hold a key.
  mutating func sidecarVariable(_ entry: YAMLEntry) -> (name: String, value: PodText)? {
    guard let name = entry.key.text, isVariable(name) else {
      report(PodRules.fieldType, entry.key, "this is no name of a variable", help: "use letters, digits and '_'")
      return nil
    }
    // It becomes a file's name beside claw's own.
    if ["CLAW_", "CLLAMA_"].contains(where: { name.utf8.starts(with: $0.utf8) }) {
      report(PodRules.fieldType, entry.key, "the sidecar's variable '\(name)' is claw's", help: "use another name")
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

  func isVariable(_ text: String) -> Bool {
    guard let first = text.utf8.first, !first.isASCIIDigit else { return false }
    return text.utf8.allSatisfy {
      $0.isASCIIAlphanumeric || $0 == 0x5F
    }
  }
}
