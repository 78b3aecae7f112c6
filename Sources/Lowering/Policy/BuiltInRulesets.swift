package import Source

/// The rulesets that come with claw.
package enum BuiltInRulesets {
  /// Their names: first those that stand alone, then overlays that make another one stricter.
  package static let names = [
    "default", "strict", "ai-agent", "cicd", "permissive", "soc2", "hipaa", "gdpr", "pci-dss",
  ]

  /// The text of one; nil if there is none of that name.
  package static func file(_ name: String) -> SourceFile? {
    let bytes: [UInt8]
    switch name {
    case "default": bytes = PackageResources.default_yml
    case "strict": bytes = PackageResources.strict_yml
    case "ai-agent": bytes = PackageResources.ai_agent_yml
    case "cicd": bytes = PackageResources.cicd_yml
    case "permissive": bytes = PackageResources.permissive_yml
    case "soc2": bytes = PackageResources.soc2_yml
    case "hipaa": bytes = PackageResources.hipaa_yml
    case "gdpr": bytes = PackageResources.gdpr_yml
    case "pci-dss": bytes = PackageResources.pci_dss_yml
    default: return nil
    }
    return SourceFile(path: "\(name).yml", bytes: bytes)
  }
}
