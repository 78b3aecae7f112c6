/// What compose lets stand at a place of a pod file: any of a scalar, a list and a mapping, each with its own conditions.
///
/// The compose specification's "one of" always tells its alternatives apart by these three kinds, so one facet each is
/// all that is needed. The whole of it is data, in the `ComposeSchema` files.
final class ComposeShape: Sendable {
  /// The scalars that may stand there.
  let scalar: ScalarShape?
  /// The list that may stand there.
  let list: ListShape?
  /// The mapping that may stand there.
  let map: MapShape?

  /// Whether elements of a list in it can replace each other.
  var hasIdentities: Bool { map?.hasIdentities == true || list?.element.hasIdentities == true }
  /// Whether something in it has a short form.
  var hasLongForms: Bool { map?.hasLongForms == true || list?.element.hasLongForms == true }

  /// A scalar only.
  init(_ scalar: ScalarShape) {
    self.scalar = scalar
    list = nil
    map = nil
  }
  /// A list only, or a scalar too.
  init(_ list: ListShape, or scalar: ScalarShape? = nil) {
    self.list = list
    self.scalar = scalar
    map = nil
  }
  /// A mapping, or a list or scalar too.
  init(_ map: MapShape, or list: ListShape? = nil, or scalar: ScalarShape? = nil) {
    self.map = map
    self.list = list
    self.scalar = scalar
  }
}

/// Conditions on a scalar.
struct ScalarShape: Sendable {
  /// JSON's types of scalars.
  struct Kinds: OptionSet, Sendable {
    let rawValue: Int
    static let string = Kinds(rawValue: 1)
    static let integer = Kinds(rawValue: 2)
    static let number = Kinds(rawValue: 4)
    static let boolean = Kinds(rawValue: 8)
    static let null = Kinds(rawValue: 16)

    /// For messages: "a string or an integer".
    var name: String {
      var names: [String] = []
      if contains(.string) { names.append("a string") }
      if contains(.number) { names.append("a number") } else if contains(.integer) { names.append("an integer") }
      if contains(.boolean) { names.append("a boolean") }
      if contains(.null) { names.append("empty") }
      guard let last = names.popLast() else { return "nothing" }
      return names.isEmpty ? last : names.joined(separator: ", ") + " or " + last
    }
  }

  /// What compose reads the scalar as once its type is right.
  enum Reading: Sendable {
    /// Text, or whatever it is.
    case any
    /// A boolean, also in words.
    case boolean
    /// An integer, also in a string.
    case integer
    /// An integer not below zero, also in a string.
    case natural
    /// An integer not below zero, not in a string.
    case strictNatural
    /// An integer, neither in a string nor with a fraction.
    case strictInteger
    /// A number, also in a string.
    case float
    /// A size like `256m`.
    case bytes
    /// A duration like `1m30s`.
    case duration
    /// A number of devices, or `all`.
    case count
    /// A command line with shell quotes.
    case command
    /// A text that a date is not taken for.
    case text
    /// A text, or an integer that becomes one.
    case textOrInteger
  }

  /// The types that may stand there.
  var kinds: Kinds
  /// What a string is turned into before anything looks at its type, as compose does right after expanding variables.
  var cast: Reading = .any
  /// What it is read as at the end.
  var reading: Reading = .any
  /// The only strings that may stand there.
  var values: [String]?
  /// A condition that strings have to meet.
  var pattern: Pattern?
  /// The least integer.
  var minimum: Int64?
  /// The greatest integer.
  var maximum: Int64?

  /// A condition on a string, with its name in words.
  struct Pattern: Sendable {
    /// What the string has to be.
    var description: String
    /// Whether it is.
    var matches: @Sendable (String) -> Bool
  }
}

/// Conditions on a list.
final class ListShape: Sendable {
  /// What each element has to be.
  let element: ComposeShape
  /// Whether no two elements may be equal.
  let isUnique: Bool

  init(_ element: ComposeShape, isUnique: Bool = false) {
    self.element = element
    self.isUnique = isUnique
  }
}

/// Conditions on a mapping.
final class MapShape: Sendable {
  /// What the mapping is, for messages: "a service".
  let noun: String
  /// The keys that compose knows, by name.
  let fields: [String: ComposeField]
  /// What stands under keys that a person chooses, and which these may be.
  let others: Others?
  /// Whether any key that starts with `x-` may stand there.
  let takesExtensions: Bool
  /// Keys that have to be there.
  let required: [String]
  /// Keys of which one at least has to be there.
  let requiredAny: [String]
  /// Whether elements of a list in it can replace each other.
  let hasIdentities: Bool
  /// Whether something in it has a short form.
  let hasLongForms: Bool

