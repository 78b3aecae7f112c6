import IR

/// Writes the alerts of a workload as a file of rules for Prometheus, whatever engine runs the workload.
enum PrometheusRules {
  /// The file; nil where there are no alerts.
  static func file(_ plan: WorkloadPlan) -> EmittedWorkload.File? {
    guard !plan.alerts.isEmpty else { return nil }
    let rules = plan.alerts.map { alert -> ComposePlan.Value in
      .map([
        "alert": .plain(alert.name), "expr": .plain(alert.expression), "for": .plain("\(alert.holdsFor)s"),
        "labels": .map(["severity": .plain(alert.severity.rawValue), "workload": .plain(plan.name)]),
        "annotations": .map(["summary": .plain(literal(alert.summary))]),
      ])
    }
    let group = ComposePlan.Value.map(["name": .plain("claw-\(plan.name)"), "rules": .list(rules)])
    var writer = ArtifactWriter()
    writer.write("# Written by claw from the workload \(plan.id); edit that, not this.\n")
    YAMLText.write(.init("groups", .list([group])), indent: 0, to: &writer)
    return .init(name: "\(plan.name).rules.yml", bytes: writer.finish().bytes)
  }

  /// A sentence is no template of Prometheus, whatever stands in it.
  private static func literal(_ text: String) -> String {
    var result: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.first {
      if rest.starts(with: [0x7B, 0x7B]) {
        result += Array(#"{{"{{"}}"#.utf8)
        rest = rest.dropFirst(2)
      } else {
        result.append(byte)
        rest = rest.dropFirst()
      }
    }
    return String(decoding: result, as: UTF8.self)
  }
}
