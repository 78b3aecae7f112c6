package import Diagnostics
import Guards
import IR
import Parser
package import Source

/// Reads a sentence by a closed grammar: every word must mean something, and what doesn't is an error at its place.
///
///     sentence  = verb model { clause }
///     verb      = "run" | "serve" | "deploy" | "train" | "fine-tune" | "finetune"
///     model     = family [version] size                            Llama 70B, Llama 3.1 70B, Mixtral 8x7B
///     clause    = "on" [count] gpu                                  on 4 H100s, on 2 A100 40GB, on 8 GPUs
///               | "in" (precision | environment)                    in fp8, in production
///               | "with" count ("replicas" | "cores" | "gpus")      with 3 replicas, with 64 cores
///               | "with" size "memory" | "with" count "context"     with 512GiB memory, with 32k context
///               | "for" time                                        for 4h
///               | "as" name | "from" image | "queue" name | "priority" class
///               | "canary" | "blue-green" | "rolling" | "immediate"
///     "and" joins clauses; a number behind it goes on with what "with" began.
package struct IntentParser {
  private let sentence: SourceFile
  private let words: [IntentWord]
  private var next = 0
  private var bag = DiagnosticBag()
  private var intent = WorkloadIntent()

  /// What a sentence says; nil where a word can't be understood.
  package static func parse(_ sentence: SourceFile, into bag: inout DiagnosticBag) -> WorkloadIntent? {
    var parser = IntentParser(sentence: sentence, words: IntentWord.words(of: sentence))
    parser.read()
    bag.add(contentsOf: parser.bag)
    return parser.bag.hasErrors ? nil : parser.intent
  }

  private init(sentence: SourceFile, words: [IntentWord]) {
    self.sentence = sentence
    self.words = words
  }

  private static let verbs: [String: WorkloadIntent.Verb] = [
    "run": .run, "serve": .serve, "deploy": .serve, "train": .train, "fine-tune": .finetune, "finetune": .finetune,
  ]
  private static let clauses = [
    "on", "in", "with", "for", "as", "from", "queue", "priority", "canary", "blue-green", "rolling", "immediate", "and",
  ]

  private mutating func read() {
    guard let word = take() else {
      return report(SourceRange(0, 0), "the sentence is empty", help: "say \"Run Llama 70B on 4 H100s\"")
    }
    guard let verb = Self.verbs[word.text] else {
      next = words.count
      return unknown(word, "a verb", Self.verbs.keys.sorted())
    }
    intent.verb = .init(verb, word.range)
    readModel()
    while let word = take() {
      switch word.text {
      // 'with 3 replicas and 16 cores'
      case "and": if peek()?.text.utf8.first?.isASCIIDigit ?? false { readWith(word) }
      case "on": readGPUs(word)
      case "in": readIn(word)
      case "with": readWith(word)
      case "for": readTime(word)
      case "as": readName(word)
      case "from": readImage(word)
      case "queue": readQueue(word)
      case "priority": readPriority(word)
      case "canary", "blue-green", "rolling", "immediate": set(\.strategy, word.text, word.range)
      default: unknown(word, "a clause", Self.clauses)
      }
    }
  }

  // MARK: Clauses

  private mutating func readModel() {
    guard let word = take() else { return missing("a model", "Llama 70B") }
    var family = word.text
    var size: String?
    var range = word.range
    // 'llama-3.1-70b' and 'llama3' are written too.
    if LanguageModel.families[family] == nil {
      let parts = family.utf8.split(separator: 0x2D).map { String(Substring($0)) }
      let stem = parts.first.map { String(Substring($0.utf8.prefix { !(0x30...0x39 ~= $0) })) } ?? ""
      guard LanguageModel.families[stem] != nil else {
        // What follows can't be told without it.
        next = words.count
        return unknown(word, "a family of models", LanguageModel.families.keys.sorted())
      }
      family = stem
      if let last = parts.last, parts.count > 1, LanguageModel.millions(last) != nil { size = last }
    }
    while size == nil, let word = peek() {
      if LanguageModel.millions(word.text) != nil {
        size = word.text
      } else if !Self.isVersion(word.text) {
        break
      }
      range = range.union(word.range)
      next += 1
    }
    guard let size, let model = LanguageModel(family: LanguageModel.families[family] ?? family, size: size) else {
      return report(range, "the model's size is missing", help: "write it behind the family: Llama 70B")
    }
    intent.model = .init(model, range)
  }

  /// `3`, `3.1`, `v0.3`
  private static func isVersion(_ text: String) -> Bool {
    let digits = text.utf8.first == 0x76 ? Substring(text.dropFirst()) : Substring(text)
    return !digits.isEmpty && digits.utf8.allSatisfy { 0x30...0x39 ~= $0 || $0 == 0x2E } && digits.utf8.count <= 4
  }

  private mutating func readGPUs(_ on: IntentWord) {
    guard var word = take() else { return missing("GPUs", "on 4 H100s") }
    if let count = Self.count(word.text) {
      guard 1...640 ~= count else { return report(word.range, "\(count) GPUs are not to be had", help: "1 to 640") }
      set(\.gpuCount, count, word.range)
      guard let following = take() else { return missing("the kind of GPUs", "on \(count) H100s") }
      word = following
    }
    if ["gpu", "gpus"].contains(word.text) {
      if intent.gpuCount == nil { report(word.range, "how many GPUs is missing", help: "on 8 GPUs") }
      return
    }
    let stem = word.text.utf8.last == 0x73 && GPUType.named(word.text) == nil ? String(word.text.dropLast()) : word.text
    guard let type = GPUType.named(stem) else {
      return unknown(word, "a GPU", GPUType.all.map(\.name))
    }
    set(\.gpuType, type, word.range)
    if let size = peek(), let memory = Self.memory(size.text) {
      next += 1
      guard type.memory.contains(memory / 1024) else {
        return report(
          size.range, "GPUs of class \(type.name) have \(type.memory.map(String.init).joined(separator: " or ")) GB",
          help: "remove the size, or name another class")
      }
      set(\.gpuMemory, memory, size.range)
    }
    if let word = peek(), ["gpu", "gpus"].contains(word.text) { next += 1 }
  }

  private mutating func readIn(_ word: IntentWord) {
    guard let word = take() else { return missing("a precision or an environment", "in fp8") }
    if let precision = Precision(rawValue: word.text) { return set(\.precision, precision, word.range) }
    if let environment = RolloutDecision.Environment(rawValue: word.text) {
      return set(\.environment, environment, word.range)
    }
    unknown(
      word, "a precision or an environment",
      Precision.allCases.map(\.rawValue) + RolloutDecision.Environment.allCases.map(\.rawValue))
  }

  private mutating func readWith(_ with: IntentWord) {
    guard let amount = take() else { return missing("a number", "with 3 replicas") }
    guard let noun = take() else { return missing("what there are \(amount.written) of", "with 3 replicas") }
    switch noun.text {
    case "replica", "replicas", "workers":
      guard let count = Self.count(amount.text), 1...10_000 ~= count else { return noNumber(amount, "1 to 10000") }
      set(\.replicas, count, amount.range)
    case "core", "cores", "cpus":
      guard let count = Self.count(amount.text), 1...1024 ~= count else { return noNumber(amount, "1 to 1024") }
      set(\.cores, count, amount.range)
    case "gpu", "gpus":
      guard let count = Self.count(amount.text), 1...640 ~= count else { return noNumber(amount, "1 to 640") }
      set(\.gpuCount, count, amount.range)
    case "memory", "ram":
      guard let size = Self.memory(amount.text), 1...1_024_000 ~= size else { return noNumber(amount, "512GiB") }
      set(\.memory, size, amount.range)
    case "context", "tokens":
      let isThousands = amount.text.utf8.last == 0x6B
      guard let count = Self.count(isThousands ? String(amount.text.dropLast()) : amount.text),
        1...10_000_000 ~= count * (isThousands ? 1024 : 1)
      else { return noNumber(amount, "32k") }
      set(\.context, count * (isThousands ? 1024 : 1), amount.range)
    default: unknown(noun, "something that is counted", ["replicas", "cores", "gpus", "memory", "context"])
    }
  }

  private mutating func readTime(_ word: IntentWord) {
    guard let word = take() else { return missing("a time", "for 4h") }
    guard let seconds = WorkloadQuantity.seconds(word.text), 60...31_536_000 ~= seconds else {
      return report(
        word.range, "'\(word.written)' is no time that a workload can have", help: "for 30m, for 4h, for 2d")
    }
    set(\.timeLimit, seconds, word.range)
  }

  private mutating func readName(_ word: IntentWord) {
    guard let word = take() else { return missing("a name", "as llama-chat") }
    if let problem = WorkloadLowering.problem(ofName: word.written, limit: 50) {
      return report(word.range, "the name '\(word.written)' \(problem)", help: "small letters, digits and hyphens")
    }
    set(\.name, word.written, word.range)
  }

  private mutating func readImage(_ word: IntentWord) {
    guard let word = take() else { return missing("an image", "from registry/path:tag") }
    do throws(ImageReference.Failure) {
      _ = try ImageReference(word.written)
      set(\.image, word.written, word.range)
    } catch {
      report(word.range, error.message, help: "from registry/path:tag")
    }
  }

  private mutating func readQueue(_ word: IntentWord) {
    guard let word = take() else { return missing("a queue", "queue batch") }
    if let problem = WorkloadLowering.problem(ofName: word.written) {
      return report(
        word.range, "the queue's name '\(word.written)' \(problem)", help: "small letters, digits and hyphens")
    }
    set(\.queue, word.written, word.range)
  }

  private mutating func readPriority(_ word: IntentWord) {
    guard let word = take() else { return missing("a class", "priority spot") }
    let classes = WorkloadLanguage.priorityClasses.map(\.name)
    guard classes.contains(word.text) else { return unknown(word, "a priority class", classes) }
    set(\.priority, word.text, word.range)
  }

  // MARK: Words

  private func peek() -> IntentWord? { next < words.count ? words[next] : nil }

  private mutating func take() -> IntentWord? {
    guard let word = peek() else { return nil }
    next += 1
    return word
  }

  private static let numbers = [
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "sixteen": 16, "a": 1,
    "an": 1,
  ]

  private static func count(_ text: String) -> Int? {
    if let number = numbers[text] { return number }
    return text.isEmpty || text.utf8.count > 8 || !text.utf8.allSatisfy(\.isASCIIDigit) ? nil : Int(text)
  }

  /// `80gb`, `80gib` or `2tib`, in MiB: people say GB of GPUs and mean GiB.
  private static func memory(_ text: String) -> Int? {
    let digits = text.utf8.prefix { $0.isASCIIDigit }
    guard let number = Int(String(Substring(digits))), number <= 1_000_000 else { return nil }
    switch String(Substring(text.utf8.dropFirst(digits.count))) {
    case "gb", "gib", "g": return number * 1024
    case "tb", "tib", "t": return number * 1024 * 1024
    case "mb", "mib", "m": return number
    default: return nil
    }
  }

  private mutating func set<Value: Sendable>(
    _ field: WritableKeyPath<WorkloadIntent, WorkloadIntent.Said<Value>?>, _ value: Value, _ range: SourceRange
  ) {
    if let first = intent[keyPath: field] {
      bag.report(
        IntentRules.twice, at: Location(sentence, range), "this was said already", help: "say it once",
        labels: [.init(Location(sentence, first.range), "first said here")])
      return
    }
    intent[keyPath: field] = .init(value, range)
  }

  private mutating func report(_ range: SourceRange, _ message: String, help: String? = nil) {
    bag.report(IntentRules.word, at: Location(sentence, range), message, help: help)
  }

  private mutating func unknown(_ word: IntentWord, _ what: String, _ known: [String]) {
    let near = Suggestion.nearest(to: word.text, in: known)
    report(
      word.range, "'\(word.written)' is not \(what)",
      help: near.map { "did you mean '\($0)'?" } ?? "it is one of \(known.joined(separator: ", "))")
  }

  private mutating func missing(_ what: String, _ example: String) {
    let end = words.last?.range.upper ?? 0
    report(SourceRange(max(0, end - 1), end), "\(what) should follow", help: "as in: \(example)")
  }

  private mutating func noNumber(_ word: IntentWord, _ example: String) {
    report(word.range, "'\(word.written)' is no number that can be here", help: "as in: \(example)")
  }
}
