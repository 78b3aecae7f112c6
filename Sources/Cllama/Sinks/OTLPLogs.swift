import JSON

/// Records as OpenTelemetry logs: OTLP 1.x, JSON encoding (64-bit numbers are texts, names are in camel case).
struct OTLPLogs {
  private var bytes: [UInt8] = []

  static func body(_ events: [SinkEvent], pod: String, version: String) -> [UInt8] {
    var logs = OTLPLogs()
    logs.bytes.reserveCapacity(events.reduce(512) { $0 + $1.text.count * 3 })
    logs.write("{\"resourceLogs\":[{\"resource\":{\"attributes\":[")
    logs.add("service.name", "cllama")
    logs.add("service.namespace", .string(pod))
    logs.add("service.version", .string(version))
    logs.write("]},\"scopeLogs\":[{\"scope\":{\"name\":\"cllama\",\"version\":")
    JSONValue.write(string: version, to: &logs.bytes)
    logs.write("},\"logRecords\":[")
    for event in events { logs.add(event) }
    logs.write("]}]}]}")
    return logs.bytes
  }

  private mutating func write(_ text: StaticString) { text.withUTF8Buffer { bytes += $0 } }

  /// Puts a comma between elements.
  private mutating func separate() { if bytes.last != 0x5B { bytes.append(0x2C) } }

  private mutating func add(_ event: SinkEvent) {
    let envelope = event.envelope
    let type = envelope["type"]?.string ?? ""
    let level = Level(envelope["decision"])
    separate()
    write("{\"timeUnixNano\":\"")
    bytes += String(event.time).utf8
    write("000000\",\"observedTimeUnixNano\":\"")
    bytes += String(event.time).utf8
    write("000000\",\"severityNumber\":")
    bytes += String(level.rawValue).utf8
    write(",\"severityText\":")
    JSONValue.write(string: level.text, to: &bytes)
    write(",\"eventName\":")
    JSONValue.write(string: "cllama." + type, to: &bytes)
    write(",\"body\":{\"stringValue\":")
    JSONValue.write(string: Self.summary(envelope, type), to: &bytes)
    write("},\"attributes\":[")
    add("log.record.uid", .string(event.id))
    for member in envelope.members ?? [] {
      switch member.name {
      case "schema", "seq", "type", "run", "call": add("cllama.\(member.name)", member.value)
      case "agent": add("gen_ai.agent.id", member.value)
      case "session": add("gen_ai.conversation.id", member.value)
      // Several policies are one list.
      case "policy" where member.value.array != nil: add("cllama.policies", member.value)
      case "policy", "decision":
        for part in member.value.members ?? [] { add("cllama.\(member.name).\(part.name)", part.value) }
      case "evidence":
        for part in member.value.members ?? [] where part.value != .null {
          let isConvention = part.name.utf8.starts(with: "gen_ai.".utf8) || part.name.utf8.starts(with: "http.".utf8)
          add(isConvention ? part.name : "cllama.\(part.name)", part.value)
        }
      // The time and the pod stand elsewhere.
      default: break
      }
    }
    write("]}")
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

  private mutating func add(_ name: String, _ value: JSONValue) {
    separate()
    write("{\"key\":")
    JSONValue.write(string: name, to: &bytes)
    write(",\"value\":")
    add(value)
    write("}")
  }

  /// A value as `AnyValue`: a number is a whole one of 64 bits, another one that a double can hold, or else a text.
  private mutating func add(_ value: JSONValue) {
    switch value {
    case .null: write("{")
    case .bool(let truth): truth ? write("{\"boolValue\":true") : write("{\"boolValue\":false")
    case .string(let text):
      write("{\"stringValue\":")
      JSONValue.write(string: text, to: &bytes)
    case .number(let text):
      if Int(text) == nil, Double(text)?.isFinite == true {
        write("{\"doubleValue\":")
        bytes += text.utf8
      } else {
        Int(text) == nil ? write("{\"stringValue\":") : write("{\"intValue\":")
        JSONValue.write(string: text, to: &bytes)
      }
    case .array(let elements):
      write("{\"arrayValue\":{\"values\":[")
      for element in elements {
        separate()
        add(element)
      }
      write("]}")
    case .object(let members):
      write("{\"kvlistValue\":{\"values\":[")
      for member in members { add(member.name, member.value) }
      write("]}")
    }
    write("}")
  }
}
