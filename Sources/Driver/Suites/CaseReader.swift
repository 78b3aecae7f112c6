import AST
import Diagnostics
import IR
import JSON
import Lowering
import Policy
import Source

/// Makes cases of the records of a suite, once for each value of a parameter where they ask for that.
struct CaseReader {
  /// The posture of the ruleset.
  let posture: PosturePlan?
  /// Whether there is a ruleset at all; without one, nothing can be said of its states.
  let knowsPosture: Bool
  /// Where the parser found errors.
  var misread: [Int] = []
  var cases: [CompiledSuite.Case] = []
  var bag = DiagnosticBag()
  private var names: [String: Location] = [:]

  init(posture: PosturePlan?, knowsPosture: Bool) {
    self.posture = posture
    self.knowsPosture = knowsPosture
  }

  /// The time of events that say none.
  private static let usualTime = "2026-02-03T00:00:00Z"

  mutating func read(_ suite: RulesetRecord) {
    let tests = suite["tests"]?.records ?? []
    if tests.isEmpty, let place = suite["tests"] {
      bag.report(SuiteRules.noCases, at: place.location, "the suite has no case", help: "write at least one")
    }
    let name = suite["name"]?.text ?? ""
    for test in tests {
      let expectation = readExpectation(test)
      for value in values(test, suite) { read(test, value, name, expectation) }
    }
  }

  /// The values that a case runs for; just nil if it runs once.
  private mutating func values(_ test: RulesetRecord, _ suite: RulesetRecord) -> [String?] {
    guard let foreach = test["foreach"], let name = foreach.text else { return [nil] }
    let parameters = suite["parameters"]?.record
    guard let values = parameters?.texts(name) else {
      let known = parameters?.fields.map(\.key) ?? []
      bag.report(
        SuiteRules.parameter, at: foreach.location, "the suite has no parameter '\(name)'",
        help: Suggestion.nearest(to: name, in: known).map { "did you mean '\($0)'?" }
          ?? "write 'parameters: {\(name): […]}' beside the tests")
      return []
    }
    if values.isEmpty {
      bag.report(
        SuiteRules.parameter, at: foreach.location, "the parameter '\(name)' has no value, so that the case never runs",
        help: "give it at least one")
    }
    return values.map(\.value)
  }

  private mutating func read(
    _ test: RulesetRecord, _ value: String?, _ suite: String, _ expectation: PolicyCase.Expectation
  ) {
    guard let written = test["name"]?.text, let input = test["input"] else { return }
    var name = Placeholder.fill(written, value)
    if let value, name.utf8.elementsEqual(written.utf8) { name += " [\(value)]" }
    if let first = names.updateValue(test.location, forKey: suite + "\n" + name) {
      bag.report(
        SuiteRules.caseTwice, at: test.location, "the suite '\(suite)' has two cases '\(name)'",
        help: value == nil ? "give one another name" : "values of a parameter must differ",
        labels: [.init(first, "first here")])
    }
    guard let event = readEvent(input, test, value, id: "test-\(Self.identifier(suite))-\(Self.identifier(name))")
    else { return }
    let now = Timestamp.seconds(event.timestamp) ?? 0
    let session = readSession(test, now, value)
    cases.append(
      .init(
        test: PolicyCase(suite: suite, name: name, event: event, session: session, expectation: expectation),
        location: test.location))
  }

  private static func identifier(_ text: String) -> String {
    let mapped = text.unicodeScalars.map {
      $0.isASCII && $0.properties.isAlphabetic || "0"..."9" ~= $0 ? Character($0) : "-"
    }
    return String(mapped.drop { $0 == "-" })
  }

  // MARK: Events

  private mutating func readEvent(_ input: RulesetValue, _ test: RulesetRecord, _ value: String?, id: String)
    -> PolicyEvent?
  {
    guard let written = input.anything, case .object(var members) = Placeholder.fill(RulesetJSON.free(written), value)
    else {
      bag.report(SuiteRules.event, at: input.location, "the input must be a mapping", help: "it has eventType and data")
      return nil
    }
    let mock = test["mock"]?.record?["time"]
    let given = members.first { $0.name == "timestamp" }
    if let mock, given != nil {
      bag.report(
        SuiteRules.time, at: mock.location, "the time is given twice: by 'mock' and by the event's timestamp",
        help: "keep one of them")
    }
    if let time = mock?.text, !Timestamp.isValid(time) {
      bag.report(
        SuiteRules.time, at: mock?.location ?? input.location, "'\(time)' is no time as RFC 3339 writes it",
        help: "write it as in '\(Self.usualTime)'")
      return nil
    }
    if given == nil { members.append(.init("timestamp", .string(mock?.text ?? Self.usualTime))) }
    if !members.contains(where: { $0.name == "eventId" || $0.name == "event_id" }) {
      members.append(.init("eventId", .string(id)))
    }
    do throws(EventFailure) {
      return try EventReader.read(JSONValue.object(members).text().utf8)
    } catch {
      bag.report(
        SuiteRules.event, at: input.location, "the input is no event: \(error.message)",
        help: "'claw policy eval' reads the same events")
      return nil
    }
  }

