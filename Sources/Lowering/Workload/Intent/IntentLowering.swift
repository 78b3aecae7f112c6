package import Diagnostics
import Guards
import IR
import JSON
import Parser
package import Source

/// A workload that a sentence asks for, and the reason for all that is in it.
package struct IntendedWorkload: Sendable {
  /// A line of the trace.
  package struct Reason: Sendable, Equatable {
    /// The field.
    package var field: String
    /// What it is set to.
    package var value: String
    /// Why.
    package var reason: String
  }

  /// The file.
  package var bytes: [UInt8]
  /// Why each field is what it is, in the file's order.
  package var trace: [Reason]
}

/// Makes a workload's file of a sentence.
package struct IntentLowering {
  private let intent: WorkloadIntent
  private let sentence: SourceFile
  private let runners: [Runner]
  private var bag = DiagnosticBag()
  private var trace: [IntendedWorkload.Reason] = []

  /// The workload of a sentence; nil where it can't be understood, or can't be.
  ///
  /// - Parameter runners: what runs models, the first that fits; claw's own come last.
  package static func lower(
    _ sentence: SourceFile, runners: [Runner], into bag: inout DiagnosticBag
  ) -> IntendedWorkload? {
    guard let intent = IntentParser.parse(sentence, into: &bag) else { return nil }
    var lowering = IntentLowering(intent: intent, sentence: sentence, runners: runners + Runner.builtIn)
    let bytes = lowering.write()
    bag.add(contentsOf: lowering.bag)
    return lowering.bag.hasErrors ? nil : bytes.map { IntendedWorkload(bytes: $0, trace: lowering.sorted) }
  }

  private init(intent: WorkloadIntent, sentence: SourceFile, runners: [Runner]) {
    self.intent = intent
    self.sentence = sentence
    self.runners = runners
  }

  private mutating func write() -> [UInt8]? {
    guard let verb = intent.verb, let model = intent.model else { return nil }
    guard let runner = runner(verb.value, model) else { return nil }
    guard let size = gpus(model.value, verb.value, runner) else { return nil }
    let name = intent.name?.value ?? "\(model.value.family)-\(model.value.size.replacing(".", with: "-"))"
    because("name", name, said(intent.name, or: "the model's family and size"))
    because("kind", runner.isService ? "service" : "job", "the runner '\(runner.name)' says so")
    let image = intent.image?.value ?? runner.image
    because(
      "image", image, said(intent.image, or: "the runner '\(runner.name)' of \(runner.file)"))
    let context = intent.context?.value ?? 8192
    let modelName = "\(model.value.family)-\(model.value.size)"
    var command = runner.command([
      "model": modelName, "gpus": String(size.perWorker), "workers": String(size.workers),
      "context": String(context), "precision": size.precision.rawValue,
    ])
    if let known = runner.precisions {
      guard let words = known[size.precision] else {
        bag.report(
          IntentRules.runner, at: Location(sentence, intent.precision?.range ?? verb.range),
          "the runner '\(runner.name)' does not keep a model in \(size.precision.rawValue)",
          help: "it knows \(Precision.allCases.filter { known[$0] != nil }.map(\.rawValue).joined(separator: ", "))")
        return nil
      }
      command += words
    }
    if !command.isEmpty { because("command", command.joined(separator: " "), "the runner '\(runner.name)'") }
    var lines = [
      "# \(String(decoding: sentence.bytes, as: UTF8.self).split(whereSeparator: \.isNewline).joined(separator: " "))",
      "workload:", "  name: \(name)", "  kind: \(runner.isService ? "service" : "job")", "  image: \(text(image))",
    ]
    if !command.isEmpty { lines.append("  command: [\(command.map(text).joined(separator: ", "))]") }
    lines += resources(size)
    lines += waiting(runner)
    if let port = runner.port {
      because("ports", String(port), "the runner '\(runner.name)'")
      lines.append("  ports: [\(port)]")
      if let health = runner.health, runner.isService {
        because("probes.readiness", health, "the runner '\(runner.name)'")
        lines.append("  probes:")
        lines.append("    startup: {http: {path: \(text(health)), port: \(port)}, interval: 10s, failures: 100}")
        lines.append("    readiness: {http: {path: \(text(health)), port: \(port)}}")
      }
    }
    lines += rollout(runner)
    let bytes = Array((lines.joined(separator: "\n") + "\n").utf8)
    // What is written must be what the language takes.
    var found = DiagnosticBag()
    _ = WorkloadLowering.lower(SourceFile(path: "the workload", bytes: bytes), into: &found)
    guard !found.hasErrors else {
      bag.add(contentsOf: found)
      return nil
    }
    return bytes
  }

  private mutating func runner(_ verb: WorkloadIntent.Verb, _ model: WorkloadIntent.Said<LanguageModel>) -> Runner? {
    if let found = runners.first(where: { $0.verbs.contains(verb) && $0.families.contains(model.value.family) }) {
      return found
    }
    bag.report(
      IntentRules.runner, at: Location(sentence, model.range),
      "no runner can '\(verb.rawValue)' a model of the family '\(model.value.family)'", help: "add one with --runners")
    return nil
  }

  // MARK: GPUs

  private struct Size {
    var type: GPUType
    /// In MiB.
    var memory: Int
    var perWorker: Int
    var workers: Int
    var precision: Precision
  }

  /// The GPUs of a worker, and the workers; nil where the model fits none that were named.
  private mutating func gpus(
    _ model: LanguageModel, _ verb: WorkloadIntent.Verb, _ runner: Runner
  ) -> Size? {
    let precision = intent.precision?.value ?? .fp16
    let context = intent.context?.value ?? 8192
    because("precision", precision.rawValue, said(intent.precision, or: "the usual"))
    because("context", String(context), said(intent.context, or: "the usual"))
    guard let type = intent.gpuType?.value ?? GPUType.named("h100") else { return nil }
    let memory = intent.gpuMemory?.value ?? type.smallest
    because("gpus.type", type.name, said(intent.gpuType, or: "the usual"))
    because(
      "gpus.memory", WorkloadQuantity.text(mebibytes: memory),
      said(intent.gpuMemory, or: "the smallest that is sold of this class"))
    let need = need(model, precision, context, verb)
    let fewest = ModelMemory.gpus(of: memory, holding: need)
    let sum =
      "\(gibibytes(need)) GiB: \(model.family) \(model.size) in \(precision.rawValue)"
      + (isTraining(verb)
        ? ", four times its weights for training" : ", a fifth more, and \(context) tokens of context")
    if let asked = intent.gpuCount {
      guard asked.value * memory >= need else {
        bag.report(
          IntentRules.size, at: Location(sentence, asked.range),
          "\(asked.value) GPUs of \(WorkloadQuantity.text(mebibytes: memory)) hold \(asked.value * memory / 1024) GiB, and \(sum) are needed",
          help: "\(fewest) would do" + (intent.precision == nil ? ", or a smaller precision: in fp8" : ""))
        return nil
      }
    }
    let total = intent.gpuCount?.value ?? fewest
    let perWorker = min(total, 8)
    guard total % perWorker == 0 else {
      bag.report(
        IntentRules.size, at: Location(sentence, intent.gpuCount?.range ?? SourceRange(0, 0)),
        "\(total) GPUs are not the same number for each node of 8", help: "\((total + 7) / 8 * 8) would be")
      return nil
    }
    guard runner.splits.isEmpty || runner.splits.contains(perWorker) else {
      bag.report(
        IntentRules.size, at: Location(sentence, intent.gpuCount?.range ?? SourceRange(0, 0)),
        "the runner '\(runner.name)' does not split a model over \(perWorker) GPUs",
        help: "it does over \(runner.splits.map(String.init).joined(separator: ", "))")
      return nil
    }
    because(
      "gpus.count", String(perWorker),
      intent.gpuCount.map { said($0.range) + "; they hold \(sum)" } ?? "the fewest that hold \(sum)")
    let copies = intent.replicas?.value ?? 1
    let workers = total / perWorker * copies
    because(
      "workers", String(workers),
      said(intent.replicas, or: workers == 1 ? "one is enough" : "8 GPUs are a node's"))
    return Size(type: type, memory: memory, perWorker: perWorker, workers: workers, precision: precision)
  }

  private func isTraining(_ verb: WorkloadIntent.Verb) -> Bool { verb == .train || verb == .finetune }

  /// In MiB.
  private func need(_ model: LanguageModel, _ precision: Precision, _ context: Int, _ verb: WorkloadIntent.Verb) -> Int
  {
    let memory = ModelMemory(model, precision: precision, context: context)
    // Training keeps gradients and two moments beside the weights, whatever it is that they are kept in.
    return isTraining(verb) ? memory.weights * 4 : memory.total
  }

  private func gibibytes(_ mebibytes: Int) -> Int { (mebibytes + 1023) / 1024 }

  private mutating func resources(_ size: Size) -> [String] {
    let cores = intent.cores?.value ?? 8 * size.perWorker
    because("cpu", String(cores), said(intent.cores, or: "8 for each GPU"))
    let memory = intent.memory?.value ?? min(1_024_000, gibibytes(size.perWorker * size.memory) << 10)
    because(
      "memory", WorkloadQuantity.text(mebibytes: memory),
      said(intent.memory, or: "as much as the GPUs have, through which weights are loaded"))
    let isGang = size.workers > 1 && intent.replicas == nil
    var lines = [
      "  cpu: \(cores)", "  memory: \(WorkloadQuantity.text(mebibytes: memory))",
      // Any model of the class has the memory of the smallest.
      "  gpus: {count: \(size.perWorker), type: \(size.type.name)"
        + (size.memory > size.type.smallest ? ", memory: \(WorkloadQuantity.text(mebibytes: size.memory))}" : "}"),
    ]
    if isGang {
      because("workers.gang", "true", "a model that is split runs whole or not at all")
      lines.append("  workers: {count: \(size.workers), indexed: true, gang: true}")
    } else if size.workers > 1 {
      lines.append("  workers: \(size.workers)")
    }
    return lines
  }

  private mutating func waiting(_ runner: Runner) -> [String] {
    var lines: [String] = []
    if let queue = intent.queue {
      because("queue", queue.value, said(queue.range))
      lines.append("  queue: \(queue.value)")
    }
    because(
      "priority", intent.priority?.value ?? "default",
      said(intent.priority, or: "the usual"))
    if let priority = intent.priority { lines.append("  priority: \(priority.value)") }
    if let limit = intent.timeLimit {
      because("time_limit", WorkloadQuantity.text(seconds: limit.value), said(limit.range))
      lines.append("  time_limit: \(WorkloadQuantity.text(seconds: limit.value))")
      if runner.isService {
        bag.report(
          IntentRules.word, at: Location(sentence, limit.range), "a service does not end",
          help: "the runner '\(runner.name)' keeps services running; leave 'for …' out")
      }
    }
    return lines
  }

  private mutating func rollout(_ runner: Runner) -> [String] {
    guard let range = intent.strategy?.range ?? intent.environment?.range else { return [] }
    guard runner.isService else {
      bag.report(
        IntentRules.word, at: Location(sentence, range), "a job ends, so that no version takes another's place",
        help: "leave it out")
      return []
    }
    let strategy = intent.strategy?.value ?? "auto"
    let environment = intent.environment?.value ?? .production
    because(
      "rollout.strategy", strategy,
      said(intent.strategy, or: "what the environment asks for"))
    because(
      "rollout.environment", environment.rawValue,
      said(intent.environment, or: "the safest"))
    return ["  rollout: {strategy: \(strategy), environment: \(environment.rawValue)}"]
  }

  // MARK: Words

  /// The reasons in the order of the file's fields; what isn't one of them comes first.
  private var sorted: [IntendedWorkload.Reason] {
    let fields = WorkloadLanguage.workload.map(\.key)
    func rank(_ reason: IntendedWorkload.Reason) -> Int {
      fields.firstIndex(of: String(reason.field.prefix { $0 != "." })) ?? -1
    }
    return trace.enumerated().sorted { (rank($0.element), $0.offset) < (rank($1.element), $1.offset) }.map(\.element)
  }

  private mutating func because(_ field: String, _ value: String, _ reason: String) {
    trace.append(.init(field: field, value: value, reason: reason))
  }

  private func said(_ range: SourceRange) -> String {
    "you said '\(String(decoding: sentence.slice(range), as: UTF8.self))'"
  }

  /// That it was said, or why it is as it is.
  private func said<Value>(_ said: WorkloadIntent.Said<Value>?, or usual: String) -> String {
    said.map { self.said($0.range) } ?? usual
  }

  /// A text as YAML takes it; JSON's way of writing is one of YAML's.
  private func text(_ text: String) -> String {
    let isPlain =
      !text.isEmpty && (text.utf8.first?.isASCIILetter ?? false)
      && text.utf8.allSatisfy { $0.isASCIIAlphanumeric || "-_./@".utf8.contains($0) }
      && !["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(text.lowercased())
    return isPlain ? text : JSONValue.string(text).text()
  }
}
