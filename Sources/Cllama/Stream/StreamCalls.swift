import IR
import JSON

/// The tool calls of an answer that comes as events: put together piece by piece, each with what became of it.
struct StreamCalls {
  /// A call as far as it is there.
  struct Call {
    var name = ""
    var arguments = ""
    var verdict: CallVerdict?
  }

  /// Those that were not judged yet.
  private(set) var open: Set<StreamEvent.CallKey> = []
  /// Whether a call was dropped.
  var didDrop = false
  private var calls: [StreamEvent.CallKey: Call] = [:]
  private let api: WireAPI
  private let limit: Int

  /// - Parameter limit: most bytes of the arguments of a call.
  init(_ api: WireAPI, limit: Int) {
    self.api = api
    self.limit = limit
  }

  subscript(_ key: StreamEvent.CallKey) -> Call? {
    get { calls[key] }
    set { calls[key] = newValue }
  }

  /// Takes the pieces of an event; gives the calls that they are of.
  mutating func collect(_ event: StreamEvent) throws(Denial) -> Set<StreamEvent.CallKey> {
    var keys: Set<StreamEvent.CallKey> = []
    for piece in event.calls {
      keys.insert(piece.key)
      open.insert(piece.key)
      // Taken out, so that what it has gathered is not copied with every piece.
      var call = calls.removeValue(forKey: piece.key) ?? Call()
      if let name = piece.name, call.name.isEmpty || api == .responses {
        call.name = name
      } else if let name = piece.name {
        // A name may come in pieces too, and some upstreams say the whole one again.
        if !name.utf8.elementsEqual(call.name.utf8) { call.name += name }
      }
      call.arguments += piece.arguments
      if call.arguments.utf8.count > limit { throw Denial.ofStream("unbounded", "a tool call has no end") }
      calls[piece.key] = call
    }
    if calls.count > 1024 { throw Denial.ofStream("unbounded", "the answer has too many tool calls") }
    return keys
  }

  /// Notes what became of a call.
  mutating func settle(_ key: StreamEvent.CallKey, _ verdict: CallVerdict) {
    calls[key]?.verdict = verdict
    open.remove(key)
    if verdict == .drop { didDrop = true }
  }

  /// The choices that have a call that was not dropped.
  var keptChoices: Set<Int> { Set(calls.filter { $0.value.verdict != .drop }.map(\.key.choice)) }
  /// Whether a call passed.
  var hasKept: Bool { calls.contains { $0.value.verdict == .keep } }

  /// How many calls of the same choice in front of one are left.
  func kept(before key: StreamEvent.CallKey) -> Int {
    calls.count {
      $0.key.choice == key.choice && $0.key.index >= 0 && $0.key.index < key.index && $0.value.verdict != .drop
    }
  }

  /// How many blocks or items in front of one were dropped.
  func dropped(before index: Int) -> Int { calls.count { $0.key.index < index && $0.value.verdict == .drop } }
}

extension Denial {
  /// A stream that can't go on.
  static func ofStream(_ rule: String, _ reason: String) -> Denial {
    Denial(
      Intervention(
        stage: "stream", direction: .answer, action: .deny, rule: rule, reason: reason, severity: .critical))
  }
}
