import Diagnostics
import Driver
import IR
import Lowering
import Source
import Testing
import TestSupport

@Suite("Sentences become workloads, and what they don't say has a reason")
struct IntentTests {
  static func lower(_ sentence: String, _ bag: inout DiagnosticBag) -> IntendedWorkload? {
    IntentLowering.lower(SourceFile(path: "the sentence", bytes: Array(sentence.utf8)), runners: [], into: &bag)
  }

  static func plan(_ sentence: String) -> WorkloadPlan? {
    var bag = DiagnosticBag()
    guard let made = lower(sentence, &bag) else { return nil }
    return WorkloadCompiler.compile(SourceFile(path: "workload.yml", bytes: made.bytes), into: &bag)
  }

  @Test("The seed's sentence")
  func seed() throws {
    var bag = DiagnosticBag()
    let made = try #require(Self.lower("Run Llama 70B on 4 H100s", &bag))
    let plan = try #require(Self.plan("Run Llama 70B on 4 H100s"))
    #expect(plan.name == "llama-70b" && plan.kind == .service && plan.workers.count == 1)
    #expect(plan.gpus == [GPURequest(count: 4, type: "h100")])
    #expect(plan.command.firstRange(of: ["--tensor-parallel-size", "4"]) != nil)
    // 70.6 billion numbers of 16 bits are 131 GiB, a fifth more 158, and 2.5 for 8,192 tokens.
    let reason = try #require(made.trace.first { $0.field == "gpus.count" })
    #expect(
      reason.reason == "you said '4'; they hold 161 GiB: llama 70b in fp16, a fifth more, and 8192 tokens of context")
    // Every field of the file has a reason.
    for field in [
      "name", "kind", "image", "command", "cpu", "memory", "gpus.type", "workers", "ports", "probes.readiness",
    ] {
      #expect(made.trace.contains { $0.field == field }, "\(field)")
    }
  }

  @Test("What is said is what is done")
  func said() throws {
    let plan = try #require(
      Self.plan(
        "Serve Qwen 2.5 32B on 2 A100 80GB in fp8 with 3 replicas and 16 cores, with 200GiB memory with 32k context as chat "
          + "from example.org/LLM/Server:V1.2 queue batch priority high-priority in production"
          .replacing("LLM/Server", with: "llm/server")))
    #expect(plan.name == "chat" && plan.image == "example.org/llm/server:V1.2" && plan.workers.count == 3)
    #expect(plan.gpus == [GPURequest(count: 2, type: "a100", memory: 76_293)])
    #expect(plan.cores == 16 && plan.memory == 200 * 1024)
    #expect(plan.queueing.queue == "batch" && plan.queueing.priority == 750)
    #expect(plan.rollout?.strategy == .canary(percent: 10, seconds: 300))
    #expect(plan.command.contains("32768") && plan.command.contains("qwen-32b"))
  }

  @Test("A runner is told the precision that was counted with, and only splits as it can")
  func runners() throws {
    let plan = try #require(Self.plan("Run Llama 70B in fp8 on 2 H100s"))
    #expect(plan.command.firstRange(of: ["--quantization", "fp8"]) != nil)
    for (sentence, words) in [("Run Llama 70B on 6 H100s", "split"), ("Run Llama 70B in int4", "int4")] {
      var bag = DiagnosticBag()
      #expect(Self.lower(sentence, &bag) == nil)
      #expect(bag.diagnostics.contains { $0.message.contains(words) }, "\(bag.diagnostics.map(\.message))")
    }
    let train = try #require(Self.plan("Train Llama 70B on 64 H100s"))
    #expect(
      train.workers.isIndexed
        && train.command.contains { $0.contains("$WORKLOAD_LEADER") || $0.contains("${WORKLOAD_LEADER:-") })
  }

  @Test("The fewest GPUs, where none are named")
  func fewest() throws {
    #expect(Self.plan("Run Llama 8B")?.gpus == [GPURequest(count: 1, type: "h100")])
    #expect(Self.plan("Run Llama 70B")?.gpus == [GPURequest(count: 4, type: "h100")])
    #expect(Self.plan("Run Llama 70B in fp8")?.gpus == [GPURequest(count: 2, type: "h100")])
    // Sixteen GPUs are two nodes, which run together or not at all.
    let large = try #require(Self.plan("Run Llama 405B"))
    #expect(large.gpus == [GPURequest(count: 8, type: "h100")] && large.workers.count == 2 && large.workers.gang == 2)
    #expect(Self.plan("Run Mixtral 8x7B on A100 80GB")?.gpus == [GPURequest(count: 2, type: "a100", memory: 76_293)])
  }

  @Test("Training ends")
  func training() throws {
    let plan = try #require(Self.plan("Fine-tune Llama 8B on 8 H100s for 12h"))
    #expect(plan.kind == .job && plan.limits.run == 43_200)
  }

  static let wrong: [(sentence: String, rule: String, place: String)] = [
    ("", "intent/unknown-word", ""), ("Please run Llama 70B", "intent/unknown-word", "Please"),
    ("Run Lama 70B", "intent/unknown-word", "Lama"), ("Run Llama", "intent/unknown-word", "Llama"),
    ("Run Llama 70B quickly on 4 H100s", "intent/unknown-word", "quickly"),
    ("Run Llama 70B on 4 X100s", "intent/unknown-word", "X100s"),
    ("Run Llama 70B on 0 H100s", "intent/unknown-word", "0"),
    ("Run Llama 70B on 4", "intent/unknown-word", "4"), ("Run Llama 70B on 4 A100 90GB", "intent/unknown-word", "90GB"),
    ("Run Llama 70B in fp7", "intent/unknown-word", "fp7"),
    ("Run Llama 8B with 3 apples", "intent/unknown-word", "apples"),
    ("Run Llama 8B with no replicas", "intent/unknown-word", "no"),
    ("Run Llama 8B for ever", "intent/unknown-word", "ever"),
    ("Run Llama 8B as My_Model", "intent/unknown-word", "My_Model"),
    ("Run Llama 8B from UPPER/x:", "intent/unknown-word", "UPPER/x:"),
    ("Run Llama 8B priority urgent", "intent/unknown-word", "urgent"),
    ("Run Llama 70B on 4 H100s on 8 H100s", "intent/said-twice", "8"),
    ("Run Llama 70B on 2 H100s", "intent/too-large", "2"), ("Run Llama 8B on 12 H100s", "intent/too-large", "12"),
    ("Run Llama 8B for 4h", "intent/unknown-word", "4h"), ("Train Llama 8B canary", "intent/unknown-word", "canary"),
  ]

  @Test("Errors point at the word", arguments: wrong)
  func errors(sentence: String, rule: String, place: String) throws {
    var bag = DiagnosticBag()
    #expect(Self.lower(sentence, &bag) == nil)
    let found = try #require(bag.diagnostics.first)
    #expect(found.rule.name == rule, "\(sentence): \(found.message)")
    #expect(String(decoding: found.location.file.slice(found.location.range), as: UTF8.self) == place, "\(sentence)")
  }

  @Test("A family that nobody runs has no runner")
  func runner() {
    var bag = DiagnosticBag()
    let file = SourceFile(
      path: "runners.yml",
      bytes: Array(
        "runners:\n  - {name: a, verbs: [run], families: [llama], image: \"a:1\", command: [\"{modell}\"]}\n".utf8))
    _ = Runner.read(file, into: &bag)
    #expect(bag.diagnostics.map(\.rule.name) == ["workload/field-value"])
  }

  @Test("Any words: a workload or an error, never a trap")
  func anyWords() {
    var random = SeededGenerator(seed: 3)
    let sentence = Array(
      "Run Llama 3.1 70B on 4 H100 80GB in fp8 with 3 replicas with 32k context for 4h as a from b:1 queue c".utf8)
    for _ in 0..<2000 {
      var bag = DiagnosticBag()
      let mutated = String(decoding: random.mutated(sentence), as: UTF8.self)
      if let made = Self.lower(mutated, &bag) {
        var found = DiagnosticBag()
        #expect(
          WorkloadCompiler.compile(SourceFile(path: "w.yml", bytes: made.bytes), into: &found) != nil, "\(mutated)")
      } else {
        #expect(bag.hasErrors, "\(mutated)")
      }
    }
  }
}

