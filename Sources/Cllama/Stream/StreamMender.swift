import JSON

/// Makes whole what is left of an answer that comes as events when calls were dropped or texts were put in: numbers without
/// gaps, and reasons for its end that are true.
struct StreamMender {
  /// Whether events were put in or left out, so that the numbers of the others are off (responses only).
  var isRenumbering = false
  private let api: WireAPI
  private var lastNumber: Int?

  init(_ api: WireAPI) { self.api = api }

  /// An event without what was dropped; nil if nothing of it is left.
  ///
  /// - Parameter own: the calls that the event has pieces of.
  mutating func settled(
    _ event: StreamEvent, of own: Set<StreamEvent.CallKey>, _ calls: StreamCalls
  ) -> ServerEvent? {
    guard calls.didDrop || calls.isRenumbered else { return numbered(event) }
    var event = event
    switch api {
    case .chat: return Self.settledChat(&event, calls)
    case .messages, .responses:
      if let key = own.first, calls[key]?.verdict == .drop {
        isRenumbering = true
        return nil
      }
      renumber(&event, calls)
      return numbered(event)
    case .embeddings, .countTokens: return event.event
    }
  }

  private static func settledChat(_ event: inout StreamEvent, _ calls: StreamCalls) -> ServerEvent? {
    var removed: Set<JSONPlace> = []
    var isChanged = false
    for piece in event.calls {
      guard let place = piece.place else { continue }
      if calls[piece.key]?.verdict == .drop {
        removed.insert(place)
      } else if piece.key.index >= 0 {
        let number = calls.kept(before: piece.key)
        if number != piece.number {
          event.json.edit(place) { $0.set("index", JSONValue(number)) }
          isChanged = true
        }
      }
    }
    event.json.removeAll(removed)
    isChanged = isChanged || !removed.isEmpty
    if mend(&event, calls.keptChoices) { isChanged = true }
    guard isChanged else { return event.event }
    if !removed.isEmpty, !event.isFinish, event.pieces.isEmpty, saysNothing(event.json) { return nil }
    event.event = event.event.with(data: Array(event.json.text().utf8))
    return event.event
  }

  /// Takes empty lists of calls away, and says `stop` where a choice has no call left. Whether anything changed.
  private static func mend(_ event: inout StreamEvent, _ kept: Set<Int>) -> Bool {
    guard let list = event.json.index(of: "choices") else { return false }
    var isChanged = false
    event.json.edit([list]) { value in
      isChanged = ChoiceMending.mend(&value, message: "delta") { kept.contains($0["index"]?.integer ?? 0) }
    }
    return isChanged
  }

  private static func saysNothing(_ json: JSONValue) -> Bool {
    guard json["usage"] == nil || json["usage"] == .null else { return false }
    return (json["choices"]?.array ?? []).allSatisfy { choice in
      (choice["delta"]?.members ?? []).allSatisfy { $0.name == "role" || $0.value.isBlank }
    }
  }

  /// Moves what stands behind dropped blocks or items up, and mends the reason why the model stopped.
  private func renumber(_ event: inout StreamEvent, _ calls: StreamCalls) {
    var isChanged = false
    let name = api == .messages ? "index" : "output_index"
    if let index = event.json[name]?.integer {
      let number = index - calls.dropped(before: index)
      if number != index {
        event.json.set(name, JSONValue(number))
        isChanged = true
      }
    }
    if api == .messages, event.json["delta"]?["stop_reason"]?.string == "tool_use",
      !calls.hasKept
    {
      event.json.editMember("delta") { $0.set("stop_reason", "end_turn") }
      isChanged = true
    }
    if isChanged { event.event = event.event.with(data: Array(event.json.text().utf8)) }
  }

  /// An event of a response with the number that follows the last one's, once something was put in or left out.
  mutating func numbered(_ event: StreamEvent) -> ServerEvent {
    guard api == .responses, let number = event.json["sequence_number"]?.integer else { return event.event }
    let wanted = isRenumbering ? (lastNumber ?? -1) + 1 : number
    lastNumber = wanted
    if wanted == number { return event.event }
    var json = event.json
    json.set("sequence_number", JSONValue(wanted))
    return event.event.with(data: Array(json.text().utf8))
  }
}
