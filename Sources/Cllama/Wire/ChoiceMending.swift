import JSON

/// Mends choices of chat completions that calls were taken out of.
enum ChoiceMending {
  /// Takes empty lists of calls away, and says `stop` where a choice that ended with a call has none left. Whether anything
  /// changed.
  ///
  /// - Parameters:
  ///   - message: the member that holds what was said: `message`, or `delta` in an event.
  ///   - hasCalls: whether a choice still has a call.
  static func mend(_ list: inout JSONValue, message: String, hasCalls: (JSONValue) -> Bool) -> Bool {
    guard case .array(var choices) = list else { return false }
    var isChanged = false
    for index in choices.indices {
      if choices[index][message]?["tool_calls"]?.array?.isEmpty == true {
        choices[index].editMember(message) { $0.remove("tool_calls") }
        isChanged = true
      }
      let reason = choices[index]["finish_reason"]?.string
      if reason == "tool_calls" || reason == "function_call", !hasCalls(choices[index]) {
        choices[index].set("finish_reason", "stop")
        isChanged = true
      }
    }
    if isChanged { list = .array(choices) }
    return isChanged
  }
}
