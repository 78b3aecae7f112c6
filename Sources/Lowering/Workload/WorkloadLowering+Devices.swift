import AST
import Diagnostics
import IR
import Parser
import Source

extension WorkloadLowering {
  /// What a worker wants, best first; empty where it wants none.
  mutating func gpus(_ record: RulesetRecord) -> [GPURequest] {
    var chain = [request(record, "gpus")]
    for (index, record) in (record["fallback"]?.records ?? []).enumerated() {
      chain.append(request(record, "gpus.fallback[\(index)]"))
    }
    if let first = chain.first, first.count == 0 {
      let extra = record.fields.first { $0.key != "count" }
      if let extra {
        bag.report(
          WorkloadRules.conflict, at: extra.location, "no GPUs are asked for, so that '\(extra.key)' says nothing",
          help: "set 'count', or remove 'gpus'")
      }
      return []
    }
    for (index, request) in chain.enumerated() where chain[..<index].contains(request) {
      bag.report(
        WorkloadRules.twice, at: record["fallback"]?.records?[index - 1].location ?? record.location,
        "this was tried before it", help: "remove it")
    }
    return chain
  }

  private mutating func request(_ record: RulesetRecord, _ what: String) -> GPURequest {
    for field in record.fields { origins["\(what).\(field.key)"] = field.location }
    var request = GPURequest(count: record["count"]?.integer ?? 1)
    if request.count == 0, what != "gpus" {
      bag.report(
        WorkloadRules.fieldValue, at: record["count"]?.location ?? record.location, "\(what).count must be at least 1")
    }
    if let type = record["type"], let text = type.text {
      if let problem = Self.problem(ofName: text) {
        bag.report(WorkloadRules.name, at: type.location, "the class '\(text)' \(problem)", help: "write h100")
      } else {
        request.type = text
      }
    }
    request.memory = size(record["memory"], "the memory of a GPU", 1...1_048_576)
    if let model = record["model"], let text = model.text {
      if text.isEmpty {
        bag.report(WorkloadRules.fieldValue, at: model.location, "every name contains the empty text")
      }
      request.model = text
    }
    request.link = record["link"]?.text.flatMap { GPURequest.Link(rawValue: $0) }
    if request.link != nil, request.count == 1 {
      bag.report(
        WorkloadRules.conflict, at: record["link"]?.location ?? record.location,
        "one GPU is joined with no other", help: "remove 'link'")
    }
    if let selector = record["selector"], let text = selector.text {
      do throws(SelectorParser.Failure) {
        request.selector = try SelectorParser.parse(text)
      } catch {
        bag.report(
          WorkloadRules.selector, at: place(of: error.range, in: text, selector.location), error.message,
          help: error.help)
      }
    }
    checkMeets(request, record)
    return request
  }

  /// The bytes of a part of a text, if the file has the text as it is.
  private func place(of range: Range<Int>, in text: String, _ location: Location) -> Location {
    let written = location.file.slice(location.range)
    guard let start = Array(written).firstRange(of: Array(text.utf8))?.lowerBound else { return location }
    let lower = location.range.lower + start
    // What is missing at the end is shown at the last letter.
    let first = min(range.lowerBound, max(0, text.utf8.count - 1))
    return Location(
      location.file, SourceRange(lower + first, lower + max(first + 1, min(range.upperBound, text.utf8.count))))
  }

  /// Warns where no GPU of the class can be what is asked.
  private mutating func checkMeets(_ request: GPURequest, _ record: RulesetRecord) {
    guard let name = request.type, let type = GPUType.named(name) else { return }
    if let memory = request.memory, let most = type.memory.last, memory > type.largest {
      let place = record["memory"]?.location ?? record.location
      bag.report(
        WorkloadRules.unmet, at: place, "GPUs of class \(type.name) have at most \(most)GB",
        help: memory > most << 10 ? nil : "write \(most)GB: drivers tell less than \(most)GiB")
    }
    if request.link == .nvlink, !type.hasLinks {
      bag.report(
        WorkloadRules.unmet, at: record["link"]?.location ?? record.location,
        "GPUs of class \(type.name) have no NVLink")
    }
  }

