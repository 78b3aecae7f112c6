package import Diagnostics

/// The rules about what compose takes in a pod file.
package enum ComposeRules {
  /// All of them, by area.
  package static let all: [Rule] = structure + values + references + files
}

// MARK: Structure

extension ComposeRules {
  static let structure = [
    notAMapping, empty, unknownKey, missingKey, wrongType, invalidName, nonStringKey, invalidTag, duplicateItem,
    unsupportedValue, obsoleteVersion, projectName, unmergeable,
  ]

  /// A document is no mapping.
  package static let notAMapping = Rule(
    "pod/not-a-mapping", .error, "A document of a pod file is no mapping",
    explanation: """
      Every document of a pod file is a mapping with keys such as `services`. An empty document, as a `---` on the last \
      line makes one, is refused too. Delete what is not needed, or indent it under its key.
      """,
    bad: "services:\n  web:\n    image: nginx\n---\n", good: "services:\n  web:\n    image: nginx\n")

  /// There is nothing in the file.
  package static let empty = Rule(
    "pod/empty", .error, "The pod file says nothing",
    explanation: "A pod file without any key can't be started. Add `services`.",
    bad: "# nothing yet\n", good: "services:\n  web:\n    image: nginx\n")

  /// A key that compose does not know.
  package static let unknownKey = Rule(
    "pod/unknown-key", .error, "A key is unknown at this place",
    explanation: """
      Docker Compose refuses keys that it doesn't know. Most often the key is misspelt or stands one level too high or \
      too deep. Keys for other programs start with `x-`.
      """,
    bad: "services:\n  web:\n    image: nginx\n    prots: [\"80:80\"]\n",
    good: "services:\n  web:\n    image: nginx\n    ports: [\"80:80\"]\n")

  /// A key that has to be there is missing.
  package static let missingKey = Rule(
    "pod/missing-key", .error, "A key that has to be there is missing",
    explanation: "Docker Compose can't use the mapping without this key. Add it.",
    bad: "services:\n  web:\n    image: nginx\n    ports:\n      - published: 80\n",
    good: "services:\n  web:\n    image: nginx\n    ports:\n      - target: 80\n        published: 80\n")

  /// A value has a type that the key doesn't take.
  package static let wrongType = Rule(
    "pod/wrong-type", .error, "A value has the wrong type",
    explanation: """
      Each key takes certain types of values: a list where several things may stand, a mapping where they have names, a \
      string, number or boolean otherwise. A key with nothing behind it is empty, which few keys take. Numbers and dates \
      that are meant as text need quotes.
      """,
    bad: "services:\n  web:\n    image: nginx\n    ports: 8080:80\n",
    good: "services:\n  web:\n    image: nginx\n    ports:\n      - 8080:80\n")

  /// A resource has a name that compose refuses.
  package static let invalidName = Rule(
    "pod/invalid-name", .error, "A name has characters that names can't have",
    explanation: "Names of services, volumes, secrets and configs consist of ASCII letters, digits, `.`, `_` and `-`.",
    bad: "services:\n  web server:\n    image: nginx\n", good: "services:\n  web-server:\n    image: nginx\n")

  /// A key is a number, boolean or null.
  package static let nonStringKey = Rule(
    "pod/non-string-key", .error, "A key is no text",
    explanation: """
      YAML reads an unquoted `1`, `true`, `~` or `2024-01-01` as a number, boolean, null or date, also as a key, and \
      Docker Compose refuses such keys anywhere in the file. Put the key in quotes.
      """,
    bad: "services:\n  web:\n    image: nginx\n    labels:\n      1: a\n",
    good: "services:\n  web:\n    image: nginx\n    labels:\n      \"1\": a\n")

  /// A value can't be what its tag says.
  package static let invalidTag = Rule(
    "pod/invalid-tag", .error, "A value is not what its tag says",
    explanation: "A tag such as `!!int` says what type a value has. Delete the tag, or give a value of that type.",
    bad: "services:\n  web:\n    image: nginx\n    scale: !!int two\n",
    good: "services:\n  web:\n    image: nginx\n    scale: 2\n")

  /// A list has the same element twice.
  package static let duplicateItem = Rule(
    "pod/duplicate-item", .error, "A list has the same element twice",
    explanation: "The elements of this list have to differ. Delete one of the two.",
    bad: "services:\n  web:\n    image: nginx\n    security_opt: [label:disable, label:disable]\n",
    good: "services:\n  web:\n    image: nginx\n    security_opt: [label:disable]\n")

  /// Infinity or not-a-number.
  package static let unsupportedValue = Rule(
    "pod/unsupported-value", .error, "A number is infinite or none",
    explanation: "Docker Compose fails on `.inf` and `.nan` anywhere in the file. Put the value in quotes.",
    bad: "services:\n  web:\n    image: nginx\nx-limit: .inf\n",
    good: "services:\n  web:\n    image: nginx\nx-limit: \".inf\"\n")

  /// `version` does nothing.
  package static let obsoleteVersion = Rule(
    "pod/obsolete-version", .warning, "'version' is obsolete",
    explanation: "Docker Compose has ignored the key `version` since 2.0. Delete it.",
    bad: "version: \"3\"\nservices:\n  web:\n    image: nginx\n", good: "services:\n  web:\n    image: nginx\n")

  /// The project's name can't be one.
  package static let projectName = Rule(
    "pod/project-name", .error, "The project's name is none that compose takes",
    explanation: """
      A project's name starts with a lower-case letter or digit and goes on with these, `-` and `_`. It is part of the \
      names of containers, networks and volumes.
      """)

  /// Two values can't be joined.
  package static let unmergeable = Rule(
    "pod/unmergeable", .error, "Two values of a key can't be joined",
    explanation: """
      Where a later document, an including or an extending file gives a key again, mappings join mappings and lists join \
      lists. Give both the same form, or mark the later value `!override`.
      """,
    bad: "services:\n  web:\n    image: nginx\n    cap_add: [KILL]\n---\nservices:\n  web:\n    cap_add: CHOWN\n",
    good: "services:\n  web:\n    image: nginx\n    cap_add: [KILL]\n---\nservices:\n  web:\n    cap_add: [CHOWN]\n")
}
