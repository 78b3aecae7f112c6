/// The language of tenancy: who shares a cluster, how much of it each may have, and who may do what there.
package enum TenancyLanguage {
  /// A file.
  package static let file: [GuardField] = [
    GuardField("tenants", .records(tenant), "Those who share a cluster", isRequired: true)
  ]

  private static let tenant = [
    GuardField("name", .text, "Its name: small letters, digits and hyphens", isRequired: true),
    GuardField("namespaces", .shorts(for: "name", namespace), "Its namespaces; one with its own name without it"),
    GuardField("quota", .record(quota), "The most that it may have in all"),
    GuardField("roles", .record(roles), "Who may do what in its namespaces; nobody without it"),
  ]

  private static let namespace = [
    GuardField("name", .text, "Its name: small letters, digits and hyphens", isRequired: true),
    GuardField("quota", .record(quota), "The most that it may have"),
  ]

  private static let quota = [
    GuardField("gpus", .short(for: "count", gpus), "GPUs at a time"),
    GuardField("cpu", .integer(1...1_000_000), "Processor cores at a time"),
    GuardField("memory", .text, "Memory at a time: 2TiB"),
    GuardField("workloads", .integer(0...100_000), "Workloads that there are, ended ones too"),
    GuardField("storage", .text, "The size of its volumes: 10TiB"),
  ]

  private static let gpus = [
    GuardField("count", .integer(0...1_000_000), "How many", isRequired: true),
    GuardField("maker", .choice(["nvidia", "amd"]), "Whose they are; there are none of another then"),
    GuardField(
      "by", .choice(["number", "claim"]), "How they are asked for, a bare number or with properties; no other way then"),
  ]

  private static let roles = [
    GuardField("admin", .texts(.name), "Groups that may do all there but raise the quota"),
    GuardField("operator", .texts(.name), "Groups that hand workloads over and end them"),
    GuardField("readonly", .texts(.name), "Groups that look, but at no secret"),
  ]
}
