import JSON

/// What events touch, by the names under which guards judge it.
package enum ObservedNames {
  /// Every path that an allowlist must have for an action to pass, in the hardened profile.
  package static func paths(of action: PolicyAction) -> [String] {
    let targets: [PolicyAction.FileTarget]
    switch action {
    case .fileRead(let target), .fileWrite(let target, _): targets = [target]
    case .patch(let target, let content):
      targets =
        [target]
        + UnifiedDiff(content).targets.map { .init(String(decoding: $0, as: UTF8.self), folder: target.folder) }
    default: return []
    }
    var result: [String] = []
    for form in targets.flatMap({ PathForm.forms(of: $0) }) where form.isReal {
      let path = String(decoding: form.path, as: UTF8.self)
      if !result.contains(path) { result.append(path) }
    }
    return result
  }

  /// Whether a record of an event says that it was denied then.
  package static func wasDenied(_ event: PolicyEvent) -> Bool {
    let metadata = event.metadata?.value
    for part in [metadata, metadata?["decision"]] {
      guard let part else { continue }
      if part["denied"]?.bool == true || part["allowed"]?.bool == false { return true }
      if ["blocked", "denied", "deny"].contains(part["outcome"]?.string ?? part["decision"]?.string ?? "") {
        return true
      }
    }
    return false
  }
}