  // MARK: Posture

  private mutating func isState(_ value: RulesetValue?) -> Bool {
    guard knowsPosture, let value, let name = value.text else { return true }
    if posture?.state(name) != nil { return true }
    let known = posture?.states.map(\.name) ?? []
    bag.report(
      SuiteRules.posture, at: value.location,
      known.isEmpty
        ? "the ruleset has no posture, so that '\(name)' is no state of it" : "the posture has no state '\(name)'",
      help: Suggestion.nearest(to: name, in: known).map { "did you mean '\($0)'?" }
        ?? (known.isEmpty ? nil : "it has \(known.joined(separator: ", "))"))
    return false
  }

  private mutating func readSession(_ test: RulesetRecord, _ now: Int, _ value: String?) -> PolicyCase.Session? {
    guard let record = test["context"]?.record?["session_posture"]?.record, let state = record["current_state"] else {
      return nil
    }
    guard isState(state), let name = state.text else { return nil }
    var since = now
    if let entered = record["entered_at"], let text = entered.text {
      guard let seconds = Timestamp.seconds(Placeholder.fill(text, value)) else {
        bag.report(
          SuiteRules.time, at: entered.location, "'\(text)' is no time as RFC 3339 writes it",
          help: "write it as in '\(Self.usualTime)'")
        return nil
      }
      since = seconds
    }
    var used: [String: Int] = [:]
    let budgets = posture?.state(name)?.budgets.map(\.name) ?? []
    for field in record["budgets"]?.record?.fields ?? [] {
      used[field.key] = field.value.record?["used"]?.integer ?? 0
      guard knowsPosture, !budgets.contains(field.key) else { continue }
      bag.report(
        SuiteRules.posture, at: field.location, "the state '\(name)' has no budget '\(field.key)'",
        help: budgets.isEmpty ? "it has none" : "it has \(budgets.joined(separator: ", "))")
    }
    return PolicyCase.Session(state: name, enteredAt: since, used: used)
  }

  // MARK: Expectations

  private mutating func readExpectation(_ test: RulesetRecord) -> PolicyCase.Expectation {
    var result = PolicyCase.Expectation()
    guard let value = test["expect"], let record = value.record else { return result }
    result.allowed = record["allowed"]?.bool
    result.denied = record["denied"]?.bool
    result.warn = record["warn"]?.bool
    result.guardName = record["guard"]?.text
    result.severity = record["severity"]?.text
    result.reasonContains = record["reason_contains"]?.text
    result.messageContains = record["message_contains"]?.text
    if isState(record["posture_state"]) { result.postureState = record["posture_state"]?.text }
    if let transition = record["posture_transition"]?.record {
      _ = (isState(transition["from"]), isState(transition["to"]))
      result.transition = .init(
        from: transition["from"]?.text, to: transition["to"]?.text, trigger: transition["trigger"]?.text)
    }
    // A field that could not be read is reported already.
    if record.fields.isEmpty,
      !misread.contains(where: { value.location.range.lower <= $0 && $0 < value.location.range.upper })
    {
      bag.report(
        SuiteRules.emptyExpectation, at: value.location, "the case expects nothing, so that it passes whatever happens",
        help: "say 'allowed: true', 'denied: true' or 'warn: true'")
    }
    let saysWarn = result.warn == true
    if result.allowed == true && result.denied == true || saysWarn && (result.denied == true || result.allowed == false)
      || result.allowed == false && result.denied == false
    {
      bag.report(
        SuiteRules.contradiction, at: value.location, "the case expects what can't be so at once",
        help: "an event is either allowed, or allowed with a warning, or denied")
    }
    return result
  }
}

/// The places in the texts of a case where a parameter's value goes.
enum Placeholder {
  static func fill(_ text: String, _ value: String?) -> String {
    guard let value, text.utf8.contains(0x7B) else { return text }
    // In one pass: what a value brings in is no place any more.
    var result = ""
    var rest = text[...]
    while let open = rest.firstIndex(of: "{") {
      result += rest[..<open]
      rest = rest[open...]
      if let word = ["{item}", "{value}", "{path}"].first(where: { rest.hasPrefix($0) }) {
        result += value
        rest = rest.dropFirst(word.count)
      } else {
        result += "{"
        rest = rest.dropFirst()
      }
    }
    return result + rest
  }

  static func fill(_ json: JSONValue, _ value: String?) -> JSONValue {
    guard value != nil else { return json }
    switch json {
    case .string(let text): return .string(fill(text, value))
    case .array(let elements): return .array(elements.map { fill($0, value) })
    case .object(let members):
      return .object(members.map { JSONValue.Member(fill($0.name, value), fill($0.value, value)) })
    case .null, .bool, .number: return json
    }
  }
}
