import IR
import JSON

/// An answer that comes as events, on its way through the pipeline.
///
/// Texts go through the flows of the stages as they come; an event that nothing was changed in passes as the bytes that it
/// was. A tool call is put together and judged whole; until then its events, and all behind them, wait. Nothing of a call
/// that is dropped is delivered.
package final class StreamGate {
  /// What the stages did.
  package private(set) var notes: [Intervention] = []
  /// Whether the answer came to its end.
  package private(set) var isFinished = false
  /// How many tool calls were judged.
  package private(set) var judgedCalls = 0
  /// How many bytes of text were said.
  package private(set) var textBytes = 0

  private struct Call {
    var name = ""
    var arguments = ""
    var verdict: CallVerdict?
  }

  private struct Entry {
    var event: StreamEvent
    var calls: Set<StreamEvent.CallKey>
  }

  private struct Text {
    var chain: FlowChain
    /// The event that brought its last piece, to say more in.
    var template: StreamEvent?
    var place: JSONPlace = []
    /// What was delivered.
    var emitted = ""
    var isFinished = false
  }

  private let api: WireAPI
  private let pipeline: Pipeline
  private let limit: Int
  private var texts: [StreamEvent.Channel: Text] = [:]
  private var calls: [StreamEvent.CallKey: Call] = [:]
  private var open: Set<StreamEvent.CallKey> = []
  private var queue: [Entry] = []
  private var queuedBytes = 0
  private var didDrop = false
  /// Whether events were put in or left out, so that the numbers of the others are off (responses only).
  private var isRenumbering = false
  private var lastNumber: Int?

  /// - Parameter limit: most bytes that wait.
  package init(_ api: WireAPI, _ pipeline: Pipeline, limit: Int = 64 << 20) {
    self.api = api
    self.pipeline = pipeline
    self.limit = limit
  }

  /// Takes an event; gives the events that may be delivered now.
  package func push(_ event: ServerEvent) throws(Denial) -> [ServerEvent] {
    guard let data = event.data, !event.isDone else {
      if event.isDone { isFinished = true }
      guard event.isDone else { return release(Entry(event: StreamEvent(event, .null), calls: [])) }
      return try end(before: event)
    }
    let json: JSONValue
    do throws(JSONFailure) { json = try JSONValue.strict(data) } catch {
      throw refusal("garbled", "the upstream sent an event that is no JSON")
    }
    var read: StreamEvent =
      switch api {
      case .messages: MessageEvents.read(event, json, calls: open)
      case .responses: ResponseEvents.read(event, json, calls: open)
      default: ChatEvents.read(event, json)
      }
    if read.isFinish || read.isEnd { isFinished = isFinished || api == .chat || read.isEnd }
    // What the texts still hold comes before the event that ends them.
    var released = try finishTexts(before: read)
    try flow(&read)
    let keys = try collect(read)
    released += release(Entry(event: read, calls: keys))
    try judge(closedBy: read)
    released += drain()
    if read.isEnd { released += try end(before: nil) }
    return released
  }

  /// The stream is at its end: nothing that waits and was not judged is delivered.
  package func finish() throws(Denial) -> [ServerEvent] { try end(before: nil) }

  private func refusal(_ rule: String, _ reason: String) -> Denial {
    Denial(
      Intervention(
        stage: "stream", direction: .answer, action: .deny, rule: rule, reason: reason, severity: .critical))
  }

  // MARK: Texts

  private func flow(_ event: inout StreamEvent) throws(Denial) {
    for piece in event.pieces where !piece.text.isEmpty {
      textBytes += piece.text.utf8.count
      var text = texts[piece.channel] ?? Text(chain: FlowChain(pipeline.stages, piece.channel.kind))
      if !text.chain.isEmpty {
        let passed = try text.chain.push(piece.text, &notes)
        if !passed.utf8.elementsEqual(piece.text.utf8) { event.edit(piece.place, passed) }
        text.emitted += passed
      } else if api == .responses {
        text.emitted += piece.text
      }
      text.template = event
      text.place = piece.place
      texts[piece.channel] = text
    }
    for piece in event.repeats {
      guard let text = texts[piece.channel] else {
        // A text that never came in pieces is judged as it is.
        var chain = FlowChain(pipeline.stages, piece.channel.kind)
        if chain.isEmpty { continue }
        let passed = try chain.push(piece.text, &notes) + (try chain.finish(&notes))
        if !passed.utf8.elementsEqual(piece.text.utf8) { event.edit(piece.place, passed) }
        continue
      }
      if !text.chain.isEmpty, !text.emitted.utf8.elementsEqual(piece.text.utf8) {
        event.edit(piece.place, text.emitted)
      }
    }
    if event.isEnd, api == .responses { try mendResponse(&event) }
  }

  /// Says what a text still holds, in an event like the one that brought its last piece.
  private func finishTexts(before event: StreamEvent) throws(Denial) -> [ServerEvent] {
    if event.isEnd { return try finishTexts { _ in true } }
    if event.closedItems.isEmpty { return [] }
    let items = event.closedItems
    return try finishTexts { items.contains($0.item) }
  }

  private func finishTexts(_ isMeant: (StreamEvent.Channel) -> Bool) throws(Denial) -> [ServerEvent] {
    var released: [ServerEvent] = []
    let meant = texts.filter { isMeant($0.key) && !$0.value.isFinished }
    for (channel, known) in meant.sorted(by: { ($0.key.item, $0.key.part) < ($1.key.item, $1.key.part) }) {
      var text = known
      text.isFinished = true
      let rest = text.chain.isEmpty ? "" : try text.chain.finish(&notes)
      if !rest.isEmpty, var more = text.template {
        text.emitted += rest
        more.pieces = []
        more.calls = []
        // Only this text, and no end, is said again.
        more.json = Self.only(text.place, rest, of: more.json, api)
        more.event = more.event.with(data: Array(more.json.text().utf8))
        isRenumbering = true
        released += release(Entry(event: more, calls: []))
      }
      texts[channel] = text
    }
    return released
  }

  /// An event that says one text and nothing else.
  private static func only(_ place: JSONPlace, _ text: String, of json: JSONValue, _ api: WireAPI) -> JSONValue {
    var json = json
    json.remove("usage")
    if api == .chat, place.count >= 4, let list = json.index(of: "choices") {
      let choice = json[[list, place[1]]] ?? .null
      let name = json[Array(place.prefix(3))]?.members.flatMap { members in
        members.indices.contains(place[3]) ? members[place[3]].name : nil
      }
      let delta: JSONValue = .object([.init(name ?? "content", .string(text))])
      json.edit([list]) {
        $0 = [["index": choice["index"] ?? 0, "delta": delta, "finish_reason": .null]]
      }
      return json
    }
    json.edit(place) { $0 = .string(text) }
    return json
  }

  // MARK: Calls

  private func collect(_ event: StreamEvent) throws(Denial) -> Set<StreamEvent.CallKey> {
    var keys: Set<StreamEvent.CallKey> = []
    for piece in event.calls {
      keys.insert(piece.key)
      open.insert(piece.key)
      var call = calls[piece.key] ?? Call()
      if let name = piece.name, call.name.isEmpty || api == .responses {
        call.name = name
      } else if let name = piece.name {
        // A name may come in pieces too, and some upstreams say the whole one again.
        if !name.utf8.elementsEqual(call.name.utf8) { call.name += name }
      }
      call.arguments += piece.arguments
      if call.arguments.utf8.count > limit { throw refusal("unbounded", "a tool call has no end") }
      calls[piece.key] = call
    }
    if calls.count > 1024 { throw refusal("unbounded", "the answer has too many tool calls") }
    return keys
  }

  private func judge(closedBy event: StreamEvent) throws(Denial) {
    var closed = event.closedCalls
    for choice in event.closedChoices { closed += open.filter { $0.choice == choice }.sorted() }
    if api == .responses {
      for key in event.closedCalls {
        // The item as a whole is what a client reads.
        if let item = event.json["item"], let whole = ModelAnswer.call(item) {
          calls[key]?.name = whole.name
          let text = ChatEvents.arguments(item["arguments"] ?? item["input"] ?? item["action"])
          if let pieces = calls[key]?.arguments, !pieces.isEmpty, !text.isEmpty, !pieces.utf8.elementsEqual(text.utf8) {
            throw refusal("contradiction", "a tool call's pieces are not what its whole is")
          }
          if !text.isEmpty { calls[key]?.arguments = text }
        }
      }
    }
    for key in closed { try judge(key) }
  }

  private func judge(_ key: StreamEvent.CallKey) throws(Denial) {
    guard var call = calls[key], call.verdict == nil else { return }
    let arguments = ModelAnswer.arguments(.string(call.arguments))
    judgedCalls += 1
    let verdict = try pipeline.judge(ModelAnswer.Call(name: call.name, arguments: arguments), &notes)
    if verdict == .drop { didDrop = true }
    call.verdict = verdict
    calls[key] = call
    open.remove(key)
  }

  // MARK: Delivery

  /// Puts an event behind what waits.
  private func release(_ entry: Entry) -> [ServerEvent] {
    if queue.isEmpty, entry.calls.isEmpty, !didDrop { return [numbered(entry.event)] }
    queuedBytes += entry.event.event.bytes.count
    queue.append(entry)
    return drain()
  }

  private func drain() -> [ServerEvent] {
    var released: [ServerEvent] = []
    while let first = queue.first {
      if first.calls.contains(where: { calls[$0]?.verdict == nil }) { break }
      queue.removeFirst()
      queuedBytes -= first.event.event.bytes.count
      if let event = settled(first) { released.append(event) }
    }
    return released
  }

  /// Whether more waits than may.
  package var isOverfull: Bool { queuedBytes > limit }

  /// An event without what was dropped; nil if nothing of it is left.
  private func settled(_ entry: Entry) -> ServerEvent? {
    var event = entry.event
    guard didDrop else { return numbered(event) }
    switch api {
    case .chat: return settledChat(&event)
    case .messages, .responses:
      if let key = entry.calls.first, calls[key]?.verdict == .drop {
        isRenumbering = true
        return nil
      }
      renumber(&event)
      return numbered(event)
    case .embeddings, .countTokens: return event.event
    }
  }

  private func settledChat(_ event: inout StreamEvent) -> ServerEvent? {
    var removed: Set<JSONPlace> = []
    var isChanged = false
    for piece in event.calls {
      guard let place = piece.place else { continue }
      if calls[piece.key]?.verdict == .drop {
        removed.insert(place)
      } else if piece.key.index >= 0 {
        let number = kept(before: piece.key)
        if number != piece.key.index {
          event.json.edit(place) { $0.set("index", JSONValue(number)) }
          isChanged = true
        }
      }
    }
    event.json.removeAll(removed)
    isChanged = isChanged || !removed.isEmpty
    if mendChoices(&event) { isChanged = true }
    guard isChanged else { return event.event }
    if !removed.isEmpty, !event.isFinish, event.pieces.isEmpty, Self.saysNothing(event.json) { return nil }
    event.event = event.event.with(data: Array(event.json.text().utf8))
    return event.event
  }

  /// Takes empty lists of calls away, and says `stop` where a choice has no call left. Whether anything changed.
  private func mendChoices(_ event: inout StreamEvent) -> Bool {
    guard let list = event.json.index(of: "choices") else { return false }
    var isChanged = false
    let keptChoices = Set(calls.filter { $0.value.verdict != .drop }.map(\.key.choice))
    event.json.edit([list]) { value in
      guard case .array(var choices) = value else { return }
      for index in choices.indices {
        if choices[index]["delta"]?["tool_calls"]?.array?.isEmpty == true {
          choices[index].editMember("delta") { $0.remove("tool_calls") }
          isChanged = true
        }
        let reason = choices[index]["finish_reason"]?.string
        if reason == "tool_calls" || reason == "function_call",
          !keptChoices.contains(choices[index]["index"]?.integer ?? 0)
        {
          choices[index].set("finish_reason", "stop")
          isChanged = true
        }
      }
      value = .array(choices)
    }
    return isChanged
  }

  private static func saysNothing(_ json: JSONValue) -> Bool {
    guard json["usage"] == nil || json["usage"] == .null else { return false }
    return (json["choices"]?.array ?? []).allSatisfy { choice in
      (choice["delta"]?.members ?? []).allSatisfy { $0.name == "role" || $0.value.isBlank }
    }
  }

  private func kept(before key: StreamEvent.CallKey) -> Int {
    calls.count {
      $0.key.choice == key.choice && $0.key.index >= 0 && $0.key.index < key.index && $0.value.verdict != .drop
    }
  }

  private func dropped(before index: Int) -> Int {
    calls.count { $0.key.index < index && $0.value.verdict == .drop }
  }

  /// Moves what stands behind dropped blocks or items up, and mends the reason why the model stopped.
  private func renumber(_ event: inout StreamEvent) {
    var isChanged = false
    let name = api == .messages ? "index" : "output_index"
    if let index = event.json[name]?.integer {
      let number = index - dropped(before: index)
      if number != index {
        event.json.set(name, JSONValue(number))
        isChanged = true
      }
    }
    if api == .messages, event.json["delta"]?["stop_reason"]?.string == "tool_use",
      !calls.contains(where: { $0.value.verdict == .keep })
    {
      event.json.editMember("delta") { $0.set("stop_reason", "end_turn") }
      isChanged = true
    }
    if isChanged { event.event = event.event.with(data: Array(event.json.text().utf8)) }
  }

  /// An event of a response with the number that follows the last one's, once something was put in or left out.
  private func numbered(_ event: StreamEvent) -> ServerEvent {
    guard api == .responses, let number = event.json["sequence_number"]?.integer else { return event.event }
    let wanted = isRenumbering ? (lastNumber ?? -1) + 1 : number
    lastNumber = wanted
    if wanted == number { return event.event }
    var json = event.json
    json.set("sequence_number", JSONValue(wanted))
    return event.event.with(data: Array(json.text().utf8))
  }

  /// The last event of a response has the whole of it again.
  private func mendResponse(_ event: inout StreamEvent) throws(Denial) {
    guard let response = event.json.index(of: "response"), let body = event.json["response"],
      let list = body.index(of: "output"), let items = body["output"]?.array
    else { return }
    var changed = items
    var isChanged = false
    for (number, item) in items.enumerated() where ModelAnswer.call(item) == nil {
      for (channel, passage) in ResponseEvents.passages(item, number, []) {
        let text: String
        if let known = texts[channel] {
          if known.chain.isEmpty { continue }
          text = known.emitted
        } else {
          var chain = FlowChain(pipeline.stages, channel.kind)
          if chain.isEmpty { continue }
          text = try chain.push(passage.text, &notes) + (try chain.finish(&notes))
        }
        if !text.utf8.elementsEqual(passage.text.utf8) {
          changed[number].edit(passage.place) { $0 = .string(text) }
          isChanged = true
        }
      }
    }
    var kept: [JSONValue] = []
    for (number, item) in changed.enumerated() {
      if let call = ModelAnswer.call(item) {
        let key = StreamEvent.CallKey(choice: 0, index: number)
        let known = calls[key]
        let arguments = ChatEvents.arguments(
          items[number]["arguments"] ?? items[number]["input"] ?? items[number]["action"])
        var verdict = known?.verdict
        // What is another call here than it was in its pieces is judged again.
        if known.map({ !$0.name.utf8.elementsEqual(call.name.utf8) || !$0.arguments.utf8.elementsEqual(arguments.utf8) }
        ) ?? true {
          judgedCalls += 1
          verdict = try pipeline.judge(.init(name: call.name, arguments: call.arguments), &notes)
        }
        if verdict == .drop {
          isChanged = true
          didDrop = true
          continue
        }
      }
      kept.append(item)
    }
    guard isChanged else { return }
    event.json.edit([response, list]) { $0 = .array(kept) }
    event.event = event.event.with(data: Array(event.json.text().utf8))
  }

  private func end(before last: ServerEvent?) throws(Denial) -> [ServerEvent] {
    var released = try finishTexts { _ in true }
    // A call that never came to its end was never judged, and goes nowhere.
    for key in open.sorted() {
      notes.append(
        Intervention(
          stage: "stream", direction: .answer, action: .drop, rule: "incomplete",
          reason: "the call never came to its end",
          severity: .error, subject: calls[key]?.name ?? ""))
      calls[key]?.verdict = .drop
      didDrop = true
    }
    open = []
    released += drain()
    if let last { released.append(last) }
    return released
  }
}
