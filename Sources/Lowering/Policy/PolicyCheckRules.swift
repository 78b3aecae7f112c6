package import Diagnostics

/// The rules about what a ruleset says.
package enum PolicyCheckRules {
  /// All of them.
  package static let all: [Rule] = [
    version, missingVersion, newerField, invalidPattern, extends, extendsCycle, posture, asyncGuard, customGuard,
    threshold,
    clear, placeholder, detector,
  ]

  package static let version = Rule(
    "policy/version", .error, "The language version is none that claw reads",
    explanation: """
      A version has three numbers, '1.2.0', and must be one of those that claw knows: what a later version means can't be \
      guessed. Put it in quotes.
      """,
    bad: "version: \"1.2\"\nname: a\ndescription: b\nguards: {}\n",
    good: "version: \"1.2.0\"\nname: a\ndescription: b\nguards: {}\n")

  package static let missingVersion = Rule(
    "policy/missing-version", .error, "A ruleset does not say its language version",
    explanation: """
      Without a version a ruleset would change its meaning with the program that reads it. The reference engine takes the \
      newest; claw wants it stated.
      """,
    bad: "name: a\ndescription: b\nguards:\n  egress_allowlist:\n    allow: [example.com]\n",
    good: "version: \"1.2.0\"\nname: a\ndescription: b\nguards:\n  egress_allowlist:\n    allow: [example.com]\n")

  package static let newerField = Rule(
    "policy/newer-field", .error, "A field needs a later language version",
    explanation:
      "Posture, path_allowlist and some guards came with later versions; a ruleset that uses them must say so.",
    bad:
      "version: \"1.1.0\"\nname: a\ndescription: b\nguards:\n  path_allowlist:\n    file_access_allow: [\"/w/**\"]\n",
    good:
      "version: \"1.2.0\"\nname: a\ndescription: b\nguards:\n  path_allowlist:\n    file_access_allow: [\"/w/**\"]\n")

  package static let invalidPattern = Rule(
    "policy/invalid-pattern", .error, "A pattern is none",
    explanation: """
      Paths are globs in which '**' is a whole component; hosts are globs with braces; secrets and patches are regular \
      expressions in the dialect of Rust's regex library, which has neither look-around nor references back, so that they \
      are decided in linear time.
      """,
    bad: "version: \"1.2.0\"\nname: a\ndescription: b\nguards:\n  forbidden_path:\n    patterns: [\"/a/**b\"]\n",
    good: "version: \"1.2.0\"\nname: a\ndescription: b\nguards:\n  forbidden_path:\n    patterns: [\"/a/**/b\"]\n")

  package static let extends = Rule(
    "policy/extends", .error, "What a ruleset extends can't be had",
    explanation: """
      'extends' names a built-in ruleset (default, strict, ai-agent, cicd, permissive, or an overlay: soc2, hipaa, gdpr, \
      pci-dss), a file as seen from the ruleset's folder, or, where the host is allowed, an https address with '#sha256=' and \
      the digest of what it must be. A ruleset whose parent is missing would allow what the parent forbids, so it is never \
      passed over.
      """,
    bad: "version: \"1.2.0\"\nname: a\ndescription: b\nextends: strcit\nguards: {}\n",
    good: "version: \"1.2.0\"\nname: a\ndescription: b\nextends: strict\nguards: {}\n")

  package static let extendsCycle = Rule(
    "policy/extends-cycle", .error, "Rulesets extend each other in a circle, or too deeply",
    explanation: "A ruleset can't build on itself. Chains may have 32 rulesets.",
    bad: nil, good: nil)

  package static let posture = Rule(
    "policy/posture", .error, "A posture names a state, capability or budget that there is not",
    explanation: """
      The states of a posture, what may be done in them and what is counted must be known, or a transition would lead \
      nowhere. Capabilities: file_access, file_write, egress, shell, mcp_tool, patch, custom. Budgets: file_writes, \
      egress_calls, shell_commands, mcp_tool_calls, patches, custom_calls. The trigger 'timeout' needs 'after', as in '30m'.
      """,
    bad: """
      version: "1.2.0"
      name: a
      description: b
      posture:
        initial: wrok
        states:
          work: {capabilities: [file_access]}

      """,
    good: """
      version: "1.2.0"
      name: a
      description: b
      posture:
        initial: work
        states:
          work: {capabilities: [file_access]}

      """)

  package static let asyncGuard = Rule(
    "policy/async-guard", .error, "A guard that asks a service is set up wrongly",
    explanation: """
      'guards.custom' knows three packages: clawdstrike-virustotal (api_key), clawdstrike-safe-browsing (api_key, \
      client_id) and clawdstrike-snyk (api_token, org_id). claw checks such a section, but asks no service: a program \
      with one of them enabled decides nothing.
      """,
    bad: "version: \"1.2.0\"\nname: a\ndescription: b\nguards:\n  custom:\n    - package: clawdstrike-virustotl\n",
    good: """
      version: "1.2.0"
      name: a
      description: b
      guards:
        custom:
          - package: clawdstrike-virustotal
            enabled: false
            config: {api_key: "${secrets.VT_KEY}"}

      """)

  package static let customGuard = Rule(
    "policy/custom-guard", .error, "A guard of the host is named badly",
    explanation: "Each entry of 'custom_guards' needs an id of its own; its config is a mapping.",
    bad: "version: \"1.2.0\"\nname: a\ndescription: b\ncustom_guards:\n  - {id: \"\", enabled: false}\n",
    good: "version: \"1.2.0\"\nname: a\ndescription: b\ncustom_guards:\n  - {id: ours, enabled: false}\n")

  package static let threshold = Rule(
    "policy/threshold", .error, "Thresholds contradict each other",
    explanation:
      "A guard that warns from a higher level on than it blocks would never warn; a scan of nothing finds nothing.",
    bad: """
      version: "1.2.0"
      name: a
      description: b
      guards:
        prompt_injection: {warn_at_or_above: critical, block_at_or_above: high}

      """,
    good: """
      version: "1.2.0"
      name: a
      description: b
      guards:
        prompt_injection: {warn_at_or_above: suspicious, block_at_or_above: high}

      """)

  package static let clear = Rule(
    "policy/clear", .error, "'clear' names something that is no list of the guard",
    explanation:
      "'clear: [allow]' makes a list start empty instead of inheriting its parent's. It takes the names of lists.",
    bad: "version: \"1.2.0\"\nname: a\ndescription: b\nguards:\n  egress_allowlist: {clear: [alow]}\n",
    good: "version: \"1.2.0\"\nname: a\ndescription: b\nguards:\n  egress_allowlist: {clear: [allow]}\n")

  package static let placeholder = Rule(
    "policy/placeholder", .error, "A placeholder names no variable",
    explanation: """
      '${NAME}' and '${secrets.NAME}' stand for the environment variable NAME, in the config of guards that ask a service. \
      Without a name they stand for nothing.
      """,
    bad: """
      version: "1.2.0"
      name: a
      description: b
      guards:
        custom:
          - package: clawdstrike-virustotal
            enabled: false
            config: {api_key: "${secrets.}"}

      """,
    good: """
      version: "1.2.0"
      name: a
      description: b
      guards:
        custom:
          - package: clawdstrike-virustotal
            enabled: false
            config: {api_key: "${secrets.VT_KEY}"}

      """)

  package static let detector = Rule(
    "policy/detector", .error, "A hard rail names a detector that there is not",
    explanation:
      "'hard_rails' has the detectors that docs/policy.md lists; a misspelt one would leave the usual thresholds.",
    bad: "version: \"1.2.0\"\nname: a\ndescription: b\nguards:\n  hard_rails: {disabled: [pii.mial]}\n",
    good: "version: \"1.2.0\"\nname: a\ndescription: b\nguards:\n  hard_rails: {disabled: [pii.mail]}\n")
}
