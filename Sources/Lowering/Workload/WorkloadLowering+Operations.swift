import AST
import Diagnostics
import IR
import Parser
import Source

extension WorkloadLowering {
  /// How a new version takes the old one's place.
  mutating func rollout(
    _ record: RulesetRecord?, _ kind: WorkloadPlan.Kind, _ workers: WorkloadPlan.Workers
  ) -> Rollout? {
    guard let record else { return nil }
    for field in record.fields { origins["rollout.\(field.key)"] = field.location }
    if kind == .job {
      bag.report(
        WorkloadRules.conflict, at: origins["rollout"] ?? record.location,
        "a job ends, so that no version takes another's place", help: "remove 'rollout', or make it a service")
    }
    let word = record["strategy"]?.text ?? "auto"
    let wanted: Rollout.Strategy?
    switch word {
    case "immediate": wanted = .immediate
    case "rolling": wanted = .rolling(batch: record["batch"]?.integer ?? 1)
    case "canary":
      wanted = .canary(
        percent: record["percent"]?.integer ?? 10,
        seconds: seconds(record["duration"], "the watch of a canary", 1...604_800) ?? 300)
    case "blue-green": wanted = .blueGreen
    default: wanted = nil
    }
    for (key, strategy) in [("batch", "rolling"), ("percent", "canary"), ("duration", "canary")]
    where record[key] != nil && strategy != word {
      bag.report(
        WorkloadRules.conflict, at: record[key]?.location ?? record.location,
        "'\(key)' is about the strategy '\(strategy)', and this one is '\(word)'", help: "remove it")
    }
    let environment = RolloutDecision.Environment(rawValue: record["environment"]?.text ?? "") ?? .production
    let situation = RolloutDecision.Situation(
      environment: environment, criticality: record["criticality"]?.integer ?? 50, replicas: workers.count,
      pastFailures: record["past_failures"]?.integer ?? 0)
    return Rollout(
      strategy: RolloutDecision.strategy(wanted: wanted, situation), health: RolloutDecision.health(environment))
  }

  /// How many workers there are by load.
  mutating func scaling(_ record: RulesetRecord?, _ kind: WorkloadPlan.Kind) -> Scaling? {
    guard let record else { return nil }
    for field in record.fields { origins["scaling.\(field.key)"] = field.location }
    if kind == .job {
      bag.report(
        WorkloadRules.conflict, at: origins["scaling"] ?? record.location, "the number of a job's workers is fixed",
        help: "remove 'scaling', or make it a service")
    }
    let minimum = record["min"]?.integer ?? 1
    let maximum = record["max"]?.integer ?? 1
    if minimum > maximum {
      bag.report(
        WorkloadRules.fieldValue, at: record["min"]?.location ?? record.location,
        "at least \(minimum) and at most \(maximum) is no number")
    }
    let measures = ["cpu", "memory", "metric", "query"].filter { record[$0] != nil }
    guard measures.count == 1 else {
      bag.report(
        WorkloadRules.conflict, at: record.location,
        measures.isEmpty ? "nothing is said of what is measured" : "one thing is measured",
        help: "write one of cpu, memory, metric and query")
      return nil
    }
    let measure: Scaling.Measure
    if let percent = record["cpu"]?.integer {
      measure = .cpu(percent: percent)
    } else if let percent = record["memory"]?.integer {
      measure = .memory(percent: percent)
    } else if let metric = record["metric"]?.record {
      measure = .metric(name: metric["name"]?.text ?? "", value: metric["value"]?.integer ?? 1)
    } else {
      let query = record["query"]?.record
      let server = query?["server"]?.text ?? ""
      if let place = query?["server"]?.location, server.utf8.contains(0x40) {
        bag.report(
          WorkloadRules.secret, at: place, "the server's address has a user in it, who has a password",
          help: "KEDA takes those from a TriggerAuthentication")
      }
      if let place = query?["server"]?.location,
        !(server.utf8.starts(with: "http://".utf8) || server.utf8.starts(with: "https://".utf8))
      {
        bag.report(
          WorkloadRules.address, at: place, "'\(server)' is no server's address", help: "write http://prometheus:9090")
      }
      measure = .query(query?["expr"]?.text ?? "", value: query?["value"]?.integer ?? 1, server: server)
    }
    // Only an outside measure can tell that nobody calls a service that has no workers.
    if minimum == 0, case .query = measure {
    } else if minimum == 0 {
      bag.report(
        WorkloadRules.conflict, at: record["min"]?.location ?? record.location,
        "without a worker there is nothing that could be measured", help: "write at least 1, or measure by 'query'")
    }
    return Scaling(
      minimum: minimum, maximum: maximum, measure: measure,
      upAfter: seconds(record["up_after"], "the time before workers are added", 0...3600) ?? 0,
      downAfter: seconds(record["down_after"], "the time before workers are taken away", 0...3600) ?? 300)
  }

  /// When somebody is told.
  mutating func alerts(_ fields: RulesetRecord) -> [Alert] {
    var result: [Alert] = []
    for record in fields["alerts"]?.records ?? [] {
      guard let name = record["name"], let text = name.text else { continue }
      let isName =
        (text.utf8.first?.isASCIILetter ?? false) && text.utf8.count <= 128
        && text.utf8.allSatisfy { $0.isASCIIAlphanumeric || $0 == 0x5F }
      guard isName else {
        bag.report(
          WorkloadRules.name, at: name.location, "'\(text)' is no alert's name",
          help: "letters, digits and underscores, a letter first")
        continue
      }
      if result.contains(where: { $0.name == text }) {
        bag.report(WorkloadRules.twice, at: name.location, "the alert '\(text)' is there already", help: "remove one")
        continue
      }
      let expression = record["expr"]?.text ?? ""
      if let problem = Self.problem(ofExpression: expression) {
        bag.report(
          WorkloadRules.fieldValue, at: record["expr"]?.location ?? record.location, "the expression \(problem)")
      }
      result.append(
        Alert(
          name: text, expression: expression, holdsFor: seconds(record["for"], "the time", 0...604_800) ?? 0,
          severity: Alert.Severity(rawValue: record["severity"]?.text ?? "") ?? .warning,
          summary: record["summary"]?.text ?? ""))
    }
    return result
  }

  /// What makes a text no Prometheus expression, as far as brackets and quotes tell; promtool knows the rest.
  private static func problem(ofExpression text: String) -> String? {
    var open: [UInt8] = []
    var quote: UInt8?
    var isEscaped = false
    if text.utf8.allSatisfy({ $0 == 0x20 }) { return "is empty" }
    for byte in text.utf8 {
      if let current = quote {
        if isEscaped {
          isEscaped = false
        } else if byte == 0x5C, current != 0x60 {
          isEscaped = true
        } else if byte == current {
          quote = nil
        }
        continue
      }
      switch byte {
      case 0x22, 0x27, 0x60: quote = byte
      case 0x28: open.append(0x29)
      case 0x5B: open.append(0x5D)
      case 0x7B: open.append(0x7D)
      case 0x29, 0x5D, 0x7D:
        if open.popLast() != byte { return "closes a bracket that is not open" }
      default: break
      }
    }
    if quote != nil { return "lacks the end of a text in quotes" }
    return open.isEmpty ? nil : "lacks a closing bracket"
  }
}
