import Automata
import JSON

/// Decides the conditions of a session's policies.
struct PolicyEvaluator {
  /// Why a condition can't be decided.
  struct Failure: Error {
    var code: PackageCode
    var message: String
  }

  private let roots: [(name: String, value: JSONValue?)]
  /// Longest expression and longest text that is held against one.
  private static let (patternLimit, textLimit) = (200, 1000)

  init(_ package: SealedPackage) {
    roots = [
      ("dod", package.dod?.json), ("decisionLock", package.lock?.json), ("executionPlan", package.plan?.json),
      ("evidenceChain", package.evidenceFile == nil ? nil : .array(package.evidence.map(\.json))),
      ("runnerIdentity", package.identity?.json), ("runnerAttestation", package.attestation?.json),
      ("anchor", package.anchor?.json),
    ]
  }

  /// Whether a rule's condition holds.
  func decide(_ rule: SessionPolicy.Rule) -> Result<Bool, Failure> {
    do throws(Failure) {
      return .success(try holds(rule.comparison, try field(rule.field), rule.value))
    } catch {
      return .failure(error)
    }
  }

  /// A part of a field path.
  private enum Step {
    case name(String)
    case index(Int)
  }

  /// The value of a field path: names with dots between, and indices in brackets. Nil where it leads nowhere.
  func field(_ path: String) throws(Failure) -> JSONValue? {
    let failure = Failure(code: .policyFieldPathInvalid, message: "'\(path)' is no path to a field")
    var keys: [Step] = []
    for part in path.utf8.split(separator: 0x2E, omittingEmptySubsequences: false) {
      let name = part.prefix { $0 != 0x5B }
      var rest = part.dropFirst(name.count)
      guard !name.isEmpty, !name.contains(0x5D) else { throw failure }
      keys.append(.name(String(decoding: name, as: UTF8.self)))
      while !rest.isEmpty {
        guard rest.first == 0x5B, let end = rest.firstIndex(of: 0x5D) else { throw failure }
        let digits = rest[rest.index(after: rest.startIndex)..<end]
        guard 1...9 ~= digits.count, digits.allSatisfy({ 0x30...0x39 ~= $0 }),
          let index = Int(String(decoding: digits, as: UTF8.self))
        else { throw failure }
        keys.append(.index(index))
        rest = rest[rest.index(after: end)...]
      }
    }
    guard case .name(let first)? = keys.first, let root = roots.first(where: { TextForms.same($0.name, first) }) else {
      throw Failure(
        code: .policyFieldPathInvalid, message: "'\(path)' does not begin with an artifact that policies see")
    }
    var value = root.value
    for key in keys.dropFirst() {
      switch key {
      case .name(let name): value = value?[name]
      case .index(let index):
        guard let elements = value?.array, elements.indices.contains(index) else { return nil }
        value = elements[index]
      }
    }
    return value
  }

  private func holds(_ comparison: String, _ field: JSONValue?, _ value: JSONValue?) throws(Failure) -> Bool {
    switch comparison {
    case "equals": return Self.isIdentical(field, value)
    case "not_equals": return !Self.isIdentical(field, value)
    case "in": return try list(value).contains { Self.isIdentical(field, $0) }
    case "not_in": return try !list(value).contains { Self.isIdentical(field, $0) }
    case "subset_of": return try Self.isSubset(field?.array, list(value))
    case "superset_of":
      guard let elements = field?.array else { return false }
      return try Self.isSubset(list(value), elements)
    case "greater_than": return try compare(field, value).map { $0.0 > $0.1 } ?? false
    case "less_than": return try compare(field, value).map { $0.0 < $0.1 } ?? false
    case "exists":
      // A condition may also ask for what is not there.
      let isThere = field != nil && field != .null
      if value == nil || value == true { return isThere }
      if value == false { return !isThere }
      throw Failure(code: .policyEvaluationFailed, message: "'exists' is held against true or false")
    case "matches_regex": return try matches(field, value)
    default:
      throw Failure(code: .policyOperatorUnsupported, message: "there is no operator '\(comparison)'")
    }
  }

  private func list(_ value: JSONValue?) throws(Failure) -> [JSONValue] {
    guard let list = value?.array else {
      throw Failure(code: .policyEvaluationFailed, message: "the condition needs an array to be held against")
    }
    return list
  }

  /// Strict identity: no value but a text, a number, a truth value or null is identical to another.
  static func isIdentical(_ left: JSONValue?, _ right: JSONValue?) -> Bool {
    switch (left, right) {
    case (.string(let left), .string(let right)): TextForms.same(left, right)
    case (.number(let left), .number(let right)): Double(left) == Double(right)
    case (.bool(let left), .bool(let right)): left == right
    case (.null, .null): true
    default: false
    }
  }

  private static func isSubset(_ part: [JSONValue]?, _ whole: [JSONValue]) -> Bool {
    guard let part else { return false }
    return part.allSatisfy { element in whole.contains { isIdentical(element, $0) } }
  }

  private func compare(_ field: JSONValue?, _ value: JSONValue?) throws(Failure) -> (Double, Double)? {
    guard case .number(let limit)? = value, let limit = Double(limit) else {
      throw Failure(code: .policyEvaluationFailed, message: "the condition needs a number to be held against")
    }
    guard let field else { return nil }
    guard case .number(let text) = field, let number = Double(text) else {
      throw Failure(code: .policyEvaluationFailed, message: "the field is no number")
    }
    return (number, limit)
  }

  private func matches(_ field: JSONValue?, _ value: JSONValue?) throws(Failure) -> Bool {
    guard let pattern = value?.string, pattern.utf16.count <= Self.patternLimit else {
      throw Failure(
        code: .policyEvaluationFailed, message: "an expression of at most \(Self.patternLimit) characters is missing")
    }
    guard let field else { return false }
    guard let text = field.string else {
      throw Failure(code: .policyEvaluationFailed, message: "the field is no text")
    }
    guard text.utf16.count <= Self.textLimit else {
      throw Failure(
        code: .policyEvaluationFailed, message: "the field has more than \(Self.textLimit) characters")
    }
    do {
      // Linear in the text, whatever the expression is: no time limit is needed.
      let scanner = try PatternScanner([try RegexParser.parse(pattern)])
      return Array(text.utf8).withUnsafeBufferPointer { scanner.hasMatch($0) }
    } catch {
      throw Failure(code: .policyEvaluationFailed, message: "the expression can't be used: \(error.message)")
    }
  }
}
