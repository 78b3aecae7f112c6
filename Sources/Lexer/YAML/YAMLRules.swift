package import Diagnostics

/// The rules about YAML itself, whatever the file is about.
package enum YAMLRules {
  /// All of them, by name.
  package static let all: [Rule] = [
    aliasExpansion, duplicateKey, encoding, invalidMerge, recursiveAlias, syntax, tooDeep, tooLarge, unknownAlias,
  ]

  /// The text is no YAML.
  package static let syntax = Rule(
    "yaml/syntax", .error, "The file is not valid YAML",
    explanation: """
      The text breaks a rule of YAML 1.1, as libyaml and Docker Compose read it. Reading stops there, so findings further \
      down appear only after it is mended. Most often it is indentation that doesn't line up, a missing colon or space \
      behind one, an unclosed quote, or a value that has to be quoted.
      """,
    bad: "services:\n  web:\n   image: a\n    command: b\n",
    good: "services:\n  web:\n    image: a\n    command: b\n")

  /// A key stands twice in one mapping.
  package static let duplicateKey = Rule(
    "yaml/duplicate-key", .error, "A mapping has the same key twice",
    explanation: """
      YAML says that the keys of a mapping differ. Some programs take the last value, some the first; Docker Compose \
      refuses the file, and so does claw. Delete one of the two, or merge their values.
      """,
    bad: "services:\n  web:\n    image: a\n    image: b\n",
    good: "services:\n  web:\n    image: b\n")

  /// Aliases blow up the document.
  package static let aliasExpansion = Rule(
    "yaml/alias-expansion", .error, "Aliases make the document too large",
    explanation: """
      With every alias replaced by what it stands for, the document would have more than 400,000 nodes in excess of \
      those written. A few hundred bytes can stand for billions of nodes that way, which stops programs that expand \
      them, so such a document is refused. The number of aliases as such is not limited.
      """,
    bad: nil, good: nil)

  /// An alias stands inside the node that it names.
  package static let recursiveAlias = Rule(
    "yaml/recursive-alias", .error, "An alias stands inside what it stands for",
    explanation: """
      An alias is a copy of the node with its anchor. Inside that very node it would never end. Move the anchor to the \
      part that is to be repeated.
      """,
    bad: "x-a: &a\n  again: *a\n", good: "x-a: &a\n  value: 1\nx-b:\n  again: *a\n")

  /// An alias names no anchor.
  package static let unknownAlias = Rule(
    "yaml/unknown-alias", .error, "An alias names no anchor",
    explanation: """
      `*name` repeats the node that was marked `&name` earlier in the same document. Anchors of later lines, of other \
      documents and of included files can't be named. A value that only starts with `*` has to be quoted.
      """,
    bad: "x-base: &base {a: 1}\nx-copy: *bsae\n", good: "x-base: &base {a: 1}\nx-copy: *base\n")

  /// Collections are nested too deep.
  package static let tooDeep = Rule(
    "yaml/too-deep", .error, "Collections are nested too deep",
    explanation: """
      Lists and mappings may stand within each other 256 levels deep, aliases counted as what they stand for. Files that \
      people write have less than twenty; a deeper one is most likely made to exhaust the stack of a program.
      """)

  /// The value of `<<` is no mapping.
  package static let invalidMerge = Rule(
    "yaml/invalid-merge", .error, "A merge key has a value that can't be merged",
    explanation: """
      `<<` takes the entries of another mapping into this one. Its value is an alias of a mapping, a mapping, or a list \
      of them. For a key that is really called `<<`, write it in quotes.
      """,
    bad: "x-a: &a [1, 2]\nx-b:\n  <<: *a\n", good: "x-a: &a {one: 1}\nx-b:\n  <<: *a\n")

  /// The bytes are no UTF-8 text.
  package static let encoding = Rule(
    "yaml/encoding", .error, "The file is not UTF-8 text",
    explanation: """
      claw reads UTF-8, with or without a byte order mark. A file in UTF-16 or with bytes that are no text would be read \
      differently by different programs. Save it as UTF-8.
      """)

  /// The file is too large.
  package static let tooLarge = Rule(
    "yaml/too-large", .error, "The file is too large",
    explanation:
      "A YAML file may have 16 MiB and a million events of its parser, some 10,000 services. A larger one is refused.")
}
