import Cllama
import JSON

/// Learns of usage, model and end from the events of an answer; only those that can tell of them are read.
struct StreamWatch {
  private(set) var usage: Usage?
  private(set) var model: String?
  /// What the upstream says went wrong.
  private(set) var failure: String?
  /// Whether the answer said that it is whole.
  private(set) var isFinished = false

  mutating func see(_ event: ServerEvent) {
    if event.isDone { isFinished = true }
    guard let data = event.data?[...], !event.isDone else { return }
    let tells =
      model == nil || ByteFinder.has(data, "\"usage\"") || ByteFinder.has(data, "\"error\"")
      || ByteFinder.has(data, "_stop\"") || ByteFinder.has(data, "\"response.")
      || (ByteFinder.has(data, "\"finish_reason\"") && !ByteFinder.has(data, "\"finish_reason\":null"))
    guard tells, let json = try? JSONValue.strict(Array(data)) else { return }
    if let found = Usage(json) {
      var sum = usage ?? found
      sum.merge(found)
      usage = sum
    }
    if model == nil {
      model = json["model"]?.string ?? json["message"]?["model"]?.string ?? json["response"]?["model"]?.string
    }
    let type = json["type"]?.string ?? ""
    if ["message_stop", "response.completed", "response.incomplete", "response.failed"].contains(type) {
      isFinished = true
    }
    if json["choices"]?.array?.contains(where: { ChatEvents.isFinish($0["finish_reason"]) }) == true {
      isFinished = true
    }
    if type == "error" || json["error"].map({ $0 != .null }) == true || type == "response.failed"
      || json["object"]?.string == "error"
    {
      failure =
        json["error"]?["message"]?.string ?? json["message"]?.string ?? json["response"]?["error"]?["message"]?.string
        ?? "the upstream reported an error"
    }
  }

  /// Whether an event ends its answer.
  static func isLast(_ event: ServerEvent) -> Bool {
    guard let data = event.data?[...] else { return false }
    return event.isDone || ByteFinder.has(data, "\"message_stop\"") || ByteFinder.has(data, "\"response.completed\"")
      || ByteFinder.has(data, "\"response.incomplete\"") || ByteFinder.has(data, "\"response.failed\"")
  }
}
