import JSON

/// Takes events of chat completions apart.
enum ChatEvents {
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
      if choice["finish_reason"]?.string != nil {
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
        for (number, element) in (member.value.array ?? []).enumerated() {
          let inner = element["function"] ?? element["custom"] ?? .null
          result.calls.append(
            .init(
              key: .init(choice: choice, index: element["index"]?.integer ?? number), name: inner["name"]?.string,
              arguments: arguments(inner["arguments"] ?? inner["input"]), place: place + [index, number]))
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
        for passage in finder.passages {
          result.pieces.append(
            .init(
              channel: .init(item: choice, part: member.name, kind: isThought ? .reasoning : .text),
              text: passage.text, place: passage.place))
        }
      }
    }
  }

  static func arguments(_ value: JSONValue?) -> String {
    guard let value, value != .null else { return "" }
    return value.string ?? value.text()
  }
}
