extension ComposeSchema {
  private static func external(_ takes: Bool) -> ComposeShape {
    ComposeShape(
      MapShape(
        "an external name", [ComposeField("name", text)],
        others: takes ? .init(shape: nil, accepts: { _ in true }, isOpen: true, noun: "key") : nil), or: nil,
      or: ScalarShape(kinds: [.boolean, .string], cast: .boolean, reading: .boolean))
  }

  static let network = MapShape(
    "a network",
    [
      ComposeField("name", text), ComposeField("driver", text), ComposeField("driver_opts", options),
      ComposeField("ipam", ComposeShape(addressManagement)), ComposeField("external", external(false)),
      ComposeField("internal", castFlag), ComposeField("enable_ipv4", flag), ComposeField("enable_ipv6", castFlag),
      ComposeField("attachable", castFlag), ComposeField("labels", pairs, merge: .sequence, identity: .key),
    ])

  private static let addressManagement = MapShape(
    "an address management",
    [
      ComposeField("driver", text),
      ComposeField(
        "config",
        ComposeShape(
          ListShape(
            ComposeShape(
              MapShape(
                "an address pool",
                [
                  ComposeField("subnet", text), ComposeField("ip_range", text), ComposeField("gateway", text),
                  ComposeField("aux_addresses", textMapping),
                ])))), merge: .addressPools),
      ComposeField("options", textMapping),
    ])

  private static let textMapping = ComposeShape(
    MapShape(
      "the mapping", others: .init(shape: text, accepts: isNotEmpty, noun: "key"), takesExtensions: false))

  static let volume = MapShape(
    "a volume",
    [
      ComposeField("name", text), ComposeField("driver", text), ComposeField("driver_opts", options),
      ComposeField("external", external(false)), ComposeField("labels", pairs, merge: .sequence),
    ])

  static let secret = MapShape(
    "a secret",
    [
      ComposeField("name", text), ComposeField("environment", text), ComposeField("file", text),
      ComposeField("external", external(true)), ComposeField("labels", pairs), ComposeField("driver", text),
      ComposeField("driver_opts", options), ComposeField("template_driver", text),
    ])

  static let config = MapShape(
    "a config",
    [
      ComposeField("name", text), ComposeField("content", text), ComposeField("environment", text),
      ComposeField("file", text), ComposeField("external", external(true)), ComposeField("labels", pairs),
      ComposeField("template_driver", text),
    ])

  static let model = MapShape(
    "a model",
    [
      ComposeField("name", text), ComposeField("model", text),
      ComposeField("context_size", ComposeShape(ScalarShape(kinds: .integer))), ComposeField("runtime_flags", texts),
    ], required: ["model"])
}
