package import Diagnostics

/// The rules about how a ruleset is written.
package enum PolicyRules {
  /// All of them.
  package static let all: [Rule] = [
    documents, empty, unknownKey, unsupportedGuard, twice, missingKey, fieldType, fieldValue,
  ]

  package static let documents = Rule(
    "policy/several-documents", .error, "A ruleset file has more than one document",
    explanation:
      "A ruleset is one YAML document: which of several would hold can't be told. Put each into its own file.",
    bad: "version: \"1.2.0\"\nname: a\nguards: {}\n---\nversion: \"1.2.0\"\nname: b\nguards: {}\n",
    good: "version: \"1.2.0\"\nname: a\ndescription: the one\nguards: {}\n")

  package static let empty = Rule(
    "policy/empty", .error, "A ruleset file has nothing in it",
    explanation: """
      The reference engine takes an empty file as a valid policy with all defaults, so that a file that was truncated \
      by mistake goes unnoticed. claw wants at least a version.
      """,
    bad: nil, good: nil)

  package static let unknownKey = Rule(
    "policy/unknown-key", .error, "A key means nothing where it stands",
    explanation: """
      A misspelt key would silently be a rule that does not hold, so every key must be one that the language has. Merge \
      keys are not part of it: what several rulesets share is a ruleset that they extend.
      """,
    bad: "version: \"1.2.0\"\nname: a\ndescription: b\nguards:\n  forbidden_path:\n    pattern: [\"**/.ssh/**\"]\n",
    good: "version: \"1.2.0\"\nname: a\ndescription: b\nguards:\n  forbidden_path:\n    patterns: [\"**/.ssh/**\"]\n")

  package static let unsupportedGuard = Rule(
    "policy/unsupported-guard", .error, "A guard of a later language version can't be decided by claw",
    explanation: """
      Later versions of the ruleset language have guards that need a model or a service (spider_sense). claw decides \
      with nothing but the ruleset and the event, and a guard that nobody judges must not look as if somebody did.
      """,
    bad: "version: \"1.2.0\"\nname: a\ndescription: b\nguards:\n  spider_sense:\n    enabled: true\n",
    good: "version: \"1.2.0\"\nname: a\ndescription: b\nguards:\n  prompt_injection:\n    block_at_or_above: high\n")

  package static let twice = Rule(
    "policy/key-twice", .error, "A field is given by two of its names",
    explanation: "Some fields have two names ('block' and 'deny'). Giving both leaves open which one holds.",
    bad: "version: \"1.2.0\"\nname: a\ndescription: b\nguards:\n  mcp_tool:\n    block: [x]\n    deny: [y]\n",
    good: "version: \"1.2.0\"\nname: a\ndescription: b\nguards:\n  mcp_tool:\n    block: [x, y]\n")

  package static let missingKey = Rule(
    "policy/missing-key", .error, "A key that must be there is not",
    explanation: "Some mappings mean nothing without certain keys: a secret pattern needs a name and a pattern.",
    bad: """
      version: "1.2.0"
      name: a
      description: b
      guards:
        secret_leak:
          patterns: [{name: token}]

      """,
    good: """
      version: "1.2.0"
      name: a
      description: b
      guards:
        secret_leak:
          patterns: [{name: token, pattern: "tok_[a-z]{20}"}]

      """)

  package static let fieldType = Rule(
    "policy/field-type", .error, "A field has a value of the wrong type",
    explanation: """
      Rulesets are read strictly, as the reference engine reads them: 'yes' and "true" are texts and no truth values, \
      '010', '1_000' and '1e3' are no whole numbers, one text is no list.
      """,
    bad:
      "version: \"1.2.0\"\nname: a\ndescription: b\nguards:\n  forbidden_path:\n    enabled: yes\n    patterns: [\"/a/**\"]\n",
    good:
      "version: \"1.2.0\"\nname: a\ndescription: b\nguards:\n  forbidden_path:\n    enabled: true\n    patterns: [\"/a/**\"]\n"
  )

  package static let fieldValue = Rule(
    "policy/field-value", .error, "A field has a value that it can't have",
    explanation:
      "Words must be one of those that the field knows, in small letters; numbers must lie in the field's range.",
    bad: "version: \"1.2.0\"\nname: a\ndescription: b\nguards:\n  egress_allowlist:\n    default_action: Block\n",
    good: "version: \"1.2.0\"\nname: a\ndescription: b\nguards:\n  egress_allowlist:\n    default_action: block\n")
}
