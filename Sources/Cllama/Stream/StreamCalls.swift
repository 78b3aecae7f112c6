import IR
import JSON

/// The tool calls of an answer that comes as events: put together piece by piece, each with what became of it.
struct StreamCalls {
  /// A call as far as it is there.
  struct Call {
    var name = ""
    var arguments = ""
    var verdict: CallVerdict?
    /// What the upstream calls it, where it said so.
    var id: String?
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

  /// Whether calls bear other numbers than their upstream gave them.
  private(set) var isRenumbered = false
  /// By the number that an upstream gives: the call that bears it now. Some give one number, or none, to several calls.
  private var current: [StreamEvent.CallKey: StreamEvent.CallKey] = [:]

  /// The call that a piece is of. Another id begins another call, and so does a name behind arguments where there is no id.
  private mutating func call(of piece: StreamEvent.CallPiece) -> StreamEvent.CallKey {
    guard api == .chat, piece.key.index >= 0 else { return piece.key }
    let known = current[piece.key] ?? piece.key
    guard let call = calls[known] else {
      current[piece.key] = piece.key
      return piece.key
    }
    let isOther: Bool
    if let id = piece.id, let own = call.id {
      isOther = !id.utf8.elementsEqual(own.utf8)
    } else {
      isOther =
        piece.name.map { !call.arguments.isEmpty && !$0.isEmpty && !$0.utf8.elementsEqual(call.name.utf8) } ?? false
    }
    if piece.number == nil { isRenumbered = true }
    guard isOther else { return known }
    isRenumbered = true
    let last = calls.keys.filter { $0.choice == piece.key.choice }.map(\.index).max() ?? 0
    let key = StreamEvent.CallKey(choice: piece.key.choice, index: max(last, piece.key.index) + 1)
    current[piece.key] = key
    return key
  }

  /// Takes the pieces of an event, which learn what calls they are of; gives these calls.
  mutating func collect(_ event: inout StreamEvent) throws(Denial) -> Set<StreamEvent.CallKey> {
    var keys: Set<StreamEvent.CallKey> = []
    for index in event.calls.indices {
      event.calls[index].key = call(of: event.calls[index])
      let piece = event.calls[index]
      if calls[piece.key]?.verdict != nil, piece.name?.isEmpty == false || !piece.arguments.isEmpty {
        throw Denial.ofStream("contradiction", "a tool call goes on behind its end")
      }
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
      call.id = call.id ?? piece.id
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
        stage: stream, direction: .answer, action: .deny, rule: rule, reason: reason, severity: .critical))
  }
}
