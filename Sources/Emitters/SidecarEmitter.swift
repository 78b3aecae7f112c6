package import IR
import JSON

/// Writes `cllama.json`, the configuration of a sidecar.
package enum SidecarEmitter {
  /// The configuration.
  ///
  /// - Parameter tokens: the SHA-256 of each instance's token in hexadecimal digits, by instance; an instance without one
  ///   is left out, so that nobody can pass for it.
  /// - Parameter run: the run of the ledger that is open; nil for none.
  /// - Parameter bundles: where the bundles really lie, by the planned path: a sidecar looks for another one only where the
  ///   configuration says something else.
  package static func emit(
    _ sidecar: SidecarPlan, pod: String, tokens: [String: String], run: String? = nil,
    bundles: [String: String] = [:]
  ) -> [UInt8] {
    let instances = sidecar.instances.compactMap { instance -> JSONValue? in
      guard let token = tokens[instance.name] else { return nil }
      return [
        "name": .string(instance.name), "service": .string(instance.service), "token_sha256": .string(token),
      ]
    }
    var head: [JSONValue.Member] = [
      .init("schema", 1), .init("pod", .string(pod)), .init("instances", .array(instances)),
    ]
    if let run { head.append(.init("run", .string(run))) }
    let settings = sidecar.settings.map { member in
      member.name == "stages" ? JSONValue.Member(member.name, stages(member.value, bundles)) : member
    }
    return Array((JSONValue.object(head + settings).text(indented: true) + "\n").utf8)
  }

  private static func stages(_ value: JSONValue, _ bundles: [String: String]) -> JSONValue {
    .array(
      (value.array ?? []).map { stage in
        .object(
          (stage.members ?? []).map { member in
            guard member.name == "bundle", let path = member.value.string.flatMap({ bundles[$0] }) else {
              return member
            }
            return .init(member.name, .string(path))
          })
      })
  }
}
