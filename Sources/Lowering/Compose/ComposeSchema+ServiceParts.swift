import Source

extension ComposeSchema {
  /// The words that may stand in a pull policy; as in compose's schema, anywhere in the text.
  static let pullPolicy = ScalarShape.Pattern(
    description: "'always', 'never', 'build', 'missing', 'if_not_present', 'refresh', 'daily', 'weekly' or 'every_…'"
  ) { text in
    let words = ["always", "never", "build", "if_not_present", "missing", "refresh", "daily", "weekly"]
    if words.contains(where: { text.utf8.firstRange(of: $0.utf8) != nil }) { return true }
    guard let every = text.utf8.firstRange(of: "every_".utf8) else { return false }
    let rest = Array(text.utf8[every.upperBound...])
    let digits = rest.prefix { $0.isASCIIDigit }
    return !digits.isEmpty && digits.count < rest.count && "wdhms".utf8.contains(rest[digits.count])
  }

  static let provider = MapShape(
    "a provider",
    [
      ComposeField("type", text),
      ComposeField(
        "options",
        ComposeShape(
          MapShape(
            "the options",
            others: .init(
              shape: ComposeShape(
                ListShape(ComposeShape(ScalarShape(kinds: [.string, .number, .boolean]))),
                or: ScalarShape(kinds: [.string, .number, .boolean])),
              accepts: isNotEmpty, isOpen: true, noun: "option"), takesExtensions: false))),
    ], required: ["type"])

  static let healthcheck = MapShape(
    "a health check",
    [
      ComposeField("disable", castFlag),
      ComposeField("interval", duration),
      ComposeField(
        "retries", ComposeShape(ScalarShape(kinds: [.number, .string], cast: .integer, reading: .natural))),
      ComposeField(
        "test", ComposeShape(ListShape(text), or: ScalarShape(kinds: .string, reading: .text)),
        merge: .replace),
      ComposeField("timeout", duration),
      ComposeField("start_period", duration),
      ComposeField("start_interval", duration),
    ])

  static let envFiles = ComposeShape(
    ListShape(
      ComposeShape(
        MapShape(
          "an environment file",
          [ComposeField("path", text), ComposeField("format", text), ComposeField("required", flag)],
          takesExtensions: false, required: ["path"]),
        or: nil, or: ScalarShape(kinds: .string))),
    or: ScalarShape(kinds: .string, reading: .text))

  static let ports = ComposeShape(
    ListShape(
      ComposeShape(
        MapShape(
          "a port",
          [
            ComposeField("name", text), ComposeField("mode", text), ComposeField("host_ip", text),
            ComposeField(
              "target",
              ComposeShape(ScalarShape(kinds: [.integer, .string], cast: .integer, reading: .strictNatural))),
            ComposeField("published", ComposeShape(ScalarShape(kinds: [.string, .integer], reading: .textOrInteger))),
            ComposeField("protocol", text), ComposeField("app_protocol", text),
          ], required: ["target"]),
        or: nil, or: ScalarShape(kinds: [.number, .string])), isUnique: true))

  static let serviceNetworks = ComposeShape(
    MapShape(
      "the networks",
      others: .init(
        shape: ComposeShape(
          MapShape(
            "a network attachment",
            [
              ComposeField("aliases", uniqueTexts, identity: .key), ComposeField("interface_name", text),
              ComposeField("ipv4_address", text), ComposeField("ipv6_address", text),
              ComposeField("link_local_ips", uniqueTexts, identity: .key), ComposeField("mac_address", text),
              ComposeField("driver_opts", options),
              ComposeField("priority", ComposeShape(ScalarShape(kinds: .number))),
              ComposeField("gw_priority", ComposeShape(ScalarShape(kinds: .number))),
            ]), or: nil, or: nullable), accepts: isName, noun: "network"), takesExtensions: false),
    or: ListShape(text, isUnique: true))

