package import Diagnostics

/// The rules about how a governance pack is written.
package enum PackRules {
  /// All of them.
  package static let all: [Rule] = [
    documents, unknownKey, missingKey, fieldType, fieldValue, oneCheck, empty, twice, name, event, pointer, bounds,
    subject,
  ]

  private static func pack(_ expectation: String) -> String {
    """
    pack: {id: reviews, version: 1.0.0, description: Reviews happen}
    expectations:
      - id: reviewed
        description: Somebody approved
        expect: \(expectation)

    """
  }

  private static let sound = pack("{event: ApprovalGranted}")

  package static let documents = Rule(
    "pack/several-documents", .error, "A pack file has more than one document",
    explanation: "A pack is one YAML document: which of several would hold can't be told. Put each into its own file.",
    bad: sound + "---\n" + sound, good: sound)

  package static let unknownKey = Rule(
    "pack/unknown-key", .error, "A key means nothing where it stands",
    explanation: """
      A misspelt key would silently be an expectation that holds always, so every key must be one that the language has, \
      and no key may stand twice.
      """,
    bad: pack("{event: ApprovalGranted, wher: []}"), good: sound)

  package static let missingKey = Rule(
    "pack/missing-key", .error, "A key that must be there is not",
    explanation: "A pack needs an identity, a version and expectations; each expectation an id and what it expects.",
    bad: "pack: {id: reviews}\nexpectations:\n  - id: reviewed\n    expect: {event: ApprovalGranted}\n", good: sound)

  package static let fieldType = Rule(
    "pack/field-type", .error, "A value has another type than its key",
    explanation: "Each key has a type: a text, a whole number, a list or a mapping. docs/packs.md has them all.",
    bad: pack("{count: {event: ApprovalGranted, at_least: two}}"),
    good: pack("{count: {event: ApprovalGranted, at_least: 2}}"))

  package static let fieldValue = Rule(
    "pack/field-value", .error, "A value is none of those that its key can have",
    explanation: "Some keys take one of a few words: a severity is error, warning or info.",
    bad: pack("{verified: maybe}"), good: pack("{verified: intact}"))

  package static let oneCheck = Rule(
    "pack/one-check", .error, "An expectation has no check, or several",
    explanation: """
      Each expectation, and each part of one, is exactly one check: event, count, order, artifacts, rehash, verified, \
      document, all, any or not. What should hold together stands below 'all', so that nobody has to guess.
      """,
    bad: pack("{event: ApprovalGranted, verified: intact}"),
    good: pack("{all: [{event: ApprovalGranted}, {verified: intact}]}"))

  package static let empty = Rule(
    "pack/empty", .error, "A list that must have something in it is empty",
    explanation: """
      A pack without expectations, and 'all' of nothing, would hold for everything; a condition on nothing would too. A pack \
      that says nothing is a mistake, never a pass.
      """,
    bad: pack("{all: []}"), good: sound)

  package static let twice = Rule(
    "pack/id-twice", .error, "Two expectations have the same id",
    explanation: "A report names expectations by their ids, so that each id stands once.",
    bad: sound + "  - id: reviewed\n    description: Somebody looked\n    expect: {event: ApprovalRequested}\n",
    good: sound + "  - id: asked\n    description: Somebody was asked\n    expect: {event: ApprovalRequested}\n")

  package static let name = Rule(
    "pack/name", .error, "An id or a version is none",
    explanation: """
      Ids are small letters, digits and hyphens; a version is three numbers with points between. Both stand in reports and in \
      file names.
      """,
    bad: "pack: {id: Reviews, version: 1.0.0}\nexpectations:\n  - {id: a, expect: {event: ApprovalGranted}}\n",
    good: "pack: {id: reviews, version: 1.0.0}\nexpectations:\n  - {id: a, expect: {event: ApprovalGranted}}\n")

  package static let event = Rule(
    "pack/unknown-event", .error, "No ledger knows events of a type",
    explanation: """
      An expectation about events of a misspelt type never holds, and its negation always does. Types that an extension of the \
      ledger registers are listed under 'event_types'.
      """,
    bad: pack("{event: ApprovalGrantd}"), good: sound)

  package static let pointer = Rule(
    "pack/pointer", .error, "A field is no JSON pointer",
    explanation:
      "Fields are named by JSON pointers (RFC 6901): they begin with '/', and '~' stands before 0 or 1 only.",
    bad: pack("{event: {type: RunStarted, where: [{field: payload.metadata}]}}"),
    good: pack("{event: {type: RunStarted, where: [{field: /payload/metadata}]}}"))

  package static let bounds = Rule(
    "pack/bounds", .error, "Bounds that nothing meets, or that everything meets",
    explanation: "At least more than at most is met by nothing, and at least 0 without a limit by everything.",
    bad: pack("{count: {event: ApprovalGranted, at_least: 3, at_most: 2}}"),
    good: pack("{count: {event: ApprovalGranted, at_least: 2, at_most: 3}}"))

  package static let subject = Rule(
    "pack/subject", .error, "A check can't be made on what the expectation applies to",
    explanation: """
      Sealed change packages have documents and no events; runs and evidence bundles have events and no documents. A pack is for \
      runs and bundles unless 'applies_to' says more; a check that can never be made there is no expectation.
      """,
    bad: """
      pack: {id: reviews, version: 1.0.0}
      applies_to: [sealed-package]
      expectations:
        - {id: a, expect: {event: ApprovalGranted}}

      """,
    good: """
      pack: {id: reviews, version: 1.0.0}
      applies_to: [run, evidence-bundle]
      expectations:
        - {id: a, expect: {event: ApprovalGranted}}

      """)
}
