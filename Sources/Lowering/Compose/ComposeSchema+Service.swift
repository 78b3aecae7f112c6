extension ComposeSchema {
  /// A service: 93 keys.
  static let service = MapShape(
    "a service", process + environment + networking + storage + security + resources + orchestration)

  private static let process: [ComposeField] = [
    ComposeField("image", text),
    ComposeField("build", build, merge: .build, longForm: .build),
    ComposeField("platform", text),
    ComposeField(
      "pull_policy",
      ComposeShape(ScalarShape(kinds: .string, reading: .text, pattern: pullPolicy))),
    ComposeField("pull_refresh_after", text),
    ComposeField("provider", ComposeShape(provider)),
    ComposeField("command", command, merge: .replace),
    ComposeField("entrypoint", command, merge: .replace),
    ComposeField("working_dir", text),
    ComposeField("user", text),
    ComposeField("init", castFlag),
    ComposeField("tty", castFlag),
    ComposeField("stdin_open", castFlag),
    ComposeField("stop_signal", text),
    ComposeField("stop_grace_period", duration),
    ComposeField("post_start", ComposeShape(ListShape(ComposeShape(hook())))),
    ComposeField(
      "pre_start",
      ComposeShape(
        ListShape(ComposeShape(hook([ComposeField("image", text), ComposeField("per_replica", flag)]))))),
    ComposeField("pre_stop", ComposeShape(ListShape(ComposeShape(hook())))),
    ComposeField("healthcheck", ComposeShape(healthcheck)),
    ComposeField("restart", text),
  ]

  private static let environment: [ComposeField] = [
    ComposeField("environment", pairs, merge: .sequence, identity: .key),
    ComposeField("env_file", envFiles, merge: .sequence, identity: .path, longForm: .envFiles),
    ComposeField("labels", pairs, merge: .sequence, identity: .key),
    ComposeField(
      "label_file", ComposeShape(ListShape(text), or: ScalarShape(kinds: .string, reading: .text)),
      merge: .sequence, longForm: .list),
    ComposeField("annotations", pairs, merge: .sequence, identity: .key),
    ComposeField("container_name", text),
    ComposeField("hostname", text),
    ComposeField("domainname", text),
    ComposeField("profiles", uniqueTexts, identity: .key),
    ComposeField("scale", castWhole),
    ComposeField(
      "extends",
      ComposeShape(
        MapShape(
          "an extends", [ComposeField("service", text), ComposeField("file", text)], takesExtensions: false,
          required: ["service"]),
        or: nil, or: ScalarShape(kinds: .string))),
    ComposeField("attach", flag),
  ]

  private static let networking: [ComposeField] = [
    ComposeField("ports", ports, identity: .port, longForm: .ports),
    ComposeField(
      "expose",
      ComposeShape(
        ListShape(
          ComposeShape(ScalarShape(kinds: [.string, .number], reading: .textOrInteger)), isUnique: true)),
      identity: .expose),
    ComposeField("networks", serviceNetworks, merge: .names, longForm: .names),
    ComposeField("network_mode", text),
    ComposeField("links", uniqueTexts, identity: .key),
    ComposeField("external_links", uniqueTexts),
    ComposeField("dns", textOrList, merge: .sequence, identity: .key, longForm: .list),
    ComposeField("dns_opt", uniqueTexts, merge: .sequence, identity: .key),
    ComposeField("dns_search", textOrList, merge: .sequence, identity: .key),
    ComposeField("extra_hosts", hosts, merge: .hosts),
    ComposeField("mac_address", text),
  ]

  private static let storage: [ComposeField] = [
    ComposeField("volumes", mounts, identity: .mountTarget, longForm: .mounts),
    ComposeField("volumes_from", uniqueTexts),
    ComposeField("tmpfs", textOrList, merge: .sequence, identity: .key),
    ComposeField("shm_size", size),
    ComposeField(
      "storage_opt",
      ComposeShape(
        MapShape(
          "the options",
          others: .init(
            shape: ComposeShape(ScalarShape(kinds: [.string, .integer, .null], reading: .textOrInteger)),
            accepts: { _ in true }, noun: "option"), takesExtensions: false))),
    ComposeField("devices", devices, identity: .deviceTarget, longForm: .devices),
    ComposeField("device_cgroup_rules", uniqueTexts),
    ComposeField("read_only", castFlag),
    ComposeField(
      "secrets", grants(cast: .integer), identity: .file(folder: "/run/secrets"), longForm: .files),
    ComposeField("configs", grants(cast: .integer), identity: .file(folder: ""), longForm: .files),
    ComposeField(
      "credential_spec",
      ComposeShape(
        MapShape(
          "a credential spec",
          [ComposeField("config", text), ComposeField("file", text), ComposeField("registry", text)]))),
    ComposeField("models", serviceModels, merge: .names, longForm: .names),
    ComposeField("use_api_socket", ComposeShape(ScalarShape(kinds: .boolean))),
  ]

  private static let security: [ComposeField] = [
    ComposeField("privileged", castFlag),
    ComposeField("cap_add", uniqueTexts, identity: .key),
    ComposeField("cap_drop", uniqueTexts, identity: .key),
    ComposeField("security_opt", uniqueTexts),
    ComposeField("userns_mode", text),
    ComposeField(
      "group_add",
      ComposeShape(
        ListShape(ComposeShape(ScalarShape(kinds: [.string, .number], reading: .textOrInteger)), isUnique: true))),
    ComposeField("isolation", text),
    ComposeField("runtime", text),
    ComposeField("ipc", text),
    ComposeField("pid", text),
    ComposeField("uts", text),
    ComposeField("cgroup", ComposeShape(ScalarShape(kinds: .string, values: ["host", "private"]))),
    ComposeField("cgroup_parent", text),
  ]

  private static let resources: [ComposeField] = [
    ComposeField("cpus", castFloat),
    ComposeField(
      "cpu_count", ComposeShape(ScalarShape(kinds: [.integer, .string], cast: .integer, reading: .integer, minimum: 0))),
    ComposeField(
      "cpu_percent",
      ComposeShape(
        ScalarShape(kinds: [.integer, .string], cast: .float, reading: .float, minimum: 0, maximum: 100))),
    ComposeField("cpu_period", castNumber),
    ComposeField("cpu_quota", castNumber),
    ComposeField("cpu_rt_period", castNumber),
    ComposeField("cpu_rt_runtime", castNumber),
    ComposeField("cpu_shares", castNumber),
    ComposeField("cpuset", text),
    ComposeField("mem_limit", size),
    ComposeField("mem_reservation", wholeSize),
    ComposeField("mem_swappiness", wholeSize),
    ComposeField("memswap_limit", size),
    ComposeField("oom_kill_disable", castFlag),
    ComposeField(
      "oom_score_adj",
      ComposeShape(
        ScalarShape(kinds: [.integer, .string], cast: .integer, reading: .integer, minimum: -1000, maximum: 1000))),
    ComposeField("pids_limit", castNumber),
    ComposeField("blkio_config", ComposeShape(blockDevices)),
    ComposeField("ulimits", ulimits),
    ComposeField("sysctls", pairs, merge: .sequence, identity: .key),
    ComposeField("gpus", gpus, longForm: .gpus),
  ]

  private static let orchestration: [ComposeField] = [
    ComposeField("deploy", ComposeShape(deploy, or: nil, or: nullable)),
    ComposeField("depends_on", dependencies, merge: .dependencies, longForm: .dependencies),
    ComposeField("develop", ComposeShape(develop, or: nil, or: nullable)),
    ComposeField(
      "logging",
      ComposeShape(
        MapShape(
          "a logging configuration",
          [
            ComposeField("driver", text),
            ComposeField(
              "options",
              ComposeShape(
                MapShape(
                  "the options",
                  others: .init(
                    shape: ComposeShape(ScalarShape(kinds: [.string, .number, .null])), accepts: isNotEmpty,
                    isOpen: true, noun: "option"), takesExtensions: false))),
          ])), merge: .logging),
  ]
}