  /// Keys that a person chooses.
  struct Others: Sendable {
    /// What the values have to be.
    let shape: ComposeShape?
    /// Whether a key is one of these; others are taken with any value or refused, see `isOpen`.
    var accepts: @Sendable (String) -> Bool
    /// Whether keys that are not accepted may stand there with any value.
    var isOpen = false
    /// What the keys name, for messages: "service".
    var noun: String
  }

  init(
    _ noun: String, _ fields: [ComposeField] = [], others: Others? = nil, takesExtensions: Bool = true,
    required: [String] = [], requiredAny: [String] = []
  ) {
    self.noun = noun
    self.fields = Dictionary(fields.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    self.others = others
    self.takesExtensions = takesExtensions
    self.required = required
    self.requiredAny = requiredAny
    hasIdentities =
      others?.shape?.hasIdentities == true
      || fields.contains { $0.identity != nil || $0.shape?.hasIdentities == true }
    hasLongForms =
      others?.shape?.hasLongForms == true
      || fields.contains { $0.longForm != nil || $0.shape?.hasLongForms == true }
  }

  /// The shape under a key, or nil if anything may stand there.
  func shape(of key: String) -> ComposeShape? {
    if let field = fields[key] { return field.shape }
    if isExtension(key) { return nil }
    guard let others, others.accepts(key) else { return nil }
    return others.shape
  }

  /// Whether a key is an extension of the mapping rather than one of its own.
  func isExtension(_ key: String) -> Bool { takesExtensions && key.utf8.starts(with: "x-".utf8) }
}

/// A key that compose knows.
final class ComposeField: Sendable {
  /// The key.
  let name: String
  /// What stands under it; nil for anything.
  let shape: ComposeShape?
  /// How a second value of it is joined with the first.
  let merge: MergeRule
  /// By what two elements of its list are the same, so that the later replaces the earlier.
  let identity: ElementIdentity?
  /// What its short form stands for.
  let longForm: LongForm?

  init(
    _ name: String, _ shape: ComposeShape?, merge: MergeRule = .deep, identity: ElementIdentity? = nil,
    longForm: LongForm? = nil
  ) {
    self.name = name
    self.shape = shape
    self.merge = merge
    self.identity = identity
    self.longForm = longForm
  }
}

/// How a value of an overriding file is joined with that of the file before.
enum MergeRule: Sendable {
  /// Mappings key by key, lists one behind the other, scalars replaced.
  case deep
  /// The later one.
  case replace
  /// Both as lists of `KEY=value` texts, one behind the other.
  case sequence
  /// As `sequence`, without what is there already.
  case hosts
  /// A text is the mapping's `context`.
  case build
  /// A list is a mapping of its elements with the condition that the service has started.
  case dependencies
  /// A list is a mapping of its elements.
  case names
  /// As `deep` if both have the same driver, else the later one.
  case logging
  /// By subnet.
  case addressPools
}

/// By what elements of a list are the same.
enum ElementIdentity: Sendable {
  /// The text up to `=`.
  case key
  /// A mount's target.
  case mountTarget
  /// A device's place in the container.
  case deviceTarget
  /// Address, ports and protocol.
  case port
  /// The port.
  case expose
  /// The path.
  case path
  /// The target, or the source in this folder.
  case file(folder: String)
}

/// What a short form stands for.
enum LongForm: Sendable {
  /// `dir` is `{context: dir}`.
  case build
  /// `[a]` is `{a: {condition: service_started, required: true}}`.
  case dependencies
  /// `[a]` is `{a: }`.
  case names
  /// `a.env` is `[{path: a.env, required: true}]`.
  case envFiles
  /// `a` is `[a]`.
  case list
  /// `[/a:/b:ro]` is `[{type: bind, source: /a, target: /b, read_only: true}]`.
  case mounts
  /// `[80:81]` is `[{target: 81, published: 80, protocol: tcp}]`.
  case ports
  /// `[/dev/a]` is `[{source: /dev/a, target: /dev/a, permissions: rwm}]`.
  case devices
  /// `[a]` is `[{source: a}]`.
  case files
  /// `[default, a=path]` is `{default: , a: path}`.
  case sshKeys
  /// `[a=b]` is `{a: b}`.
  case pairs
  /// `all` is `[{count: all}]`; each has the capability `gpu`.
  case gpus
}