  static let serviceModels = ComposeShape(
    MapShape(
      "the models",
      others: .init(
        shape: ComposeShape(
          MapShape("a model binding", [ComposeField("endpoint_var", text), ComposeField("model_var", text)]),
          or: nil, or: nullable), accepts: isName, isOpen: true, noun: "model"), takesExtensions: false),
    or: ListShape(text, isUnique: true))

  static let mounts = ComposeShape(
    ListShape(
      ComposeShape(
        MapShape(
          "a mount",
          [
            ComposeField(
              "type",
              ComposeShape(
                ScalarShape(kinds: .string, values: ["bind", "volume", "tmpfs", "cluster", "npipe", "image"]))),
            ComposeField("source", text), ComposeField("target", text), ComposeField("read_only", castFlag),
            ComposeField("consistency", text),
            ComposeField("bind", ComposeShape(bindOptions)),
            ComposeField("volume", ComposeShape(volumeOptions)),
            ComposeField("tmpfs", ComposeShape(tmpfsOptions)),
            ComposeField("image", ComposeShape(MapShape("the image's options", [ComposeField("subpath", text)]))),
          ], required: ["type", "target"]),
        or: nil, or: ScalarShape(kinds: .string, reading: .text)), isUnique: true))

  private static let bindOptions = MapShape(
    "the bind's options",
    [
      ComposeField("propagation", text), ComposeField("create_host_path", flag),
      ComposeField(
        "recursive",
        ComposeShape(ScalarShape(kinds: .string, values: ["enabled", "disabled", "writable", "readonly"]))),
      ComposeField("selinux", ComposeShape(ScalarShape(kinds: .string, values: ["z", "Z"]))),
    ])

  private static let volumeOptions = MapShape(
    "the volume's options",
    [
      ComposeField("labels", pairs, merge: .sequence), ComposeField("nocopy", castFlag),
      ComposeField("subpath", text),
    ])

  private static let tmpfsOptions = MapShape(
    "the tmpfs's options",
    [
      ComposeField("size", ComposeShape(ScalarShape(kinds: [.integer, .string], reading: .bytes, minimum: 0))),
      ComposeField("mode", ComposeShape(ScalarShape(kinds: [.number, .string], reading: .strictNatural))),
    ])

  static let devices = ComposeShape(
    ListShape(
      ComposeShape(
        MapShape(
          "a device",
          [ComposeField("source", text), ComposeField("target", text), ComposeField("permissions", text)],
          required: ["source", "target"]),
        or: nil, or: ScalarShape(kinds: .string, reading: .text))))

  static let dependencies = ComposeShape(
    MapShape(
      "the dependencies",
      others: .init(
        shape: ComposeShape(
          MapShape(
            "a dependency",
            [
              ComposeField("restart", flag),
              ComposeField("required", ComposeShape(ScalarShape(kinds: .boolean))),
              ComposeField(
                "condition",
                ComposeShape(
                  ScalarShape(
                    kinds: .string,
                    values: ["service_started", "service_healthy", "service_completed_successfully"]))),
            ], required: ["condition"])), accepts: isName, noun: "service"), takesExtensions: false),
    or: ListShape(text, isUnique: true))

  static let blockDevices: MapShape = {
    func limits(_ noun: String, _ key: String, _ reading: ScalarShape.Reading) -> ComposeShape {
      ComposeShape(
        ListShape(
          ComposeShape(
            MapShape(
              noun,
              [
                ComposeField("path", text),
                ComposeField(key, ComposeShape(ScalarShape(kinds: [.integer, .string], reading: reading))),
              ], takesExtensions: false))))
    }
    return MapShape(
      "a block device configuration",
      ["device_read_bps", "device_read_iops", "device_write_bps", "device_write_iops"].map {
        ComposeField($0, limits("a rate limit", "rate", .bytes))
      } + [
        ComposeField("weight", ComposeShape(ScalarShape(kinds: [.integer, .string], reading: .strictNatural))),
        ComposeField("weight_device", limits("a device's weight", "weight", .strictNatural)),
      ], takesExtensions: false)
  }()
}
