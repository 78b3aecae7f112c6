extension ComposeSchema {
  static let build = ComposeShape(
    MapShape(
      "a build",
      [
        ComposeField("context", text), ComposeField("dockerfile", text), ComposeField("dockerfile_inline", text),
        ComposeField("entitlements", texts),
        ComposeField("args", pairs, merge: .sequence, identity: .key),
        ComposeField("ssh", pairs, longForm: .sshKeys),
        ComposeField("labels", pairs, merge: .sequence, identity: .key),
        ComposeField("cache_from", texts), ComposeField("cache_to", texts), ComposeField("no_cache", flag),
        ComposeField("no_cache_filter", textOrList),
        ComposeField("additional_contexts", contexts, merge: .sequence, identity: .key, longForm: .pairs),
        ComposeField("network", text), ComposeField("provenance", textOrFlag), ComposeField("sbom", textOrFlag),
        ComposeField("pull", flag), ComposeField("target", text), ComposeField("shm_size", wholeSize),
        ComposeField("extra_hosts", hosts, merge: .hosts), ComposeField("isolation", text),
        ComposeField("privileged", flag),
        ComposeField("secrets", grants(cast: .any), longForm: .files),
        ComposeField("tags", texts, identity: .key), ComposeField("ulimits", ulimits),
        ComposeField("platforms", texts),
      ]), or: nil, or: ScalarShape(kinds: .string, reading: .text))

  /// `{name: context}` or `[name=context]`.
  private static let contexts = ComposeShape(
    MapShape("the contexts", others: .init(shape: text, accepts: isNotEmpty, noun: "context"), takesExtensions: false),
    or: ListShape(text, isUnique: true))

  private static let textOrFlag = ComposeShape(ScalarShape(kinds: [.string, .boolean]))

  static let develop = MapShape(
    "a development configuration",
    [
      ComposeField(
        "watch",
        ComposeShape(
          ListShape(
            ComposeShape(
              MapShape(
                "a watch rule",
                [
                  ComposeField("ignore", textOrList), ComposeField("include", textOrList),
                  ComposeField(
                    "path",
                    ComposeShape(
                      ScalarShape(
                        kinds: .string, reading: .text,
                        pattern: .init(description: "not empty") { !$0.isEmpty }))),
                  ComposeField(
                    "action",
                    ComposeShape(
                      ScalarShape(
                        kinds: .string, values: ["rebuild", "sync", "restart", "sync+restart", "sync+exec"]))),
                  ComposeField("target", text), ComposeField("exec", ComposeShape(hook())),
                  ComposeField("initial_sync", ComposeShape(ScalarShape(kinds: .boolean))),
                ], required: ["path", "action"])))))
    ])

  static let deploy = MapShape(
    "a deployment",
    [
      ComposeField("mode", text), ComposeField("endpoint_mode", text), ComposeField("replicas", castWhole),
      ComposeField("labels", pairs, merge: .sequence, identity: .key),
      ComposeField("rollback_config", ComposeShape(rollout("a rollback configuration"))),
      ComposeField("update_config", ComposeShape(rollout("an update configuration"))),
      ComposeField(
        "resources",
        ComposeShape(
          MapShape(
            "the resources",
            [ComposeField("limits", ComposeShape(limits)), ComposeField("reservations", ComposeShape(reservations))]))
      ),
      ComposeField(
        "restart_policy",
        ComposeShape(
          MapShape(
            "a restart policy",
            [
              ComposeField("condition", text), ComposeField("delay", duration),
              ComposeField("max_attempts", castNatural), ComposeField("window", duration),
            ]))),
      ComposeField("placement", ComposeShape(placement)),
    ])

  private static func rollout(_ noun: String) -> MapShape {
    MapShape(
      noun,
      [
        ComposeField("parallelism", castNatural), ComposeField("delay", duration),
        ComposeField("failure_action", text), ComposeField("monitor", duration),
        ComposeField("max_failure_ratio", castFloat),
        ComposeField("order", ComposeShape(ScalarShape(kinds: .string, values: ["start-first", "stop-first"]))),
      ])
  }

  private static let cpus = ComposeShape(ScalarShape(kinds: [.number, .string], reading: .float))
  private static let limits = MapShape(
    "the limits",
    [
      ComposeField("cpus", cpus), ComposeField("memory", ComposeShape(ScalarShape(kinds: .string, reading: .bytes))),
      ComposeField("pids", whole),
    ])
  private static let reservations = MapShape(
    "the reservations",
    [
      ComposeField("cpus", cpus), ComposeField("memory", ComposeShape(ScalarShape(kinds: .string, reading: .bytes))),
      ComposeField(
        "generic_resources",
        ComposeShape(
          ListShape(
            ComposeShape(
              MapShape(
                "a resource",
                [
                  ComposeField(
                    "discrete_resource_spec",
                    ComposeShape(
                      MapShape(
                        "a discrete resource",
                        [
                          ComposeField("kind", text),
                          ComposeField(
                            "value", ComposeShape(ScalarShape(kinds: [.number, .string], reading: .integer))),
                        ])))
                ]))))),
      ComposeField(
        "devices",
        ComposeShape(
          ListShape(ComposeShape(MapShape("a device request", deviceKeys, requiredAny: ["capabilities", "driver"]))))),
    ])

  private static let deviceKeys = [
    ComposeField("capabilities", uniqueTexts),
    ComposeField("count", ComposeShape(ScalarShape(kinds: [.string, .integer], reading: .count))),
    ComposeField("device_ids", uniqueTexts), ComposeField("driver", text), ComposeField("options", pairs),
  ]

  static let gpus = ComposeShape(
    ListShape(
      ComposeShape(
        MapShape(
          "a device request", deviceKeys,
          others: .init(shape: nil, accepts: { _ in true }, isOpen: true, noun: "key")))),
    or: ScalarShape(kinds: .string, values: ["all"]))

  private static let placement = MapShape(
    "a placement",
    [
      ComposeField("constraints", texts),
      ComposeField(
        "preferences", ComposeShape(ListShape(ComposeShape(MapShape("a preference", [ComposeField("spread", text)]))))
      ),
      ComposeField("max_replicas_per_node", castNatural),
    ])
}
