package import Diagnostics

/// The rules about tenancies.
package enum TenancyRules {
  /// All of them.
  package static let all: [Rule] = [
    documents, unknownKey, missingKey, fieldType, fieldValue, twice, name, quantity, quota, overQuota, lost,
  ]

  private static func tenant(_ lines: String) -> String {
    "tenants:\n  - name: research\n" + lines.split(separator: "\n").map { "    \($0)\n" }.joined()
  }

  static let documents = Rule(
    "tenancy/several-documents", .error, "A tenancy's file has more than one document",
    explanation: "A tenancy is one YAML document.", bad: tenant("") + "---\ntenants: []\n", good: tenant(""))

  static let unknownKey = Rule(
    "tenancy/unknown-key", .error, "A key means nothing where it stands",
    explanation: "A misspelt limit would silently be none, so every key must be one that the language has.",
    bad: tenant("quotas: {gpus: 8}"), good: tenant("quota: {gpus: 8}"))

  static let missingKey = Rule(
    "tenancy/missing-key", .error, "A key that must be there is not",
    explanation: "A tenant needs a name, and so does each of its namespaces.",
    bad: "tenants:\n  - quota: {gpus: 8}\n", good: tenant("quota: {gpus: 8}"))

  static let fieldType = Rule(
    "tenancy/field-type", .error, "A value has another type than its key",
    explanation: "Each key has a type: a text, a whole number, a list or a mapping. docs/tenancy.md has them all.",
    bad: tenant("quota: {cpu: many}"), good: tenant("quota: {cpu: 512}"))

  static let fieldValue = Rule(
    "tenancy/field-value", .error, "A value is none of those that its key can have",
    explanation: "Numbers have limits, and some keys take one of a few words.",
    bad: tenant("quota: {cpu: 0}"), good: tenant("quota: {cpu: 1}"))

  package static let twice = Rule(
    "tenancy/twice", .error, "A name is there twice",
    explanation: "Tenants and namespaces are told apart by their names, and a group has one role in a tenant.",
    bad: tenant("namespaces: [research, research]"), good: tenant("namespaces: [research, research-dev]"))

  package static let name = Rule(
    "tenancy/name", .error, "A name is none",
    explanation: """
      Names of tenants and namespaces are small letters, digits and hyphens, at most 63; those that begin with kube- are \
      Kubernetes' own. Groups are as the cluster's identity provider names them; those that begin with system: are \
      Kubernetes' own, and hold everybody or those who may do all.
      """,
    bad: tenant("namespaces: [kube-system]"), good: tenant("namespaces: [research-dev]"))

  package static let quantity = Rule(
    "tenancy/quantity", .error, "A size is none",
    explanation: "Sizes have a unit: MiB, GiB or TiB.", bad: tenant("quota: {memory: 2T}"),
    good: tenant("quota: {memory: 2TiB}"))

  package static let quota = Rule(
    "tenancy/quota", .error, "The namespaces of a tenant may have more together than it may have",
    explanation: """
      An engine counts in each namespace by itself. That a tenant's limit holds follows from its namespaces' limits only if \
      those make no more together.
      """,
    bad: tenant("quota: {gpus: 8}\nnamespaces:\n  - {name: a, quota: {gpus: 6}}\n  - {name: b, quota: {gpus: 4}}"),
    good: tenant("quota: {gpus: 8}\nnamespaces:\n  - {name: a, quota: {gpus: 6}}\n  - {name: b, quota: {gpus: 2}}"))

  package static let overQuota = Rule(
    "tenancy/over-quota", .error, "Workloads want more than their tenant may have",
    explanation: """
      The workloads that are checked together are counted as if all ran at the same moment, each with the most workers that \
      it may have and the choice of GPUs that has the most of them. An engine would leave the last of them waiting for ever.
      """)

  package static let lost = Rule(
    "tenancy/lost-field", .error, "An engine can't express a field",
    explanation: """
      A limit that an engine has no word for would be lost without a trace. Name it with --waive if that is what you want: \
      the artifact says then what was waived. docs/tenancy.md has the table.
      """)
}
