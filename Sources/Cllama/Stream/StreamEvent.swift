import JSON

/// One event of an answer, taken apart: what it says, and which tool call it belongs to.
struct StreamEvent {
  /// A text of an answer that comes over several events.
  struct Channel: Hashable, Sendable {
    /// The choice, block or item.
    var item: Int
    /// The part of it, where it has several.
    var part: String
    var kind: Passage.Kind
  }

  /// A piece of a text.
  struct Piece {
    var channel: Channel
    var text: String
    var place: JSONPlace
  }

  /// A piece of a tool call.
  struct CallPiece {
    /// Which call: the choice and the number within it, or the block or item.
    var key: CallKey
    var name: String?
    var arguments: String
    /// The element that holds it, in an event of chat completions.
    var place: JSONPlace?
    /// What the upstream calls the call; in an event of chat completions.
    var id: String?
    /// The number that it bears there; nil for none.
    var number: Int?
  }

  struct CallKey: Hashable, Sendable, Comparable {
    var choice: Int
    var index: Int
    static func < (left: CallKey, right: CallKey) -> Bool { (left.choice, left.index) < (right.choice, right.index) }
  }

  var event: ServerEvent
  var json: JSONValue
  var pieces: [Piece] = []
  var calls: [CallPiece] = []
  /// Calls that are whole now.
  var closedCalls: [CallKey] = []
  /// All calls of a choice that are whole now.
  var closedChoices: [Int] = []
  /// Items whose texts are at their end.
  var closedItems: [Int] = []
  /// Whether the answer is at its end.
  var isEnd = false
  /// Whether it says that the model is done, well or not.
  var isFinish = false
  /// A whole text that repeats what came in pieces.
  var repeats: [Piece] = []
  /// Why its reader and a caller may understand it differently; then nothing of it is delivered.
  var contradiction: String?

  init(_ event: ServerEvent, _ json: JSONValue) {
    self.event = event
    self.json = json
  }

  /// Members that hold a text that goes on in later events; others hold all of theirs.
  private static let flowing: Set<String> = [
    "text", "content", "summary", "thinking", "reasoning", "reasoning_content", "refusal", "transcript",
  ]

  /// Takes a text for a piece of a longer one, or for a whole one, by the member that holds it.
  ///
  /// - Parameter root: how much of the text's place is that of what came in pieces.
  mutating func take(_ passage: Passage, item: Int, part: String, kind: Passage.Kind, root: Int) {
    guard Self.flowing.contains(passage.member) else { return take(whole: passage, item: item, kind: kind) }
    // Each place within is a text of its own.
    let inner = passage.place.dropFirst(root).map(String.init).joined(separator: ".")
    let channel = Channel(item: item, part: inner.isEmpty ? part : "\(part)/\(inner)", kind: kind)
    pieces.append(Piece(channel: channel, text: passage.text, place: passage.place))
  }

  /// Takes a text that is there as a whole: no other event goes on with it.
  mutating func take(whole passage: Passage, item: Int, kind: Passage.Kind) {
    let channel = Channel(item: item, part: "whole \(passage.place)", kind: kind)
    repeats.append(Piece(channel: channel, text: passage.text, place: passage.place))
  }

  /// An event with its JSON changed.
  mutating func edit(_ place: JSONPlace, _ text: String) {
    json.edit(place) { $0 = .string(text) }
    event = event.with(data: Array(json.text().utf8))
  }
}
