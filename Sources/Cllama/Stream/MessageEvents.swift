import JSON

/// Takes events of Anthropic's messages apart.
enum MessageEvents {
  static func read(_ event: ServerEvent, _ json: JSONValue, calls open: Set<StreamEvent.CallKey>) -> StreamEvent {
    var result = StreamEvent(event, json)
    let index = json["index"]?.integer ?? 0
    let key = StreamEvent.CallKey(choice: 0, index: index)
    if !open.contains(key) { result.takeRest(of: json, besides: ["content_block", "delta"], item: index) }
    switch json["type"]?.string ?? event.name {
    case "message_start":
      if json["message"]?["content"].map({ !$0.isBlank }) == true {
        result.contradiction = "the message has content before it begins"
      }
    case "content_block_start":
      guard let place = json.index(of: "content_block"), let block = json["content_block"] else { break }
      if let call = ModelAnswer.call(block) {
        let given = block["input"].map { $0.isBlank ? "" : ChatEvents.arguments($0) } ?? ""
        result.calls.append(.init(key: key, name: call.name, arguments: given))
      } else {
        texts(block, index, [place], &result)
      }
    case "content_block_delta":
      guard let place = json.index(of: "delta"), let delta = json["delta"] else { break }
      if let part = delta["partial_json"]?.string {
        result.calls.append(.init(key: key, name: nil, arguments: part))
      } else if open.contains(key) {
        // Whatever else a tool's block has belongs to the call.
        result.calls.append(.init(key: key, name: nil, arguments: ""))
      } else {
        texts(delta, index, [place], &result)
      }
    case "content_block_stop":
      result.closedItems.append(index)
      if open.contains(key) {
        result.calls.append(.init(key: key, name: nil, arguments: ""))
        result.closedCalls.append(key)
      }
    case "message_delta": result.isFinish = json["delta"]?["stop_reason"]?.string != nil
    case "message_stop": result.isEnd = true
    default: break
    }
    return result
  }

  private static func texts(_ value: JSONValue, _ item: Int, _ place: JSONPlace, _ result: inout StreamEvent) {
    var finder = PassageFinder(at: place)
    finder.find(value, role: .assistant)
    let type = value["type"]?.string ?? ""
    let isThought = type.hasPrefix("thinking") || type.hasPrefix("redacted_thinking")
    for passage in finder.passages {
      let kind: Passage.Kind = isThought || passage.kind == .reasoning ? .reasoning : .text
      // Only these go on in deltas; results of a search, citations and the like are there as a whole.
      let isFlowing =
        passage.place.count == place.count + 1 && (passage.member == "text" || passage.member == "thinking")
      if isFlowing {
        result.pieces.append(
          .init(channel: .init(item: item, part: "text", kind: kind), text: passage.text, place: passage.place))
      } else {
        result.take(whole: passage, item: item, kind: kind)
      }
    }
  }
}
