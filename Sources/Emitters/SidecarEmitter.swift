package import IR
import JSON

/// Writes `cllama.json`, the configuration of a sidecar.
package enum SidecarEmitter {
  /// The configuration.
  ///
  /// - Parameter tokens: the SHA-256 of each instance's token in hexadecimal digits, by instance; an instance without one
  ///   is left out, so that nobody can pass for it.
  package static func emit(_ sidecar: SidecarPlan, pod: String, tokens: [String: String]) -> [UInt8] {
    let instances = sidecar.instances.compactMap { instance -> JSONValue? in
      guard let token = tokens[instance.name] else { return nil }
      return [
        "name": .string(instance.name), "service": .string(instance.service), "token_sha256": .string(token),
      ]
    }
    let head: [JSONValue.Member] = [
      .init("schema", 1), .init("pod", .string(pod)), .init("instances", .array(instances)),
    ]
    return Array((JSONValue.object(head + sidecar.settings).text(indented: true) + "\n").utf8)
  }
}
