import JSON

/// Where the members of a line of the record stand in it.
struct RecordMembers {
  /// Members that the envelope has places for.
  enum Place: Int, CaseIterable {
    case sequence, time, pod, type, chain, agent, session, run, call
  }

  /// A member: its name without quotes, and its value.
  struct Span {
    var name: Range<Int>
    var value: Range<Int>
  }

  private var names: [Range<Int>] = []
  private var places = [Range<Int>?](repeating: nil, count: Place.allCases.count)
  /// What was decided, and why.
  private(set) var decision: [Span] = []
  /// All the rest, in order.
  private(set) var evidence: [Span] = []

  subscript(_ place: Place) -> Range<Int>? { places[place.rawValue] }

  private static let known: [([UInt8], Place?)] =
    [
      ("seq", .sequence), ("ts", .time), ("pod", .pod), ("type", .type), ("chain", .chain),
      ("gen_ai.agent.id", .agent), ("gen_ai.conversation.id", .session), ("run", .run), ("call", .call),
      ("verdict", nil), ("stage", nil), ("rule", nil), ("severity", nil), ("reason", nil),
    ].map { (Array($0.0.utf8), $0.1) }

  /// nil for what is no JSON object, nests too deep, or has a name twice.
  init?(_ line: [UInt8]) {
    let isRead = line.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress.map({ UnsafeRawPointer($0) }) else { return false }
      // A body nests less than its sidecar takes, and stands two deep.
      var cursor = JSONCursor(buffer, maximumDepth: 256)
      do throws(JSONFailure) {
        try cursor.object { cursor, decoded, raw throws(JSONFailure) in
          guard decoded == nil, let start = raw.baseAddress.map({ $0 - base }), isNew(raw, in: buffer) else {
            throw cursor.failure("a name that records don't have")
          }
          names.append(start..<(start + raw.count))
          put(raw, Span(name: start..<(start + raw.count), value: try cursor.skip()))
        }
        try cursor.finish()
        return true
      } catch { return false }
    }
    if !isRead { return nil }
  }

  private func isNew(_ name: UnsafeRawBufferPointer, in line: UnsafeBufferPointer<UInt8>) -> Bool {
    !names.contains { $0.count == name.count && line[$0].elementsEqual(name) }
  }

  private mutating func put(_ name: UnsafeRawBufferPointer, _ span: Span) {
    guard let known = Self.known.first(where: { $0.0.count == name.count && $0.0.elementsEqual(name) }) else {
      return evidence.append(span)
    }
    if let place = known.1 { places[place.rawValue] = span.value } else { decision.append(span) }
  }
}
