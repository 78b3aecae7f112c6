import Cllama
import JSON

/// What the record tells a sidecar that starts again.
enum Restoration {
  /// What each instance spent in its window.
  static func calls(_ configuration: SidecarConfiguration) -> [String: [RestoredCall]] {
    // What a person asks for is the last day, whatever the budget's window is.
    let since = RecordTime.now - max(configuration.budget.windowSeconds, 86_400) * 1_000
    var calls: [String: [RestoredCall]] = [:]
    for segment in RecordFile.files(configuration.log.folder).reversed() {
      guard let bytes = try? RecordFile.contents("\(configuration.log.folder)/\(RecordFile.name(segment))") else {
        continue
      }
      var isOld = false
      for line in bytes.split(separator: 0x0A) {
        guard let value = try? JSONValue.strict(Array(line)),
          let time = value["ts"]?.string.flatMap({ RecordTime.read($0) })
        else { continue }
        guard time > since else {
          isOld = true
          continue
        }
        guard value["type"]?.string == CallRecord.Kind.response.rawValue, let name = value["gen_ai.agent.id"]?.string
        else {
          continue
        }
        let tokens =
          (value["gen_ai.usage.input_tokens"]?.integer ?? 0) + (value["gen_ai.usage.output_tokens"]?.integer ?? 0)
        calls[name, default: []].append(
          RestoredCall(tokens: tokens, cost: value["cost_usd"]?.string.flatMap { Money($0) } ?? .zero, time: time))
      }
      if isOld { break }
    }
    return calls.mapValues { $0.sorted { $0.time < $1.time } }
  }

  /// How far each instance had drifted: what the last lines about that say.
  static func drift(_ configuration: SidecarConfiguration) -> [String: DriftKeeper] {
    var keepers: [String: DriftKeeper] = [:]
    for segment in RecordFile.files(configuration.log.folder) {
      guard let bytes = try? RecordFile.contents("\(configuration.log.folder)/\(RecordFile.name(segment))") else {
        continue
      }
      for line in bytes.split(separator: 0x0A) where ByteFinder.has(Array(line), "\"type\":\"quarantine\"") {
        guard let value = try? JSONValue.strict(Array(line)), let name = value["gen_ai.agent.id"]?.string else {
          continue
        }
        keepers[name, default: DriftKeeper(name)].restore(value)
      }
    }
    return keepers
  }

  /// A line for each call that was begun and never came to its end: the sidecar was killed under it.
  static func lost(_ configuration: SidecarConfiguration) -> [CallRecord] {
    guard let segment = RecordFile.files(configuration.log.folder).last,
      let bytes = try? RecordFile.contents("\(configuration.log.folder)/\(RecordFile.name(segment))")
    else { return [] }
    var open: [(call: String, agent: String?)] = []
    for line in bytes.split(separator: 0x0A) {
      guard let value = try? JSONValue.strict(Array(line)), let call = value["call"]?.string else { continue }
      switch value["type"]?.string {
      case CallRecord.Kind.request.rawValue: open.append((call, value["gen_ai.agent.id"]?.string))
      case CallRecord.Kind.response.rawValue: open.removeAll { $0.call == call }
      default: continue
      }
    }
    return open.map { one in
      var record = CallRecord(.response)
      record.set("call", one.call)
      record.set("gen_ai.agent.id", one.agent)
      record.set("verdict", "lost")
      record.set("reason", "the sidecar ended under the call")
      return record
    }
  }
}
