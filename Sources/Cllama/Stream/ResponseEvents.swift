import JSON

/// Takes events of OpenAI's responses apart.
enum ResponseEvents {
  static func read(_ event: ServerEvent, _ json: JSONValue, calls open: Set<StreamEvent.CallKey>) -> StreamEvent {
    var result = StreamEvent(event, json)
    let type = json["type"]?.string ?? event.name
    let item = json["output_index"]?.integer ?? 0
    let key = StreamEvent.CallKey(choice: 0, index: item)
    // What `response` holds besides its output, the caller said itself.
    if !open.contains(key) || json["output_index"] == nil {
      result.takeRest(of: json, besides: ["item", "delta", "text", "refusal", "part", "response"], item: item)
    }
    if type.contains("_call_"), json["output_index"] == nil || !open.contains(key) {
      result.contradiction = "a piece of a call belongs to no call"
    }
    switch type {
    case "response.created", "response.in_progress", "response.queued":
      if json["response"]?["output"].map({ !$0.isBlank }) == true {
        result.contradiction = "the response has output before it begins"
      }
    case "response.output_item.added", "response.output_item.done":
      let isDone = type.hasSuffix("done")
      guard let place = json.index(of: "item"), let value = json["item"] else { break }
      if let call = ModelAnswer.call(value) {
        // The whole item counts, whatever its pieces said before.
        let arguments = ChatEvents.arguments(value["arguments"] ?? value["input"] ?? value["action"])
        result.calls.append(.init(key: key, name: call.name, arguments: isDone ? "" : arguments))
        if isDone { result.closedCalls.append(key) }
      } else if isDone {
        result.closedItems.append(item)
        repeats(value, item, [place], &result)
      } else {
        texts(value, item, [place], &result)
      }
    case "response.completed", "response.incomplete", "response.failed", "response.cancelled":
      result.isFinish = true
      result.isEnd = true
    default:
      if open.contains(key), json["output_index"] != nil {
        result.calls.append(.init(key: key, name: nil, arguments: type.hasSuffix(".delta") ? delta(json) : ""))
      } else if type.hasSuffix(".delta"), let place = json.index(of: "delta") {
        let isThought = type.contains("reasoning")
        var finder = PassageFinder(at: [place])
        finder.find(json["delta"] ?? .null, role: .assistant)
        for passage in finder.passages {
          if passage.place.count == 1 {
            result.pieces.append(
              .init(channel: channel(json, item, isThought: isThought), text: passage.text, place: passage.place))
          } else {
            result.take(passage, item: item, part: type, kind: isThought ? .reasoning : .text, root: 1)
          }
        }
      } else if type.hasSuffix(".done") {
        result.closedItems.append(item)
        for name in ["text", "refusal", "part"] {
          guard let place = json.index(of: name) else { continue }
          let isThought = type.contains("reasoning")
          var finder = PassageFinder(at: [place])
          finder.find(json[name] ?? .null, role: .assistant)
          for passage in finder.passages {
            if passage.place.count == 1 || passage.member == "text" || passage.member == "refusal" {
              result.repeats.append(
                .init(channel: channel(json, item, isThought: isThought), text: passage.text, place: passage.place))
            } else {
              result.take(whole: passage, item: item, kind: isThought ? .reasoning : .text)
            }
          }
        }
      } else if type.hasSuffix(".added"), let place = json.index(of: "part") {
        texts(json["part"] ?? .null, item, [place], &result)
      }
    }
    return result
  }

  private static func delta(_ json: JSONValue) -> String { ChatEvents.arguments(json["delta"]) }

  private static func channel(_ json: JSONValue, _ item: Int, isThought: Bool) -> StreamEvent.Channel {
    let part = json["content_index"]?.integer ?? json["summary_index"]?.integer ?? 0
    return .init(item: item, part: String(part), kind: isThought ? .reasoning : .text)
  }

  /// Texts of an item that is there from the start.
  private static func texts(_ value: JSONValue, _ item: Int, _ place: JSONPlace, _ result: inout StreamEvent) {
    for (channel, passage) in passages(value, item, place) {
      if passage.member == "text" || passage.member == "refusal" {
        result.pieces.append(.init(channel: channel, text: passage.text, place: passage.place))
      } else {
        result.take(whole: passage, item: item, kind: channel.kind)
      }
    }
  }

  private static func repeats(_ value: JSONValue, _ item: Int, _ place: JSONPlace, _ result: inout StreamEvent) {
    for (channel, passage) in passages(value, item, place) {
      if passage.member == "text" || passage.member == "refusal" {
        result.repeats.append(.init(channel: channel, text: passage.text, place: passage.place))
      } else {
        result.take(whole: passage, item: item, kind: channel.kind)
      }
    }
  }

  /// The texts of an item: the parts of a message, or of what was thought.
  static func passages(
    _ value: JSONValue, _ item: Int, _ place: JSONPlace
  ) -> [(StreamEvent.Channel, Passage)] {
    var found: [(StreamEvent.Channel, Passage)] = []
    for (index, member) in (value.members ?? []).enumerated() {
      for (part, element) in (member.value.array ?? []).enumerated() {
        var finder = PassageFinder(at: place + [index, part])
        let isThought = value["type"]?.string == "reasoning"
        finder.find(element, role: .assistant, kind: isThought ? .reasoning : .text)
        let kind: Passage.Kind = isThought ? .reasoning : .text
        for passage in finder.passages {
          found.append((.init(item: item, part: String(part), kind: kind), passage))
        }
      }
    }
    return found
  }
}
