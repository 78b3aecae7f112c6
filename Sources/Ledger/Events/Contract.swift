import Canonical
import Source

/// What the contracts of ClawForge hold that `ContractRecorded` records.
///
/// A member that is there must be what its name says. None must be there, because the reference records parts of contracts
/// too, and members that are not listed are kept: later versions have them.
enum Contract {
  private static let common: [PayloadField] = [.init("schemaVersion", .version), .init("createdAt", .time)]

  /// The members by the type of the contract.
  static let fields: [(type: String, fields: [PayloadField])] = [
    (
      "IntentContract",
      common + [
        .init("intentId", .uuid), .init("title", .text(500)), .init("description", .emptyText(5000)),
        .init(
          "actor", .members([.init("actorId", .text(200)), .init("actorType", .choice(["human", "system"]))])),
        .init(
          "constraints",
          .members([
            .init("maxSteps", .number(1...1000)), .init("timeoutMs", .number(1...86_400_000)),
            .init("providers", .list(20, .text(200))),
          ])),
        .init("inputParams", .parameters(names: 200)), .init("tags", .list(20, .text(100))),
        .init("priority", .choice(["low", "normal", "high", "critical"])),
      ]
    ),
    (
      "StepContract",
      common + [
        .init("stepId", .uuid), .init("intentId", .uuid), .init("stepIndex", .number(0...999)),
        .init("name", .text(300)), .init("description", .emptyText(3000)), .init("toolName", .text(200)),
        .init("toolParams", .parameters(names: .max)), .init("expectedOutputSchema", .schema),
        .init("requiresApproval", .bool),
        .init(
          "retryPolicy",
          .members([.init("maxRetries", .number(0...10)), .init("backoffMs", .number(100...60_000))])),
        .init("dependsOn", .list(50, .uuid)),
      ]
    ),
    (
      "WorkerTaskContract",
      common + [
        .init("taskId", .uuid), .init("stepId", .uuid), .init("runId", .uuid), .init("workerType", .word(200)),
        .init("instructions", .emptyText(10_000)), .init("inputRefs", .list(100, .text(200))),
        .init(
          "constraints",
          .members([
            .init("maxDurationMs", .number(1...3_600_000)), .init("maxOutputBytes", .number(1...104_857_600)),
            .init("sandboxed", .bool),
          ])),
        .init("outputSchema", .schema),
      ]
    ),
  ]

  /// What is wrong with the contract of a payload of `ContractRecorded`, whose own members were looked at; it begins behind
  /// the name of the contract. Nil if nothing is.
  static func complaint(_ payload: [UInt8]) -> String? {
    guard let members = CanonicalMembers(payload)?.members else { return "' must be an object" }
    func value(_ name: String) -> ArraySlice<UInt8>? {
      members.first { payload[$0.name].elementsEqual(name.utf8) }.map { payload[$0.value] }
    }
    guard let type = value("contractType").flatMap(CanonicalString.text), let contract = value("contract"),
      let fields = fields.first(where: { $0.type == type })?.fields
    else { return "' is of no known type" }
    return PayloadField.complaint(members: contract, fields)
  }
}

extension PayloadField {
  /// What is wrong with the members of an object that are listed: `.tags[3]' must be a text`; nil if nothing is.
  static func complaint(members value: ArraySlice<UInt8>, _ fields: [PayloadField]) -> String? {
    guard let members = CanonicalMembers(value)?.members else { return "' must be an object" }
    for member in members {
      let name = value[value.startIndex + member.name.lowerBound..<value.startIndex + member.name.upperBound]
      guard let field = fields.first(where: { $0.name.utf8.elementsEqual(name) }) else { continue }
      let content = value[value.startIndex + member.value.lowerBound..<value.startIndex + member.value.upperBound]
      if let complaint = field.located(content) { return ".\(field.name)\(complaint)" }
    }
    return nil
  }

  /// The complaint about a value with the place inside of it where it is due.
  private func located(_ value: ArraySlice<UInt8>) -> String? {
    switch kind {
    case .members(let fields): return Self.complaint(members: value, fields)
    case .list(let limit, let kind):
      guard let elements = CanonicalMembers.elements(value) else { return "' must be an array" }
      guard elements.count <= limit else { return "' has more than \(limit) elements" }
      let field = PayloadField(name, kind)
      for (index, element) in elements.enumerated() {
        if let complaint = field.located(element) { return "[\(index)]\(complaint)" }
      }
      return nil
    default: return complaint(value).map { "' \($0)" }
    }
  }

  /// The complaint about a value of a kind that contracts alone have.
  func contractComplaint(_ value: ArraySlice<UInt8>) -> String? {
    switch kind {
    case .number(let range):
      let number = value.count <= 16 ? Int(String(decoding: value, as: UTF8.self)) : nil
      return number.map(range.contains) == true
        ? nil : "must be a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .bool: return value.first == 0x74 || value.first == 0x66 ? nil : "must be true or false"
    case .version:
      return CanonicalString.text(value).map(EventText.isSchemaVersion) == true ? nil : "must be 1.MINOR.PATCH"
    case .time:
      return CanonicalString.text(value).map(EventText.isContractTime) == true
        ? nil : "must be a time as in 2026-01-02T03:04:05Z"
    case .word(let limit):
      let text = CanonicalString.text(value) ?? ""
      return 1...limit ~= text.utf8.count
        && text.hasOnly { $0.isASCIIAlphanumeric || $0 == 0x2D || $0 == 0x2E || $0 == 0x5F }
        ? nil : "must be a text of at most \(limit) letters, digits, '.', '_' and '-'"
    case .parameters(let limit):
      guard let members = CanonicalMembers(value)?.members else { return "must be an object" }
      if value.count > 102_400 { return "has more than 102400 bytes" }
      if members.count > 50 { return "has more than 50 members" }
      for member in members where limit < .max {
        let quoted = value[
          value.startIndex + member.name.lowerBound - 1..<value.startIndex + member.name.upperBound + 1]
        if quoted.count == 2 || Self.complaint(text: quoted, limit) != nil {
          return "has a name that is empty or longer than \(limit) characters"
        }
      }
      return nil
    case .schema:
      return value.elementsEqual("null".utf8) || value.first == 0x7B && value.count > 2
        ? nil : "must be null or an object that is not empty"
    default: return located(value)
    }
  }
}

extension EventText {
  /// Whether a text is a time as contracts have it: of seconds, or of one to three digits more.
  static func isContractTime(_ text: String) -> Bool {
    guard 20...24 ~= text.utf8.count, text.utf8.last == 0x5A else { return false }
    var digits = String(text.dropLast())
    if text.utf8.count == 20 { digits += "." }
    digits += String(repeating: "0", count: max(0, 23 - digits.utf8.count))
    return text.utf8.count != 21 && AuditTime.milliseconds(digits + "Z") != nil
  }
}
