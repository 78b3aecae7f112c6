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
