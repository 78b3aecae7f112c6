package import Source

/// The governance packs that come with claw.
package enum BuiltInPacks {
  /// Their names.
  package static let names = ["agent-session", "change-shipping", "incident-postmortem", "release"]

  /// The text of one; nil if there is none of that name.
  package static func file(_ name: String) -> SourceFile? {
    let bytes: [UInt8]
    switch name {
    case "agent-session": bytes = PackageResources.agent_session_yml
    case "change-shipping": bytes = PackageResources.change_shipping_yml
    case "incident-postmortem": bytes = PackageResources.incident_postmortem_yml
    case "release": bytes = PackageResources.release_yml
    default: return nil
    }
    return SourceFile(path: "\(name).yml", bytes: bytes)
  }
}
