package import AST
import Canonical
package import Diagnostics
package import IR
import Parser
package import Source

/// What a service says already of the workload that it is.
package struct WorkloadService: Sendable {
  /// The service's name.
  package var name: String
  /// Its image.
  package var image: String?
  /// Its command.
  package var command: [String]
  /// Its variables.
  package var environment: [(name: Located<String>, value: String)]
  /// Its variables whose values come from the shell of whoever compiles: they may be secrets, and are named alone.
  package var shellVariables: [Located<String>]
  /// Whether words of its command come from there.
  package var isCommandFromShell: Bool

  /// Joins the parts.
  package init(
    name: String, image: String? = nil, command: [String] = [],
    environment: [(name: Located<String>, value: String)] = [], shellVariables: [Located<String>] = [],
    isCommandFromShell: Bool = false
  ) {
    self.name = name
    self.image = image
    self.command = command
    self.environment = environment
    self.shellVariables = shellVariables
    self.isCommandFromShell = isCommandFromShell
  }
}

/// Checks a workload, and makes a plan of it.
package struct WorkloadLowering {
  let service: WorkloadService?
  var bag = DiagnosticBag()
  var origins: [String: Location] = [:]

  /// The plan of a workload's file; nil where there are errors.
  package static func lower(_ file: SourceFile, into bag: inout DiagnosticBag) -> WorkloadPlan? {
    var found = DiagnosticBag()
    let declaration = WorkloadParser.parse(file, into: &found)
    let plan = declaration.flatMap { lower($0, service: nil, into: &found) }
    bag.add(contentsOf: found)
    return found.hasErrors ? nil : plan
  }

  /// The plan of a workload; nil where there are errors.
  ///
  /// - Parameter service: what the service says whose block it is.
  package static func lower(
    _ declaration: WorkloadDeclaration, service: WorkloadService?, into bag: inout DiagnosticBag
  ) -> WorkloadPlan? {
    var lowering = WorkloadLowering(service: service)
    var plan = lowering.plan(declaration.fields)
    defer { bag.add(contentsOf: lowering.bag) }
    guard !lowering.bag.hasErrors else { return nil }
    if let unnamed = plan { plan?.id = WorkloadID.of(unnamed) }
    plan?.service = service?.name ?? ""
    return plan
  }

  private init(service: WorkloadService?) { self.service = service }

  private mutating func plan(_ fields: RulesetRecord) -> WorkloadPlan? {
    for field in fields.fields { origins[field.key] = field.location }
    let name = name(fields)
    let image = image(fields)
    let kind = WorkloadPlan.Kind(rawValue: fields["kind"]?.text ?? "") ?? .job
    let memory = size(fields["memory"], "memory", 1...1_024_000) ?? 512
    guard let name, let image else { return nil }
    var plan = WorkloadPlan(
      name: name, kind: kind, image: image, cores: fields["cpu"]?.integer ?? 1, memory: memory)
    if let words = fields.texts("command") {
      plan.command = words.map(\.value)
      for word in words where KeyShape.contains(word.value) {
        bag.report(
          WorkloadRules.secret, at: word.location, "a word of the command has the shape of a key",
          help: "put it into a secret of the engine's, and name that under 'secrets'")
      }
    } else if let service {
      (plan.command, plan.isCommandFromShell) = (service.command, service.isCommandFromShell)
    }
    plan.environment = environment(fields)
    plan.secrets = secrets(fields, plan.environment)
    plan.gpus = fields["gpus"]?.record.map { gpus($0) } ?? []
    plan.workers = workers(fields["workers"]?.record, kind)
    plan.placement = placement(fields["placement"]?.record)
    plan.queueing = queueing(fields)
    plan.retries = retries(fields["retries"]?.record, kind, plan.workers)
    plan.limits = limits(fields, kind)
    plan.volumes = volumes(fields)
    plan.ports = ports(fields)
    plan.probes = probes(fields["probes"]?.record, kind, plan.ports)
    plan.egress = egress(fields)
    plan.user = fields["user"]?.integer
    plan.rollout = rollout(fields["rollout"]?.record, kind, plan.workers)
    plan.scaling = scaling(fields["scaling"]?.record, kind)
    plan.alerts = alerts(fields)
    plan.origins = origins
    check(plan, fields)
    return plan
  }

  // MARK: What every workload says

  private mutating func name(_ fields: RulesetRecord) -> String? {
    guard let value = fields["name"], let text = value.text else {
      if let service {
        // Compose takes more names than engines do.
        if let problem = Self.problem(ofName: service.name, limit: 50) {
          bag.report(
            WorkloadRules.name, at: fields.location, "the service's name '\(service.name)' \(problem)",
            help: "give the workload a 'name' of its own")
          return nil
        }
        return service.name
      }
      missing("name", fields)
      return nil
    }
    if let problem = Self.problem(ofName: text, limit: 50) {
      bag.report(
        WorkloadRules.name, at: value.location, "the name '\(text)' \(problem)",
        help: "small letters, digits and hyphens, at most 50")
      return nil
    }
    return text
  }

  /// What is wrong with a DNS label, in words that follow it; nil if nothing is.
  static func problem(ofName name: String, limit: Int = 63) -> String? {
    let bytes = Array(name.utf8)
    guard let first = bytes.first, let last = bytes.last else { return "is empty" }
    if bytes.count > limit { return "has \(bytes.count) letters, and at most \(limit) can be used" }
    guard bytes.allSatisfy({ ($0.isASCIILetter && $0 >= 0x61) || $0.isASCIIDigit || $0 == 0x2D }) else {
      return "has letters that engines don't take"
    }
    if !(first.isASCIILetter) { return "begins with no letter" }
    return last == 0x2D ? "ends with a hyphen" : nil
  }

  private mutating func image(_ fields: RulesetRecord) -> String? {
    guard let value = fields["image"], let text = value.text else {
      if let image = service?.image { return image }
      missing("image", fields)
      return nil
    }
    do throws(ImageReference.Failure) {
      _ = try ImageReference(text)
      return text
    } catch {
      bag.report(
        WorkloadRules.image, at: value.location, error.message,
        help: "write registry/path:tag, or registry/path@sha256:… to always get the same")
      return nil
    }
  }

  private mutating func missing(_ key: String, _ fields: RulesetRecord) {
    bag.report(WorkloadRules.missingKey, at: fields.location, "the workload lacks the key '\(key)'")
  }

  private mutating func environment(_ fields: RulesetRecord) -> [(name: String, value: String)] {
    let own = (fields["env"]?.record?.fields ?? []).map { field in
      (name: Located(field.key, field.location), value: field.value.text ?? "", place: field.value.location)
    }
    let inherited = (service?.environment ?? []).filter { variable in
      !own.contains { $0.name.value == variable.name.value }
    }
    var result: [(name: String, value: String)] = []
    for (name, value, place) in inherited.map({ ($0.name, $0.value, $0.name.location) }) + own {
      guard check(variable: name) else { continue }
      if KeyShape.contains(value) {
        bag.report(
          WorkloadRules.secret, at: place, "the value of '\(name.value)' has the shape of a key",
          help: "put it into a secret of the engine's, and name that under 'secrets'")
        continue
      }
      if value.utf8.contains(0) {
        bag.report(WorkloadRules.environment, at: place, "a variable can't hold a NUL")
        continue
      }
      result.removeAll { $0.name == name.value }
      result.append((name.value, value))
    }
    return result.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  /// Whether a variable may be set.
  private mutating func check(variable: Located<String>) -> Bool {
    let name = variable.value
    let isName =
      !name.isEmpty && name.utf8.count <= 256 && !(name.utf8.first?.isASCIIDigit ?? true)
      && name.utf8.allSatisfy { $0.isASCIIAlphanumeric || $0 == 0x5F }
    guard isName else {
      bag.report(
        WorkloadRules.environment, at: variable.location, "'\(name)' is no variable's name",
        help: "letters, digits and underscores, no digit first")
      return false
    }
    for prefix in Self.enginePrefixes where name.utf8.starts(with: prefix.utf8) {
      bag.report(
        WorkloadRules.environment, at: variable.location, "'\(name)' is for the engine to set",
        help: "variables that begin with \(prefix) tell a worker where it runs; use another name")
      return false
    }
    return true
  }

  private static let enginePrefixes = [
    "SLURM_", "KUBERNETES_", "CUDA_VISIBLE_DEVICES", "NVIDIA_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES", "CLAW_WORKER",
    "WORKLOAD_COMPLETION", "WORKLOAD_TASK_SLOT", "WORKLOAD_LEADER", "claw_", "LD_PRELOAD", "LD_AUDIT",
  ]

  private mutating func secrets(
    _ fields: RulesetRecord, _ environment: [(name: String, value: String)]
  ) -> [WorkloadPlan.SecretUse] {
    var result: [WorkloadPlan.SecretUse] = []
    for record in fields["secrets"]?.records ?? [] {
      guard let secret = record["secret"], let name = secret.text else { continue }
      if let problem = Self.problem(ofName: name) {
        bag.report(WorkloadRules.name, at: secret.location, "the secret's name '\(name)' \(problem)")
        continue
      }
      let target: WorkloadPlan.SecretUse.Target
      switch (record["env"], record["file"]) {
      case (let variable?, nil):
        let text = variable.text ?? ""
        guard check(variable: Located(text, variable.location)) else { continue }
        if environment.contains(where: { $0.name == text }) {
          bag.report(
            WorkloadRules.twice, at: variable.location, "the variable '\(text)' is set already",
            help: "remove it from 'env'")
          continue
        }
        target = .variable(text)
      case (nil, let file?):
        guard let path = path(file, "the file of a secret") else { continue }
        target = .file(path)
      default:
        bag.report(
          WorkloadRules.conflict, at: record.location, "a secret becomes a variable or a file",
          help: "write either 'env' or 'file'")
        continue
      }
      let usual: String
      switch target {
      case .variable(let name): usual = name
      case .file(let path): usual = FilePath.name(of: path)
      }
      let key = record["key"]?.text ?? usual
      let isKey =
        !key.isEmpty && key.utf8.count <= 253
        && key.utf8.allSatisfy { $0.isASCIIAlphanumeric || $0 == 0x2D || $0 == 0x5F || $0 == 0x2E } && key != "."
        && key != ".."
      guard isKey else {
        bag.report(
          WorkloadRules.name, at: record["key"]?.location ?? record.location, "'\(key)' is no key of a secret",
          help: "letters, digits, hyphens, underscores and dots")
        continue
      }
      let use = WorkloadPlan.SecretUse(secret: name, key: key, target: target)
      if result.contains(where: { $0.target == target }) {
        bag.report(WorkloadRules.twice, at: record.location, "two secrets go to one place", help: "remove one")
        continue
      }
      result.append(use)
    }
    return result + shellSecrets(environment, result)
  }

  /// What compose takes from the shell of whoever starts it, an engine takes from the secret `SERVICE-env`.
  private mutating func shellSecrets(
    _ environment: [(name: String, value: String)], _ secrets: [WorkloadPlan.SecretUse]
  ) -> [WorkloadPlan.SecretUse] {
    guard let service else { return [] }
    return service.shellVariables.compactMap { variable in
      let name = variable.value
      if environment.contains(where: { $0.name == name }) || secrets.contains(where: { $0.target == .variable(name) }) {
        return nil
      }
      guard check(variable: variable) else { return nil }
      if origins["secrets"] == nil { origins["secrets"] = variable.location }
      return WorkloadPlan.SecretUse(secret: "\(service.name)-env", key: name, target: .variable(name))
    }
  }

  // MARK: Values

  /// A size in MiB; nil where none is said, or what is said is none.
  mutating func size(_ value: RulesetValue?, _ what: String, _ range: ClosedRange<Int>) -> Int? {
    quantity(
      value, what, range, WorkloadRules.quantity, noun: "size", example: "512MiB, 64GiB or 80GB",
      read: WorkloadQuantity.mebibytes, write: { WorkloadQuantity.text(mebibytes: $0) })
  }

  /// A time in seconds; nil where none is said, or what is said is none.
  mutating func seconds(_ value: RulesetValue?, _ what: String, _ range: ClosedRange<Int>) -> Int? {
    quantity(
      value, what, range, WorkloadRules.time, noun: "time", example: "45s, 30m, 1h30m or 2d",
      read: WorkloadQuantity.seconds, write: { WorkloadQuantity.text(seconds: $0) })
  }

  private mutating func quantity(
    _ value: RulesetValue?, _ what: String, _ range: ClosedRange<Int>, _ rule: Rule, noun: String, example: String,
    read: (String) -> Int?, write: (Int) -> String
  ) -> Int? {
    guard let value, let text = value.text else { return nil }
    guard let number = read(text) else {
      bag.report(rule, at: value.location, "'\(text)' is no \(noun)", help: "write \(example)")
      return nil
    }
    guard range.contains(number) else {
      bag.report(
        rule, at: value.location, "\(what) must be from \(write(range.lowerBound)) to \(write(range.upperBound))")
      return nil
    }
    return number
  }

  /// An absolute path that leads nowhere else; nil for any other, which is reported.
  mutating func path(_ value: RulesetValue, _ what: String) -> String? {
    let text = value.text ?? ""
    let parts = text.utf8.dropFirst().split(separator: 0x2F, omittingEmptySubsequences: false)
    let isPath =
      text.utf8.first == 0x2F && text.utf8.count > 1 && text.utf8.count <= 4096
      && parts.allSatisfy { !$0.isEmpty && !$0.elementsEqual(".".utf8) && !$0.elementsEqual("..".utf8) }
      && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F && $0 != 0x3A && $0 != 0x2C }
    if isPath { return text }
    bag.report(
      WorkloadRules.path, at: value.location, "\(what) can't be '\(text)'",
      help: "write a path from the root, without '..', ':' and ',': /data/corpus")
    return nil
  }
}
