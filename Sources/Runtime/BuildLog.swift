import Source

/// Follows what BuildKit says in its plain form, line by line: which step runs, what the failing one printed, and which
/// line of the generated file it stands on.
package struct BuildLog: Sendable {
  /// What a line means to someone who watches.
  package enum Event: Sendable, Equatable {
    /// A line to show as it is where everything is shown.
    case line
    /// A step has begun.
    case step(String)
    /// The line is part of what `failure` says better.
    case hidden
  }

  /// Where and why a build failed.
  package struct Failure: Sendable, Equatable {
    /// The Dockerfile that BuildKit named, without its folder; nil if it named none.
    package var file: String?
    /// The line in it.
    package var line: Int?
    /// The instruction, as BuildKit shows it.
    package var step: String?
    /// The service that it was built for, if compose built it.
    package var service: String?
    /// What was wrong.
    package var message: String
    /// The last lines that the step printed.
    package var output: [String]
  }

  /// The failure, if there was one.
  package private(set) var failure: Failure?
  /// Whether an instruction was really run, and not only found in the cache.
  package private(set) var hasWorked = false
  private var names: [String: String] = [:]
  private var outputs: [String: [String]] = [:]
  private var excerptRules: Int?
  private var summary = false

  /// Begins a log.
  package init() {}

  /// Takes the next line.
  package mutating func take(_ line: String) -> Event {
    if let rules = excerptRules {
      // The excerpt of the generated file lies between two rules of dashes.
      if line.starts(withBytes: "----") { excerptRules = rules == 1 ? nil : rules + 1 }
      return .hidden
    }
    if line == "------" {
      summary.toggle()
      return .hidden
    }
    if summary { return .hidden }
    if let event = takeStep(line) { return event }
    if let (file, number) = Self.place(line) {
      update {
        $0.file = file
        $0.line = number
      }
      excerptRules = 0
      return .hidden
    }
    for prefix in ["ERROR: failed to solve: ", "failed to solve: ", "ERROR: failed to build: "]
    where line.starts(withBytes: prefix) {
      let message = String(line.dropFirst(prefix.count))
      update { $0.message = $0.step == nil ? message : $0.message }
      if let number = Self.parseErrorLine(message) { update { $0.line = $0.line ?? number } }
      return .hidden
    }
    if line.starts(withBytes: "ERROR: ") {
      update { $0.message = String(line.dropFirst("ERROR: ".count)) }
      return .hidden
    }
    return .line
  }

  /// `#6 [3/4] RUN …`, `#6 0.137 output`, `#6 ERROR: …`, `#6 DONE 0.1s`
  private mutating func takeStep(_ line: String) -> Event? {
    guard line.utf8.first == 0x23, let blank = line.firstIndex(of: " ") else { return nil }
    let id = String(line[..<blank])
    let rest = String(line[line.index(after: blank)...])
    guard id.dropFirst().utf8.allSatisfy({ $0.isASCIIDigit }) else { return nil }
    if rest.starts(withBytes: "ERROR: ") {
      let (service, step) = Self.step(names[id] ?? "")
      update {
        $0.step = step
        $0.service = service
        $0.message = String(rest.dropFirst("ERROR: ".count))
      }
      let output = outputs[id] ?? []
      update { $0.output = output }
      return .hidden
    }
    if names[id] == nil, rest.utf8.first == 0x5B {
      names[id] = rest
      return rest.contains("internal]") ? .line : .step(rest)
    }
    // A name comes again where BuildKit went on with something else in between.
    if !hasWorked, rest.utf8.first != 0x5B, !rest.starts(withBytes: "CACHED"), let name = names[id],
      !name.contains("internal]")
    {
      // A base that is there already is no work, but BuildKit does not call it cached; what it does itself, such as
      // exporting, has no instruction's name.
      hasWorked =
        Self.step(name).instruction.map {
          !$0.starts(withBytes: "FROM ") && ($0.utf8.first ?? 0) >= 0x41 && ($0.utf8.first ?? 0) <= 0x5A
        } ?? false
    }
    if let first = rest.utf8.first, first.isASCIIDigit, let gap = rest.firstIndex(of: " ") {
      outputs[id, default: []].append(String(rest[rest.index(after: gap)...]))
      if let count = outputs[id]?.count, count > 40 { outputs[id]?.removeFirst(count - 40) }
    }
    return .line
  }

  private mutating func update(_ change: (inout Failure) -> Void) {
    var value = failure ?? Failure(message: "the build failed", output: [])
    change(&value)
    failure = value
  }

  /// The service and the instruction of `[agent 3/5] RUN …`, `[3/5] RUN …` or `[agent build 3/5] RUN …`; of `[agent] …`
  /// and `[agent internal] …` the service and what BuildKit does on its own.
  static func step(_ name: String) -> (service: String?, instruction: String?) {
    guard name.utf8.first == 0x5B, let close = name.firstIndex(of: "]") else { return (nil, nil) }
    let words = name[name.index(after: name.startIndex)..<close].split(separator: " ").map(String.init)
    let instruction = String(name[name.index(after: close)...]).trimmed
    let isService = words.count > 1 || words.first.map { $0 != "internal" && !$0.contains("/") } ?? false
    return (isService ? words.first : nil, instruction.isEmpty ? nil : instruction)
  }

  /// The file and line of `Dockerfile.generated:42`.
  static func place(_ line: String) -> (file: String, line: Int)? {
    guard let colon = line.lastIndex(of: ":"), let number = Int(line[line.index(after: colon)...]), number > 0 else {
      return nil
    }
    let file = String(line[..<colon])
    return file.isEmpty || file.contains(" ") && !file.contains("ockerfile") ? nil : (file, number)
  }

  private static func parseErrorLine(_ message: String) -> Int? {
    let prefix = "dockerfile parse error on line "
    guard message.starts(withBytes: prefix) else { return nil }
    return Int(message.dropFirst(prefix.count).prefix { $0.isNumber })
  }
}
