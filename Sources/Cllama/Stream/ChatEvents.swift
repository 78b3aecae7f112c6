package import JSON

/// Takes events of chat completions apart.
package enum ChatEvents {
  static func read(_ event: ServerEvent, _ json: JSONValue) -> StreamEvent {
    var result = StreamEvent(event, json)
    result.takeRest(of: json, besides: ["choices"], item: -1)
    guard let list = json.index(of: "choices") else { return result }
    for (number, choice) in (json["choices"]?.array ?? []).enumerated() {
      // A choice without a number is the first.
      let index = choice["index"]?.integer ?? 0
      for name in ["delta", "message"] {
        guard let delta = choice.index(of: name) else { continue }
        read(delta: choice[name] ?? .null, index, [list, number, delta], &result)
      }
      // As completions of before had it.
      if let place = choice.index(of: "text"), let text = choice["text"]?.string {
        let channel = StreamEvent.Channel(item: index, part: "text", kind: .text)
        result.pieces.append(.init(channel: channel, text: text, place: [list, number, place]))
      }
      result.takeRest(of: choice, besides: ["delta", "message", "text"], item: index, at: [list, number])
      if Self.isFinish(choice["finish_reason"]) {
        result.isFinish = true
        result.closedChoices.append(index)
        result.closedItems.append(index)
      }
    }
    return result
  }

  private static func read(delta: JSONValue, _ choice: Int, _ place: JSONPlace, _ result: inout StreamEvent) {
    for (index, member) in (delta.members ?? []).enumerated() {
      switch member.name {
      case "role", "type", "id": continue
      case "tool_calls":
        guard let elements = member.value.array else {
          if member.value != .null { result.contradiction = "its tool calls are no list" }
          continue
        }
        for (number, element) in elements.enumerated() {
          if element["function"].map({ $0 != .null }) == true, element["custom"].map({ $0 != .null }) == true {
            result.contradiction = "a tool call is of two kinds"
          }
          let inner = element["function"] ?? element["custom"] ?? .null
          let own = element["index"]?.integer
          result.calls.append(
            .init(
              key: .init(choice: choice, index: own ?? number), name: inner["name"]?.string,
              arguments: arguments(inner["arguments"] ?? inner["input"]), place: place + [index, number],
              id: element["id"]?.string.flatMap { $0.isEmpty ? nil : $0 }, number: own))
        }
      case "function_call":
        guard member.value != .null else { continue }
        result.calls.append(
          .init(
            key: .init(choice: choice, index: -1), name: member.value["name"]?.string,
            arguments: arguments(member.value["arguments"]), place: place + [index]))
      default:
        var finder = PassageFinder(at: place + [index])
        let isThought = ["reasoning", "reasoning_content", "reasoning_details", "thinking"].contains(member.name)
        finder.find(member.value, role: .assistant, kind: isThought ? .reasoning : .text)
        let kind: Passage.Kind = isThought ? .reasoning : .text
        for passage in finder.passages {
          // A text that is the member itself goes on, whatever its name.
          if member.value.string != nil {
            result.pieces.append(
              .init(
                channel: .init(item: choice, part: member.name, kind: kind), text: passage.text, place: passage.place))
          } else {
            result.take(passage, item: choice, part: member.name, kind: kind, root: place.count + 1)
          }
        }
      }
    }
  }

  /// Whether a reason says that the model is done: some upstreams send an empty one, or the word "null", all along.
  package static func isFinish(_ reason: JSONValue?) -> Bool {
    reason?.string.map { !$0.isEmpty && $0 != "null" } ?? false
  }

  static func arguments(_ value: JSONValue?) -> String {
    guard let value, value != .null else { return "" }
    return value.string ?? value.text()
  }
}
