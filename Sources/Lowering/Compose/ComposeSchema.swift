/// What compose lets stand in a file, as data: the compose specification's structure with compose's own readings, casts,
/// merge rules and short forms beside each key. Facts: compose-spec (2026-06) and compose-go 2.14.
enum ComposeSchema {
  /// A whole file.
  static let file = ComposeShape(root)
  /// A service.
  static let serviceShape = ComposeShape(service)

  /// The mapping of a whole file.
  static let root = MapShape(
    "a pod file",
    [
      ComposeField("version", text),
      ComposeField("name", text),
      ComposeField("include", ComposeShape(ListShape(include), or: ScalarShape(kinds: .null))),
      ComposeField("services", named("service", ComposeShape(service))),
      ComposeField("models", named("model", ComposeShape(model), isOpen: true)),
      ComposeField("networks", named("network", ComposeShape(network, or: nil, or: nullable), isOpen: true)),
      ComposeField("volumes", named("volume", ComposeShape(volume, or: nil, or: nullable))),
      ComposeField("secrets", named("secret", ComposeShape(secret))),
      ComposeField("configs", named("config", ComposeShape(config))),
    ])

  /// The keys of a file that hold named resources, in the order in which compose imports them.
  static let sections = ["services", "volumes", "networks", "secrets", "configs", "models"]

  static let include = ComposeShape(
    MapShape(
      "an include",
      [
        ComposeField("path", textOrList), ComposeField("env_file", textOrList),
        ComposeField("project_directory", text),
      ], others: .init(shape: nil, accepts: { _ in true }, isOpen: true, noun: "key")),
    or: nil, or: ScalarShape(kinds: .string))

  /// A mapping of names that a person chooses.
  private static func named(_ noun: String, _ shape: ComposeShape, isOpen: Bool = false) -> ComposeShape {
    ComposeShape(
      MapShape(
        "the \(noun)s",
        others: .init(shape: shape, accepts: isName, isOpen: isOpen, noun: noun), takesExtensions: false))
  }

  /// `[a-zA-Z0-9._-]+`
  static let isName: @Sendable (String) -> Bool = { name in
    !name.isEmpty
      && name.utf8.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): true
        default: false
        }
      }
  }

  static let isNotEmpty: @Sendable (String) -> Bool = { !$0.isEmpty && !$0.utf8.allSatisfy { $0 == 0x0A } }
}

// MARK: Pieces that many keys share

extension ComposeSchema {
  static let nullable = ScalarShape(kinds: .null)
  static let text = ComposeShape(ScalarShape(kinds: .string, reading: .text))
  static let flag = ComposeShape(ScalarShape(kinds: [.boolean, .string], reading: .boolean))
  /// A flag that is cast as soon as its variables are expanded.
  static let castFlag = ComposeShape(ScalarShape(kinds: [.boolean, .string], cast: .boolean, reading: .boolean))
  static let command = ComposeShape(
    ListShape(text), or: ScalarShape(kinds: [.string, .null], reading: .command))
  static let size = ComposeShape(ScalarShape(kinds: [.number, .string], reading: .bytes))
  static let wholeSize = ComposeShape(ScalarShape(kinds: [.integer, .string], reading: .bytes))
  static let duration = ComposeShape(ScalarShape(kinds: .string, reading: .duration))
  static let whole = ComposeShape(ScalarShape(kinds: [.integer, .string], reading: .integer))
  static let castWhole = ComposeShape(ScalarShape(kinds: [.integer, .string], cast: .integer, reading: .integer))
  static let castNatural = ComposeShape(ScalarShape(kinds: [.integer, .string], cast: .integer, reading: .natural))
  static let castNumber = ComposeShape(ScalarShape(kinds: [.number, .string], cast: .integer, reading: .integer))
  static let castFloat = ComposeShape(ScalarShape(kinds: [.number, .string], cast: .float, reading: .float))
  static let texts = ComposeShape(ListShape(text))
  static let uniqueTexts = ComposeShape(ListShape(text, isUnique: true))
  static let textOrList = ComposeShape(
    ListShape(text, isUnique: true), or: ScalarShape(kinds: .string, reading: .text))

  static let anyScalar = ComposeShape(ScalarShape(kinds: [.string, .number, .boolean, .null]))
  static let textOrNumber = ComposeShape(ScalarShape(kinds: [.string, .number]))

  /// `{KEY: value}` or `[KEY=value]`.
  static let pairs = ComposeShape(
    MapShape(
      "the mapping", others: .init(shape: anyScalar, accepts: isNotEmpty, noun: "key"), takesExtensions: false),
    or: ListShape(text, isUnique: true))

  /// Options of a driver.
  static let options = ComposeShape(
    MapShape(
      "the options", others: .init(shape: textOrNumber, accepts: isNotEmpty, isOpen: true, noun: "option"),
      takesExtensions: false))

  static let hosts = ComposeShape(
    MapShape(
      "the hosts",
      others: .init(
        shape: ComposeShape(
          ListShape(ComposeShape(ScalarShape(kinds: .string))), or: ScalarShape(kinds: .string, reading: .text)),
        accepts: isNotEmpty, noun: "host"),
      takesExtensions: false),
    or: ListShape(text, isUnique: true))

  static let ulimits = ComposeShape(
    MapShape(
      "the limits",
      others: .init(
        shape: ComposeShape(
          MapShape(
            "a limit",
            [ComposeField("soft", castLimit), ComposeField("hard", castLimit)], required: ["soft", "hard"]),
          or: nil, or: ScalarShape(kinds: [.integer, .string], cast: .integer, reading: .strictInteger)),
        accepts: { !$0.isEmpty }, noun: "limit"),
      takesExtensions: false))
  private static let castLimit = ComposeShape(
    ScalarShape(kinds: [.integer, .string], cast: .integer, reading: .strictInteger))

  /// Grants of secrets and configs.
  static func grants(cast: ScalarShape.Reading) -> ComposeShape {
    ComposeShape(
      ListShape(
        ComposeShape(
          MapShape(
            "a grant",
            [
              ComposeField("source", text), ComposeField("target", text), ComposeField("uid", text),
              ComposeField("gid", text),
              ComposeField(
                "mode", ComposeShape(ScalarShape(kinds: [.number, .string], cast: cast, reading: .strictNatural))),
            ]), or: nil, or: ScalarShape(kinds: .string))))
  }

  static func hook(_ extra: [ComposeField] = []) -> MapShape {
    MapShape(
      "a hook",
      [
        ComposeField("command", command), ComposeField("user", text), ComposeField("privileged", flag),
        ComposeField("working_dir", text), ComposeField("environment", pairs),
      ] + extra, required: ["command"])
  }
}
