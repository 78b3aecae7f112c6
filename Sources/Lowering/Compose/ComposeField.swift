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
