package import IR
package import Source

/// What a sentence says, before anything is filled in.
package struct WorkloadIntent: Sendable {
  /// What is to be done.
  package enum Verb: String, Sendable, CaseIterable {
    case run
    case serve
    case train
    case finetune = "fine-tune"
  }

  /// Something that was said, and where.
  package struct Said<Value: Sendable>: Sendable {
    package var value: Value
    package var range: SourceRange

    init(_ value: Value, _ range: SourceRange) {
      self.value = value
      self.range = range
    }
  }

  package var verb: Said<Verb>?
  package var model: Said<LanguageModel>?
  /// How many GPUs in all.
  package var gpuCount: Said<Int>?
  package var gpuType: Said<GPUType>?
  /// The memory of each, in MiB.
  package var gpuMemory: Said<Int>?
  package var precision: Said<Precision>?
  /// Tokens.
  package var context: Said<Int>?
  package var replicas: Said<Int>?
  package var name: Said<String>?
  package var image: Said<String>?
  package var queue: Said<String>?
  package var priority: Said<String>?
  /// Seconds.
  package var timeLimit: Said<Int>?
  package var cores: Said<Int>?
  /// In MiB.
  package var memory: Said<Int>?
  package var environment: Said<RolloutDecision.Environment>?
  package var strategy: Said<String>?
}