@Suite("Models take memory")
struct ModelMemoryTests {
  /// Weights in GiB (10^9 numbers are 0.931 GiB a byte), GPUs of 80 GB (74.5 GiB).
  @Test(
    "Weights and GPUs",
    arguments: [
      ("llama", "8b", Precision.fp16, 14, 1), ("llama", "13b", .fp16, 24, 1), ("qwen", "32b", .fp16, 61, 2),
      ("llama", "70b", .fp16, 131, 4), ("llama", "70b", .fp8, 65, 2), ("llama", "70b", .int4, 32, 1),
      ("llama", "405b", .fp16, 755, 16), ("llama", "405b", .fp8, 377, 8),
    ] as [(String, String, Precision, Int, Int)])
  func weights(family: String, size: String, precision: Precision, gibibytes: Int, gpus: Int) throws {
    let model = try #require(LanguageModel(family: family, size: size))
    let memory = ModelMemory(model, precision: precision, context: 8192)
    #expect(memory.weights / 1024 == gibibytes)
    #expect(memory.gpus(of: try #require(GPUType.named("h100")).smallest) == gpus)
  }

  @Test("Keys and values: 2 x layers x heads x width x bytes a token")
  func cache() throws {
    let model = try #require(LanguageModel(family: "llama", size: "70b"))
    // 2 x 80 x 8 x 128 x 2 bytes x 8,192 tokens = 2.5 GiB
    #expect(ModelMemory(model, precision: .fp16, context: 8192).cache == 2560)
    #expect(ModelMemory(model, precision: .int4, context: 8192).cache == 2560)
    #expect(ModelMemory(model, precision: .fp16, context: 8192, conversations: 16).cache == 40_960)
  }

  @Test("Sizes that are none", arguments: ["", "b", "70", "0b", "x7b", "8x", "1x7b", "70.5.1b", "-1b", "99999999b"])
  func sizes(size: String) { #expect(LanguageModel(family: "llama", size: size) == nil) }

  @Test("Sizes of models that nobody told us of")
  func unknown() throws {
    #expect(LanguageModel(family: "yi", size: "1.5b")?.parameters == 1500)
    #expect(LanguageModel(family: "yi", size: "500m")?.parameters == 500)
    #expect(LanguageModel(family: "yi", size: "4x2b")?.parameters == 8000)
  }
}