  /// How many workers there are.
  mutating func workers(_ record: RulesetRecord?, _ kind: WorkloadPlan.Kind) -> WorkloadPlan.Workers {
    guard let record else { return WorkloadPlan.Workers() }
    for field in record.fields { origins["workers.\(field.key)"] = field.location }
    let count = record["count"]?.integer ?? 1
    let parallelism = record["parallelism"]?.integer ?? count
    if parallelism > count {
      bag.report(
        WorkloadRules.fieldValue, at: record["parallelism"]?.location ?? record.location,
        "of \(count) workers not \(parallelism) can run at a time", help: "raise 'count'")
    }
    if kind == .service, let field = record["parallelism"] {
      bag.report(
        WorkloadRules.conflict, at: field.location, "all workers of a service run at a time",
        help: "remove 'parallelism'")
    }
    let isGang = record["gang"]?.bool ?? false
    if isGang, count < 2 || parallelism < count {
      bag.report(
        WorkloadRules.gang, at: record["gang"]?.location ?? record.location,
        count < 2 ? "a gang has at least two workers" : "all workers of a gang run at a time",
        help: count < 2 ? "set 'count', or remove 'gang'" : "remove 'parallelism'")
    }
    return WorkloadPlan.Workers(
      count: count, parallelism: parallelism, isIndexed: record["indexed"]?.bool ?? false, gang: isGang ? count : 1)
  }

  /// Where workers may stand.
  mutating func placement(_ record: RulesetRecord?) -> WorkloadPlan.PlacementRules {
    var rules = WorkloadPlan.PlacementRules()
    guard let record else { return rules }
    for field in record.fields { origins["placement.\(field.key)"] = field.location }
    for field in record["labels"]?.record?.fields ?? [] {
      let value = field.value.text ?? ""
      guard NodeLabel.isKey(field.key), NodeLabel.isValue(value) else {
        bag.report(
          WorkloadRules.name, at: field.location, "'\(field.key): \(value)' is no label of a node", help: NodeLabel.help
        )
        continue
      }
      rules.nodeLabels.append(.init(field.key, value))
    }
    for field in record["conditions"]?.record?.fields ?? [] {
      guard NodeLabel.isKey(field.key), let status = WorkloadPlan.Condition.Status(rawValue: field.value.text ?? "")
      else {
        bag.report(
          WorkloadRules.name, at: field.location, "'\(field.key)' is no condition of a node", help: NodeLabel.help)
        continue
      }
      rules.conditions.append(.init(field.key, status))
    }
    rules.nodeLabels.sort { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    rules.conditions.sort { $0.type.utf8.lexicographicallyPrecedes($1.type.utf8) }
    rules.gates = gates(record["gates"]?.records ?? [])
    if let within = record["within"], let text = within.text {
      if let problem = Self.problem(ofName: text) {
        bag.report(WorkloadRules.name, at: within.location, "the level '\(text)' \(problem)")
      }
      rules.within = text
    }
    rules.isStrict = record["strict"]?.bool ?? false
    if rules.isStrict, rules.within == nil {
      bag.report(
        WorkloadRules.conflict, at: record["strict"]?.location ?? record.location,
        "'strict' is about 'within', which is not there", help: "name the level that workers must share")
    }
    rules.workersPerNode = record["workers_per_node"]?.integer
    return rules
  }

  private mutating func gates(_ records: [RulesetRecord]) -> [WorkloadPlan.Gate] {
    var result: [WorkloadPlan.Gate] = []
    for record in records {
      guard let name = record["name"], let text = name.text else { continue }
      guard NodeLabel.isKey(text) else {
        bag.report(WorkloadRules.name, at: name.location, "'\(text)' is no gate's name", help: NodeLabel.help)
        continue
      }
      if result.contains(where: { $0.name == text }) {
        bag.report(WorkloadRules.twice, at: name.location, "the gate '\(text)' is there already", help: "remove one")
        continue
      }
      result.append(.init(name: text, reason: record["reason"]?.text, controller: record["controller"]?.text))
    }
    return result
  }
}

/// Labels of nodes, as Kubernetes takes them.
enum NodeLabel {
  static let help = "a key is a name of at most 63 letters, digits, '-', '_' and '.', perhaps behind a domain and '/'"

  /// A name, or a domain, a slash and a name.
  static func isKey(_ text: String) -> Bool {
    let parts = text.utf8.split(separator: 0x2F, omittingEmptySubsequences: false)
    guard let name = parts.last, parts.count <= 2, !name.isEmpty, isValue(String(Substring(name))) else { return false }
    guard parts.count == 2 else { return true }
    return !parts[0].isEmpty && parts[0].count <= 253
      && parts[0].split(separator: 0x2E, omittingEmptySubsequences: false).allSatisfy { label in
        WorkloadLowering.problem(ofName: String(Substring(label))) == nil || label.allSatisfy(\.isASCIIDigit)
      }
  }

  /// At most 63 letters, digits, `-`, `_` and `.`, a letter or digit at either end.
  static func isValue(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard let first = bytes.first, let last = bytes.last else { return true }
    return bytes.count <= 63 && first.isASCIIAlphanumeric && last.isASCIIAlphanumeric
      && bytes.allSatisfy { $0.isASCIIAlphanumeric || $0 == 0x2D || $0 == 0x5F || $0 == 0x2E }
  }
}
