import IR
import Lexer
import Source

extension PodLowering {
  /// The sidecar of an instance, if it has one.
  func sidecar(
    _ claw: ResolvedClaw, _ instance: PodPlan.Instance, _ node: YAMLNode, indent: Int
  ) -> [ComposePlan.Piece] {
    guard let stack = claw.cllama else { return [] }
    let inner = indent + 2
    var environment: [ComposePlan.Entry] = [
      .init("CLAW_POD", .text(plan.name)), .init("CLAW_INSTANCE", .text(instance.name)),
      .init("CLLAMA_STACK", .text(stack.joined(separator: " "))),
    ]
    // A key stays a reference until compose hands it over: no artifact holds it.
    for (name, value) in claw.block.cllamaEnvironment {
      environment.append(.init(name, cllamaValue(name, value.value), origin: value.location))
    }
    var entries: [ComposePlan.Entry] = [
      .init("image", .text(ComposeNames.sidecarImage)), .init("user", .text("65532:65532")),
      .init("read_only", .bool(true)), .init("cap_drop", .list([.text("ALL")])),
      .init("security_opt", .list([.text("no-new-privileges:true")])), .init("init", .bool(true)),
      .init("pids_limit", .integer(128)), .init("mem_limit", .text("256m")), .init("memswap_limit", .text("256m")),
      .init("restart", .text("on-failure:5")),
      .init("sysctls", .mapping([.init("net.ipv4.ip_forward", .text("0"))])),
      .init(
        "healthcheck",
        .mapping([
          .init("test", .list([.text("CMD"), .text("/cllama"), .text("-healthcheck")])),
          .init("interval", .text("15s")), .init("timeout", .text("5s")), .init("retries", .integer(3)),
        ])),
      .init("environment", .mapping(environment)),
      .init("labels", .mapping(labels(claw, instance, role: "cllama"))),
      .init(
        "networks",
        .mapping([.init(ComposeNames.network(claw.service.name), .null), .init(ComposeNames.egress, .null)])),
      .init(
        "volumes",
        .list([
          .mapping([
            .init("type", .text("volume")), .init("source", .text(ComposeNames.audit)),
            .init("target", .text("/claw/audit")),
          ])
        ])),
    ]
    // It comes and goes with its claw.
    if let profiles = node["profiles"] {
      entries.append(.init("profiles", .raw(FlowText.of(profiles, in: main)), origin: Location(main, profiles.range)))
    }
    return [.entry(indent: indent, .init(ComposeNames.sidecar(instance.name), .raw("")))]
      + entries.map { .entry(indent: inner, $0) }
  }

  /// A value for the sidecar: a variable stays one, and compose must refuse to start without it.
  private func cllamaValue(_ name: String, _ written: String) -> ComposePlan.Value {
    guard written.utf8.contains(0x24) else { return .text(written) }
    var bare = written.dropFirst()
    if bare.first == "{", bare.last == "}" { bare = bare.dropFirst().dropLast() }
    let isBare = bare.utf8.allSatisfy {
      $0.isASCIIAlphanumeric || $0 == 0x5F
    }
    return .interpolated(isBare && written.utf8.first == 0x24 && !bare.isEmpty ? "${\(bare):?cllama-env}" : written)
  }
}
