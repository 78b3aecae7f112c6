import JSON

/// Records as OpenTelemetry logs: OTLP 1.x, JSON encoding (64-bit numbers are texts, names are in camel case).
enum OTLPLogs {
  static func body(_ events: [SinkEvent], version: String) -> [UInt8] {
    // A record of one pod: all events have the same resource.
    let pod = events.first?.envelope["pod"] ?? ""
    let request: JSONValue = [
      "resourceLogs": [
        [
          "resource": [
            "attributes": [
              attribute("service.name", "cllama"), attribute("service.namespace", pod),
              attribute("service.version", .string(version)),
            ]
          ],
          "scopeLogs": [
            [
              "scope": ["name": "cllama", "version": .string(version)],
              "logRecords": .array(events.map { record($0) }),
            ]
          ],
        ]
      ]
    ]
    return Array(request.text().utf8)
  }

  private static func record(_ event: SinkEvent) -> JSONValue {
    let envelope = event.envelope
    let type = envelope["type"]?.string ?? ""
    let level = Level(envelope["decision"])
    var attributes: [JSONValue] = [
      attribute("log.record.uid", .string(event.id)), attribute("cllama.schema", envelope["schema"] ?? 0),
      attribute("cllama.seq", JSONValue(event.sequence)), attribute("cllama.type", .string(type)),
    ]
    func add(_ name: String, _ value: JSONValue?) {
      if let value, value != .null { attributes.append(attribute(name, value)) }
    }
    add("gen_ai.agent.id", envelope["agent"])
    add("gen_ai.conversation.id", envelope["session"])
    add("cllama.run", envelope["run"])
    add("cllama.call", envelope["call"])
    // Several policies are one list.
    if let policy = envelope["policy"] {
      for member in policy.members ?? [] { add("cllama.policy.\(member.name)", member.value) }
      if policy.array != nil { add("cllama.policies", policy) }
    }
    for member in envelope["decision"]?.members ?? [] { add("cllama.decision.\(member.name)", member.value) }
    for member in envelope["evidence"]?.members ?? [] {
      let isConvention = member.name.utf8.starts(with: "gen_ai.".utf8) || member.name.utf8.starts(with: "http.".utf8)
      add(isConvention ? member.name : "cllama.\(member.name)", member.value)
    }
    let nanoseconds = JSONValue.string("\(event.time)000000")
    return [
      "timeUnixNano": nanoseconds, "observedTimeUnixNano": nanoseconds, "severityNumber": JSONValue(level.rawValue),
      "severityText": .string(level.text), "eventName": .string("cllama.\(type)"),
      "body": ["stringValue": .string(summary(envelope, type))], "attributes": .array(attributes),
    ]
  }

  /// What a person sees in a list.
  private static func summary(_ envelope: JSONValue, _ type: String) -> String {
    let verdict = envelope["decision"]?["verdict"]?.string
    let reason = envelope["decision"]?["reason"]?.string
    return [type, verdict, reason].compactMap { $0 }.joined(separator: " ")
  }

  /// Numbers of severities (the data model of OpenTelemetry's logs).
  private enum Level: Int {
    case info = 9
    case warning = 13
    case error = 17
    case fatal = 21

    init(_ decision: JSONValue?) {
      switch (decision?["severity"]?.string, decision?["verdict"]?.string) {
      case ("low", _): self = .info
      case ("medium", _): self = .warning
      case ("high", _): self = .error
      case ("critical", _): self = .fatal
      case (_, "error"), (_, "lost"), (_, "incomplete"): self = .error
      case (_, "deny"): self = .warning
      default: self = .info
      }
    }

    var text: String {
      switch self {
      case .info: "INFO"
      case .warning: "WARN"
      case .error: "ERROR"
      case .fatal: "FATAL"
      }
    }
  }

  private static func attribute(_ name: String, _ value: JSONValue) -> JSONValue {
    ["key": .string(name), "value": any(value)]
  }

  /// A value as `AnyValue`.
  private static func any(_ value: JSONValue) -> JSONValue {
    switch value {
    case .null: .object([])
    case .bool(let truth): ["boolValue": .bool(truth)]
    case .string(let text): ["stringValue": .string(text)]
    case .number(let text): Int(text) == nil ? ["doubleValue": value] : ["intValue": .string(text)]
    case .array(let elements): ["arrayValue": ["values": .array(elements.map { any($0) })]]
    case .object(let members):
      ["kvlistValue": ["values": .array(members.map { attribute($0.name, $0.value) })]]
    }
  }
}
