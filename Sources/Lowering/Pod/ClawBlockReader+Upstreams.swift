import Diagnostics
import IR
import JSON
import Lexer
import Source

extension ClawBlockReader {
  /// The providers that a pod declares.
  mutating func upstreams(_ node: YAMLNode) -> [UpstreamBlock] {
    named(node, "upstreams", "an upstream").compactMap { name, value in upstream(name, value) }
  }

  /// The entries of a mapping whose keys become parts of paths and host names.
  private mutating func named(_ node: YAMLNode, _ field: String, _ what: String) -> [(PodText, YAMLNode)] {
    guard let entries = node.mergedEntries else {
      if !node.isNull { report(PodRules.fieldType, node, "\(field) must be a mapping") }
      return []
    }
    return entries.compactMap { entry in key(entry.key, what).map { ($0, entry.value) } }
  }

  private mutating func upstream(_ name: PodText, _ node: YAMLNode) -> UpstreamBlock? {
    var texts: [String: PodText] = [:]
    var port: Int?
    let known = ["service", "port", "path", "url", "api", "key", "key-file"]
    for (field, value) in fields(node, "an upstream", known: known) {
      if field == "port" {
        port = integer(value, PodRules.fieldType, "port", 1...65_535)
      } else {
        texts[field] = filled(value, field)
      }
    }
    let word = texts["api"]?.value ?? "openai"
    guard let api = UpstreamAPI(rawValue: word) else {
      report(PodRules.fieldType, node, "'\(word)' is no API of a provider", help: "it is openai or anthropic")
      return nil
    }
    guard let place = place(texts, port, node) else { return nil }
    if texts["key"] != nil, let file = texts["key-file"] {
      bag.report(PodRules.fieldType, at: file.location, "an upstream has one key", help: "remove 'key' or 'key-file'")
    }
    if let key = texts["key"] {
      guard isVariable(key.value) else {
        var diagnostic = Diagnostic(
          KeyShape.contains(key.value) ? PodRules.providerKey : PodRules.fieldType, at: key.location,
          "'key' names the variable that holds the key", help: "write its name, such as \(name.value.uppercased())_KEY")
        diagnostic.isSecret = true
        bag.add(diagnostic)
        return nil
      }
    }
    let key: UpstreamBlock.Key = texts["key"].map { .variable($0) } ?? texts["key-file"].map { .file($0) } ?? .none
    return UpstreamBlock(name: name, place: place, api: api, key: key)
  }

  private mutating func place(_ texts: [String: PodText], _ port: Int?, _ node: YAMLNode) -> UpstreamBlock.Place? {
    switch (texts["service"], texts["url"]) {
    case (let service?, nil):
      guard let port else {
        report(PodRules.fieldType, node, "an upstream that is a service needs its port", help: "add 'port: 9000'")
        return nil
      }
      let path = texts["path"]?.value ?? "/v1"
      guard path.utf8.first == 0x2F, Self.isPath(path) else {
        report(PodRules.fieldType, node, "'\(path)' is no path", help: "write it like '/v1'")
        return nil
      }
      return .service(service, port: port, path: path == "/" ? "" : path)
    case (nil, let url?):
      for field in ["port", "path"] where field == "port" ? port != nil : texts[field] != nil {
        report(PodRules.fieldType, node, "'\(field)' is for an upstream that is a service", help: "write it in 'url'")
      }
      guard Self.isURL(url.value) else {
        bag.report(
          PodRules.fieldType, at: url.location, "'\(url.value)' is no address of a provider",
          help: "write it like 'https://api.example.com/v1', with no user, query or fragment")
        return nil
      }
      return .url(url)
    default:
      report(
        PodRules.fieldType, node, "an upstream is a service of the pod or has a URL",
        help: "write '{service: NAME, port: 9000}' or '{url: \"https://…\"}'")
      return nil
    }
  }

  private static func isPath(_ text: String) -> Bool {
    text.utf8.allSatisfy { $0.isASCIIAlphanumeric || "/-._~".utf8.contains($0) }
  }

  private static func isURL(_ text: String) -> Bool {
    guard let scheme = ["https://", "http://"].first(where: { text.utf8.starts(with: $0.utf8) }) else { return false }
    let rest = text.dropFirst(scheme.count)
    let host = rest.prefix { $0 != "/" }
    let parts = host.utf8.split(separator: 0x3A, omittingEmptySubsequences: false)
    guard parts.count <= 2, let name = parts.first, !name.isEmpty, name.count <= 253 else { return false }
    guard name.allSatisfy({ $0.isASCIIAlphanumeric || "-.".utf8.contains($0) }) else { return false }
    if parts.count == 2, Int(String(decoding: parts[1], as: UTF8.self)).map({ (1...65_535).contains($0) }) != true {
      return false
    }
    return isPath(String(rest.dropFirst(host.count)))
  }

  // MARK: Policies and stages

  /// The policies that a pod declares: a ruleset's path, or a bundle with its signer's key.
  mutating func policies(_ node: YAMLNode) -> [PolicyBlock] {
    named(node, "policies", "a policy").compactMap { name, value in
      if value.entries == nil { return filled(value, "a policy").map { PolicyBlock(name: name, path: $0, key: nil) } }
      var texts: [String: PodText] = [:]
      for (field, value) in fields(value, "a policy", known: ["bundle", "key"]) { texts[field] = filled(value, field) }
      guard let bundle = texts["bundle"], let key = texts["key"] else {
        report(
          PodRules.fieldType, value, "a policy is a ruleset, or a bundle with the public key of its signer",
          help: "write './policy.yml', or '{bundle: ./policy.bundle.json, key: ./signer.pub}'")
        return nil
      }
      return PolicyBlock(name: name, path: bundle, key: key)
    }
  }

  /// The settings of stages, by the words that stacks have.
  mutating func stages(_ node: YAMLNode) -> [StageSettings] {
    guard let entries = node.mergedEntries else {
      if !node.isNull { report(PodRules.fieldType, node, "stages must be a mapping") }
      return []
    }
    var stages: [StageSettings] = []
    for entry in entries {
      guard let name = text(entry.key, "a stage") else { continue }
      guard CllamaLowering.isStage(name.value) else {
        bag.report(
          PodRules.fieldType, at: name.location, "'\(name.value)' is no stage of the sidecar",
          help: "write one of \(CllamaLowering.stages.map { $0 + "/…" }.joined(separator: ", "))")
        continue
      }
      guard entry.value.entries != nil || entry.value.isNull else {
        report(PodRules.fieldType, entry.value, "the settings of a stage must be a mapping")
        continue
      }
      stages.append(StageSettings(name: name, settings: entry.value.isNull ? .object([]) : json(entry.value)))
    }
    return stages
  }
}
