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

  private struct Entry {
    var event: StreamEvent
    var calls: Set<StreamEvent.CallKey>
  }

  private struct Text {
    var chain: FlowChain
    /// The event that brought its last piece, to say more in.
    var template: StreamEvent?
    var place: JSONPlace = []
    /// What was delivered, where it will be said again.
    var emitted = ""
    var isFinished = false
  }

  private let api: WireAPI
  private let pipeline: Pipeline
  private let limit: Int
  private var texts: [StreamEvent.Channel: Text] = [:]
  private var calls: StreamCalls
  private var queue: [Entry] = []
  private var queuedBytes = 0
  private var mender: StreamMender
  private let judgesTexts: Bool
  private var hadLogProbabilities = false

  /// - Parameter limit: most bytes that wait.
  package init(_ api: WireAPI, _ pipeline: Pipeline, limit: Int = 64 << 20) {
    self.api = api
    self.pipeline = pipeline
    self.limit = limit
    calls = StreamCalls(api, limit: limit)
    mender = StreamMender(api)
    judgesTexts = pipeline.judgesTexts
  }

  /// Takes an event; gives the events that may be delivered now.
  package func push(_ event: ServerEvent) throws(Denial) -> [ServerEvent] {
    guard let data = event.data, !event.isDone else {
      if event.isDone { isFinished = true }
      // What has no data a client reads nothing of; what stands there else goes nowhere.
      guard event.isDone else {
        return release(Entry(event: StreamEvent(judgesTexts ? ServerEvent.pause : event, .null), calls: []))
      }
      return try end(before: event)
    }
    var event = event
    if judgesTexts, event.hasMore { event = event.with(data: data) }
    var json: JSONValue
    do throws(JSONFailure) { json = try JSONValue.strict(data) } catch {
      throw Denial.ofStream("garbled", "the upstream sent an event that is no JSON")
    }
    guard json.members != nil else { throw Denial.ofStream("garbled", "the upstream sent an event that is no object") }
    if judgesTexts, LogProbabilities.remove(from: &json) {
      event = event.with(data: Array(json.text().utf8))
      if !hadLogProbabilities { notes.append(LogProbabilities.note) }
      hadLogProbabilities = true
    }
    var read: StreamEvent =
      switch api {
      case .messages: MessageEvents.read(event, json, calls: calls.open)
      case .responses: ResponseEvents.read(event, json, calls: calls.open)
      default: ChatEvents.read(event, json)
      }
    if let contradiction = read.contradiction { throw Denial.ofStream("contradiction", contradiction) }
    if read.isFinish || read.isEnd { isFinished = isFinished || api == .chat || read.isEnd }
    // What the texts still hold comes before the event that ends them.
    var released = try finishTexts(before: read)
    try flow(&read)
    let keys = try calls.collect(&read)
    released += release(Entry(event: read, calls: keys))
    try judge(closedBy: read)
    released += drain()
    if read.isEnd { released += try end(before: nil) }
    return released
  }

  /// The stream is at its end: nothing that waits and was not judged is delivered.
  package func finish() throws(Denial) -> [ServerEvent] { try end(before: nil) }

  // MARK: Texts

  private func flow(_ event: inout StreamEvent) throws(Denial) {
    for piece in event.pieces where !piece.text.isEmpty {
      textBytes += piece.text.utf8.count
      // Taken out, so that what it has gathered is not copied with every piece.
      var text =
        texts.removeValue(forKey: piece.channel) ?? Text(chain: FlowChain(pipeline.stages, piece.channel.kind))
      var passed = piece.text
      if !text.chain.isEmpty {
        passed = try text.chain.push(piece.text, &notes)
        if !passed.utf8.elementsEqual(piece.text.utf8) { event.edit(piece.place, passed) }
      }
      // The responses API says whole texts again.
      if api == .responses { text.emitted += passed }
      text.template = event
      text.place = piece.place
      texts[piece.channel] = text
    }
    for piece in event.repeats {
      guard let text = texts[piece.channel] else {
        // A text that never came in pieces is judged as it is.
        var chain = FlowChain(pipeline.stages, piece.channel.kind)
        if chain.isEmpty { continue }
        let passed = try chain.whole(piece.text, &notes)
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
        mender.isRenumbering = true
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

  private func judge(closedBy event: StreamEvent) throws(Denial) {
    var closed = event.closedCalls
    for choice in event.closedChoices { closed += calls.open.filter { $0.choice == choice }.sorted() }
    if api == .responses {
      for key in event.closedCalls {
        // The item as a whole is what a client reads.
        if let item = event.json["item"], let whole = ModelAnswer.call(item) {
          calls[key]?.name = whole.name
          let text = ChatEvents.arguments(item["arguments"] ?? item["input"] ?? item["action"])
          if let pieces = calls[key]?.arguments, !pieces.isEmpty, !text.isEmpty, !pieces.utf8.elementsEqual(text.utf8) {
            throw Denial.ofStream("contradiction", "a tool call's pieces are not what its whole is")
          }
          if !text.isEmpty { calls[key]?.arguments = text }
        }
      }
    }
    for key in closed { try judge(key) }
  }

  private func judge(_ key: StreamEvent.CallKey) throws(Denial) {
    guard let call = calls[key], call.verdict == nil else { return }
    let arguments = ModelAnswer.arguments(.string(call.arguments))
    judgedCalls += 1
    let verdict = try pipeline.judge(ModelAnswer.Call(name: call.name, arguments: arguments), &notes)
    calls.settle(key, verdict)
  }

  // MARK: Delivery

  /// Puts an event behind what waits.
  private func release(_ entry: Entry) -> [ServerEvent] {
    if queue.isEmpty, entry.calls.isEmpty, !calls.didDrop, !calls.isRenumbered { return [mender.numbered(entry.event)] }
    queuedBytes += entry.event.event.bytes.count
    queue.append(entry)
    return drain()
  }

  private func drain() -> [ServerEvent] {
    var released: [ServerEvent] = []
    var count = 0
    for entry in queue {
      if entry.calls.contains(where: { calls[$0]?.verdict == nil }) { break }
      count += 1
      queuedBytes -= entry.event.event.bytes.count
      if let event = mender.settled(entry.event, of: entry.calls, calls) { released.append(event) }
    }
    queue.removeFirst(count)
    return released
  }

  /// Whether more waits than may.
  package var isOverfull: Bool { queuedBytes > limit }

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
          text = try chain.whole(passage.text, &notes)
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
          calls.didDrop = true
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
    for key in calls.open.sorted() {
      notes.append(
        Intervention(
          stage: "stream", direction: .answer, action: .drop, rule: "incomplete",
          reason: "the call never came to its end",
          severity: .error, subject: calls[key]?.name ?? ""))
      calls.settle(key, .drop)
    }
    released += drain()
    if let last { released.append(last) }
    return released
  }
}
