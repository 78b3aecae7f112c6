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

  init(_ event: ServerEvent, _ json: JSONValue) {
    self.event = event
    self.json = json
  }

  /// An event with its JSON changed.
  mutating func edit(_ place: JSONPlace, _ text: String) {
    json.edit(place) { $0 = .string(text) }
    event = event.with(data: Array(json.text().utf8))
  }
}
