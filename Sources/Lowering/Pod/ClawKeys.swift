import Source

/// All service keys of compose.
package enum ClawKeys {
  /// The table, in the order of the documentation.
  package static let all = process + environment + networking + storage + security + resources + orchestration

  /// The keys that a service may have, as the checks of compose's own rules know them.
  package static var composeKeys: [String] { ComposeSchema.service.fields.keys.sorted() }

  /// The row of a key; nil for extensions and what compose does not know.
  package static func key(_ name: String) -> ClawKey? { byName[name] }

  private static let byName = Dictionary(all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

  /// The table as Markdown.
  package static let markdown: String = {
    var text = "| key | who wins | note |\n|---|---|---|\n"
    for key in all {
      var note = key.note
      if let exception = key.exception { note += (note.isEmpty ? "" : "; ") + "refused: \(exception)" }
      text += "| `\(key.name)` | \(key.verdict.rawValue) | \(note) |\n"
    }
    return text
  }()

  private static let process: [ClawKey] = [
    .init("image", .author, "with `build` and no `image` claw names it `claw-local/POD-SERVICE`"),
    .init(
      "build", .both, "`dockerfile` becomes the generated one",
      refusing:
        "`privileged`, `entitlements`, `network: host`, `dockerfile_inline`, a remote context, contexts named as a stage or base, labels below `claw.`, a provider's key",
      when: {
        $0["privileged"]?.bool == true || $0["entitlements"]?.elements?.isEmpty == false
          || $0["network"]?.string == "host"
      }),
    .init("platform", .author),
    .init("pull_policy", .author),
    .init("pull_refresh_after", .author),
    .init("provider", .refused, "a claw is a container"),
    .init("command", .author, refusing: "a provider's key in it", when: never),
    .init(
      "entrypoint", .both, "claw's wrapper comes in front, where the image has CONFIGURE or INVOKE",
      refusing: "a provider's key in it", when: never),
    .init(
      "working_dir", .author, refusing: "a folder below `/proc`, `/sys` or `/dev`",
      when: { value in
        let path = FilePath.normalize(value.string ?? "")
        return ["/proc", "/sys", "/dev"].contains { path == $0 || path.utf8.starts(with: ($0 + "/").utf8) }
      }),
    .init(
      "user", .author, "else `PRIVILEGE runtime`, the image's user, or `1000:1000`",
      refusing: "root, unless `PRIVILEGE runtime` says so", when: never),
    .init("init", .author, "else `true`"),
    .init("tty", .author),
    .init("stdin_open", .author),
    .init("stop_signal", .author),
    .init("stop_grace_period", .author),
    .init("post_start", .author, refusing: "`privileged: true` or a `user`", when: hook),
    .init("pre_start", .author, refusing: "`privileged: true` or a `user`", when: hook),
    .init("pre_stop", .author, refusing: "`privileged: true` or a `user`", when: hook),
    .init("healthcheck", .author, "else the image's, or the runner type's"),
    .init("restart", .author, "else the runner type's, mostly `on-failure:5`"),
  ]

  private static let environment: [ClawKey] = [
    .init(
      "environment", .both, "claw's variables win over the author's, with a warning", refusing: "a provider's key",
      when: never),
    .init(
      "env_file", .both, "the sidecar's token; claw's variables win", refusing: "a provider's key in the file",
      when: never),
    .init("labels", .both, "claw's own", refusing: "labels below `claw.`, a provider's key", when: never),
    .init("label_file", .author, refusing: "labels below `claw.` in the file", when: never),
    .init("annotations", .author),
    .init("container_name", .author, refusing: "with `count`", when: never),
    .init("hostname", .author, "all instances of a `count` have the same then"),
    .init("domainname", .author),
    .init("profiles", .author, "the sidecar gets the same"),
    .init("scale", .refused, "write `count` in x-claw"),
    .init("extends", .author, refusing: "a base that is a claw", when: never),
    .init("attach", .author),
  ]

  private static let networking: [ClawKey] = [
    .init(
      "ports", .refused, "an internal network publishes none: let a plain service do it, and declare that as a surface",
      rule: PodRules.refusedPort),
    .init("expose", .author),
    .init(
      "networks", .refused, "a claw has a network of its own: write `surfaces: [service://NAME]`",
      rule: PodRules.refusedNetwork),
    .init("network_mode", .refused, "a claw has a network of its own"),
    .init("links", .refused, "write `surfaces: [service://NAME]`", rule: PodRules.refusedNetwork),
    .init("external_links", .refused, "write `surfaces: [service://NAME]`", rule: PodRules.refusedNetwork),
    .init("dns", .refused, "names of the world are the sidecar's business", rule: PodRules.refusedNetwork),
    .init("dns_opt", .author),
    .init("dns_search", .author),
    .init(
      "extra_hosts", .author, refusing: "`host-gateway`",
      when: { value in
        let hosts = (value.elements ?? value.entries?.map(\.value) ?? []).flatMap { $0.elements ?? [$0] }
        return hosts.contains { $0.string?.hasSuffix("host-gateway") == true }
      }),
    .init("mac_address", .author, refusing: "with `count`", when: never),
  ]

  private static let storage: [ClawKey] = [
    .init(
      "volumes", .both, "what claw mounts",
      refusing: "host paths outside the pod's folder, the pod's own files, claw's targets",
      rule: PodRules.refusedMount, when: never),
    .init("volumes_from", .refused, "declare the volumes as surfaces"),
    .init("tmpfs", .both, "`/tmp`, `/run` and `/claw/tmp`", refusing: "claw's own targets", when: never),
    .init("shm_size", .author),
    .init("storage_opt", .author),
    .init("devices", .refused, "no device of the host"),
    .init("device_cgroup_rules", .refused, "no device of the host"),
    .init(
      "read_only", .claw, "`true`, unless `PRIVILEGE rootfs rw` or the runner type says otherwise",
      differs: { $0.bool == false }),
    .init(
      "secrets", .author, refusing: "claw's targets, files outside the pod's folder, a provider's key", when: never),
    .init(
      "configs", .author, refusing: "claw's targets, files outside the pod's folder, a provider's key", when: never),
    .init("credential_spec", .refused, "Windows only"),
    .init("models", .refused, "a model is reached through the sidecar", rule: PodRules.refusedNetwork),
    .init("use_api_socket", .refused, "that is the engine's socket"),
  ]

  private static let security: [ClawKey] = [
    .init("privileged", .refused, "a claw is in a sandbox"),
    .init("cap_add", .both, "what `PRIVILEGE cap` grants", refusing: "any other", when: never),
    .init("cap_drop", .claw, "`ALL`", differs: { $0.elements?.map(\.string) != ["ALL"] }),
    .init(
      "security_opt", .both, "`no-new-privileges:true`",
      refusing: "anything but `no-new-privileges:true` and an AppArmor profile",
      when: { value in
        (value.elements ?? []).contains { option in
          let text = (option.string ?? "").replacing("=", with: ":")
          if text == "no-new-privileges" || text == "no-new-privileges:true" { return false }
          return !text.hasPrefix("apparmor:") || text.hasSuffix("unconfined")
        }
      }),
    .init("userns_mode", .refused, "the user namespace is the engine's business"),
    .init("group_add", .refused, "`PRIVILEGE runtime USER:GROUP` says the group"),
    .init("isolation", .author),
    .init("runtime", .refused, "the runtime is the engine's business"),
    .init(
      "ipc", .author, "else `private`", refusing: "anything but `private` and `none`",
      when: { !["private", "none"].contains($0.string ?? "") }),
    .init("pid", .refused, "a claw shares no namespace"),
    .init("uts", .refused, "a claw shares no namespace"),
    .init("cgroup", .author, refusing: "anything but `private`", when: { $0.string != "private" }),
    .init("cgroup_parent", .refused, "limits are per claw"),
  ]

  private static let resources: [ClawKey] =
    [
      "cpus", "cpu_count", "cpu_percent", "cpu_period", "cpu_quota", "cpu_rt_period", "cpu_rt_runtime", "cpu_shares",
      "cpuset",
    ].map { .init($0, .author) } + [
      .init(
        "mem_limit", .author, "else `2g`, or `deploy.resources.limits.memory`", refusing: "no limit: 0 or below",
        when: { value in
          guard let number = value.scalarText else { return false }
          return number.utf8.first == 0x2D || number.utf8.first { $0 >= 0x31 && $0 <= 0x39 } == nil
        }),
      .init("mem_reservation", .author),
      .init("mem_swappiness", .author),
      .init("memswap_limit", .author, "else `2g`, where `mem_limit` is claw's too"),
      .init("oom_kill_disable", .author, refusing: "`true`", when: { $0.bool == true }),
      .init("oom_score_adj", .author, refusing: "below 0", when: { ($0.int ?? 0) < 0 }),
      .init(
        "pids_limit", .author, "else 256, or `deploy.resources.limits.pids`", refusing: "no limit: 0 or below",
        when: { ($0.int ?? 1) <= 0 }),
      .init("blkio_config", .author),
      .init("ulimits", .author, "else `nofile` 4096:8192"),
      .init("sysctls", .author),
      .init("gpus", .refused, "no device of the host"),
    ]

  private static let orchestration: [ClawKey] = [
    .init(
      "deploy", .author, "claw adds limits of memory and processes that are missing",
      refusing: "`replicas` (write `count`), `mode: global`, devices, and no limit of processes",
      when: { value in
        value["replicas"].map { !$0.isNull } ?? false || value["mode"]?.string?.hasPrefix("global") == true
          || value["resources"]?["reservations"]?["devices"]?.elements?.isEmpty == false
          || (value["resources"]?["limits"]?["pids"]?.int ?? 1) <= 0
      }),
    .init("depends_on", .both, "the sidecar; a claw with `count` becomes its instances"),
    .init(
      "develop", .author,
      refusing:
        "paths outside the pod's folder, targets below `/claw`, an `exec` as another user",
      when: { value in
        (value["watch"]?.elements ?? []).contains { watch in
          let path = watch["path"]?.string ?? ""
          let target = FilePath.normalize(FilePath.join("/", watch["target"]?.string ?? "/app"))
          return FilePath.isAbsolute(path) || FilePath.escapes(path) || path.utf8.first == 0x7E
            || target == "/" || target == "/claw" || target.utf8.starts(with: "/claw/".utf8)
            || watch["exec"].map { asksForUser($0) } ?? false
        }
      }),
    .init("logging", .author, "else `json-file` with three files of 10 MB"),
  ]

  /// For what the checks of mounts, keys and counts refuse.
  private static let never: @Sendable (ComposeValue) -> Bool = { _ in false }

  private static let hook: @Sendable (ComposeValue) -> Bool = { value in
    (value.elements ?? []).contains(where: asksForUser)
  }

  /// Whether a command asks to run as somebody else.
  private static let asksForUser: @Sendable (ComposeValue) -> Bool = { value in
    value["privileged"]?.bool == true || value["user"].map { !$0.isNull } ?? false
  }
}
