import Diagnostics
import Lexer
import Source

extension PodLowering {
  /// The variables that hold the keys of the pod's own upstreams: those that are named as keys, and those that they are
  /// filled from.
  private var upstreamKeys: Set<String> {
    var keys: Set<String> = []
    for upstream in podBlock.upstreams { if case .variable(let name) = upstream.key { keys.insert(name.value) } }
    let pairs = blocks.values.flatMap(\.cllamaEnvironment)
    for pair in pairs where keys.contains(pair.name) { keys.formUnion(ProviderKeys.variables(in: pair.value.value)) }
    return keys
  }

  /// A provider's key reaches a claw by no way: not as a variable or label of that name, not by `${…}` in any value, not
  /// as the key itself.
  mutating func checkProviderKeys(_ claw: ResolvedClaw) {
    let name = claw.service.name
    let own = upstreamKeys
    func isKey(_ name: String) -> Bool { own.contains(name) || ProviderKeys.isKey(name) }
    search(claw.service.value, below: nil, name, isKey)
    for variable in claw.service.envFileVariables {
      if isKey(variable.name) {
        reportKey(variable.location, "'\(variable.name)' reaches the claw '\(name)' by env_file")
      } else if KeyShape.contains(variable.value) {
        reportKey(variable.location, "'\(variable.name)' has the shape of a real key", isSecret: true)
      }
    }
    let grants = [
      ("secrets", claw.service["secrets"]), ("configs", claw.service["configs"]),
      ("secrets", claw.service.build?["secrets"]),
    ]
    for (key, list) in grants {
      for grant in list?.elements ?? [] {
        guard let source = grant["source"]?.string ?? grant.string,
          let resource = (key == "secrets" ? project.secrets : project.configs).first(where: { $0.key == source })
        else { continue }
        if let variable = resource.value["environment"]?.string, isKey(variable) {
          reportKey(grant.location, "'\(variable)' reaches the claw '\(name)' by '\(source)'")
        }
        if let content = resource.value["content"] { search(content, below: source, name, isKey) }
      }
    }
  }

  /// - Parameter key: the nearest key that the value stands below.
  private mutating func search(_ value: ComposeValue, below key: String?, _ service: String, _ isKey: (String) -> Bool)
  {
    var what: String { key.map { "'\($0)'" } ?? "a value" }
    switch value.content {
    case .mapping(let entries):
      for entry in entries {
        if isKey(entry.key) {
          reportKey(
            entry.keyLocation, "the claw '\(service)' is handed the key '\(entry.key)'", name: entry.key)
        } else {
          search(entry.value, below: entry.key, service, isKey)
        }
      }
    case .sequence(let elements):
      for element in elements {
        let name = element.string?.utf8.split(separator: 0x3D, maxSplits: 1).first.map { String(Substring($0)) } ?? ""
        if isKey(name) {
          reportKey(element.location, "the claw '\(service)' is handed the key '\(name)'", name: name)
        } else {
          search(element, below: key, service, isKey)
        }
      }
    case .string(let text):
      let used = value.variables.map(\.name) + ProviderKeys.variables(in: value.node?.text ?? "")
      if let key = used.first(where: isKey) {
        reportKey(value.location, "\(what) of the claw '\(service)' holds the key '\(key)'", name: key)
      } else if KeyShape.contains(text) {
        reportKey(value.location, "\(what) of the claw '\(service)' has the shape of a real key", isSecret: true)
      }
    default: break
    }
  }

  private mutating func reportKey(_ place: Location, _ message: String, name: String? = nil, isSecret: Bool = false) {
    var diagnostic = Diagnostic(
      PodRules.providerKey, at: place, message,
      help: isSecret
        ? "revoke it, and give the new one to the sidecar"
        : "give it to the sidecar: 'cllama-env: {\(name ?? "NAME"): …}'")
    diagnostic.isSecret = isSecret
    bag.add(diagnostic)
  }
}
