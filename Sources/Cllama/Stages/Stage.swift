/// A stage of the pipeline: it sees requests and answers as typed values, changes them, or refuses them, and notes what it
/// does.
///
/// Stages belong to one thread, the one that serves.
package protocol Stage: AnyObject {
  /// As stacks and records name it: `policy/no-pii`.
  var name: String { get }

  /// Looks at a request before it is forwarded.
  func judge(_ request: inout ModelRequest, _ notes: inout [Intervention]) throws(Denial)

  /// Looks at the texts of an answer as they come; nil if the stage does not care for a kind.
  func makeFlow(_ kind: Passage.Kind) -> (any TextFlow)?

  /// Looks at a tool call that a model wants made, whole.
  func judge(_ call: ModelAnswer.Call, _ notes: inout [Intervention]) throws(Denial) -> CallVerdict

  /// Why a connection to a host must not be made; nil if nothing speaks against it.
  func refusal(host: String, port: Int) -> String?

  /// Whether answers concern it; if they concern no stage, they pass as the bytes that they are.
  var seesAnswers: Bool { get }

  /// How long a request waits before it is forwarded, in milliseconds.
  func delay() -> Int
}

extension Stage {
  package func judge(_ request: inout ModelRequest, _ notes: inout [Intervention]) throws(Denial) {}
  package func makeFlow(_ kind: Passage.Kind) -> (any TextFlow)? { nil }
  package func judge(_ call: ModelAnswer.Call, _ notes: inout [Intervention]) throws(Denial) -> CallVerdict { .keep }
  package func delay() -> Int { 0 }
  package func refusal(host: String, port: Int) -> String? { nil }
}

/// What becomes of a tool call.
package enum CallVerdict: Sendable, Equatable {
  case keep
  case drop
}

/// A text that comes piece by piece, on its way through a stage.
///
/// All that goes in, put together, comes out the same way however it was cut: what may have to change waits until that is
/// known.
package protocol TextFlow {
  /// Takes a piece; gives what may go on now.
  mutating func push(_ piece: String, _ notes: inout [Intervention]) throws(Denial) -> String
  /// Gives what still waits: the text is at its end.
  mutating func finish(_ notes: inout [Intervention]) throws(Denial) -> String
  /// What becomes of a text that is there as a whole: the same as of its pieces, but nothing has to wait.
  mutating func whole(_ text: String, _ notes: inout [Intervention]) throws(Denial) -> String
}

extension TextFlow {
  package mutating func whole(_ text: String, _ notes: inout [Intervention]) throws(Denial) -> String {
    try push(text, &notes) + (try finish(&notes))
  }
}

/// The flows of all stages for one text, one behind the other.
struct FlowChain {
  private var flows: [any TextFlow]

  init(_ stages: [any Stage], _ kind: Passage.Kind) { flows = stages.compactMap { $0.makeFlow(kind) } }

  var isEmpty: Bool { flows.isEmpty }

  mutating func push(_ piece: String, _ notes: inout [Intervention]) throws(Denial) -> String {
    var text = piece
    for index in flows.indices { text = try flows[index].push(text, &notes) }
    return text
  }

  mutating func whole(_ text: String, _ notes: inout [Intervention]) throws(Denial) -> String {
    var text = text
    for index in flows.indices { text = try flows[index].whole(text, &notes) }
    return text
  }

  mutating func finish(_ notes: inout [Intervention]) throws(Denial) -> String {
    var rest = ""
    for index in flows.indices {
      let passed = rest.isEmpty ? "" : try flows[index].push(rest, &notes)
      rest = passed + (try flows[index].finish(&notes))
    }
    return rest
  }
}
