/// An event of a stream (the WHATWG HTML standard, 9.2), with the bytes that it came as.
package struct ServerEvent: Sendable, Equatable {
  /// Its bytes, the empty line behind it included.
  package var bytes: [UInt8]
  /// What follows `event:`; empty for none.
  package var name: String
  /// The lines behind `data:`, joined by line feeds; nil where there is none, as in a comment.
  package var data: [UInt8]?
  /// Whether it has lines or a name that no API has: comments, fields that nobody knows.
  package var hasMore = false

  /// A comment that says nothing, as a sign of life.
  static let pause = ServerEvent(bytes: Array(":\n\n".utf8), name: "", data: nil)

  package init(bytes: [UInt8], name: String, data: [UInt8]?) {
    self.bytes = bytes
    self.name = name
    self.data = data
  }

  /// An event with other data.
  package func with(data: [UInt8]) -> ServerEvent {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(data.count + name.utf8.count + 24)
    if !name.isEmpty {
      bytes += "event: ".utf8
      bytes += name.utf8
      bytes.append(0x0A)
    }
    bytes += "data: ".utf8
    bytes += data
    bytes += "\n\n".utf8
    return ServerEvent(bytes: bytes, name: name, data: data)
  }

  /// Whether it is the end that chat completions have.
  package var isDone: Bool { data.map { $0.elementsEqual("[DONE]".utf8) } ?? false }
}

/// Cuts a stream of bytes into events, however the bytes were cut before.
package struct ServerEventReader: Sendable {
  /// An event has more bytes than `limit`.
  package struct TooLarge: Error, Sendable {}

  private var buffer: [UInt8] = []
  /// Where the event that is being read starts.
  private var start = 0
  /// Where the line that is being read starts.
  private var lineStart = 0
  /// How far the buffer was looked at.
  private var position = 0
  private var isAtStart = true
  /// A carriage return was last: a line feed behind it is part of the same line's end.
  private var isAfterReturn = false
  private var name = ""
  private var data: [UInt8]?
  private var hasMore = false
  private let limit: Int

  /// - Parameter limit: most bytes of an event.
  package init(limit: Int = 8 << 20) { self.limit = limit }

  /// Whether something came that is no whole event yet.
  package var isInside: Bool { start < buffer.count && !(buffer.count - start == 1 && isAfterReturn) }

  /// Takes bytes; calls `body` for each event that they complete.
  package mutating func read(
    _ bytes: some Sequence<UInt8>, _ body: (ServerEvent) throws -> Void
  ) throws {
    buffer.append(contentsOf: bytes)
    defer { drop() }
    if isAtStart { skipMark() }
    while position < buffer.count {
      let byte = buffer[position]
      position += 1
      if byte == 0x0A, isAfterReturn {
        // The rest of a line's end that was there already.
        isAfterReturn = false
        lineStart = position
        if position == start + 1 {
          // It belonged to an event that is gone already; a reader of lines passes over it.
          start = position
          try body(ServerEvent(bytes: [0x0A], name: "", data: nil))
        }
        continue
      }
      isAfterReturn = byte == 0x0D
      guard byte == 0x0A || byte == 0x0D else { continue }
      let line = lineStart..<position - 1
      if line.isEmpty {
        // A line feed that is there already belongs to the event.
        if byte == 0x0D, position < buffer.count, buffer[position] == 0x0A {
          position += 1
          isAfterReturn = false
        }
        var event = ServerEvent(bytes: Array(buffer[start..<position]), name: name, data: data)
        event.hasMore = hasMore
        hasMore = false
        name = ""
        data = nil
        start = position
        lineStart = position
        try body(event)
      } else {
        field(line)
        lineStart = position
      }
    }
    if buffer.count - start > limit { throw TooLarge() }
  }

  /// What came and is no whole event: the end of a stream that was cut.
  package mutating func rest() -> [UInt8] {
    defer { self = ServerEventReader(limit: limit) }
    return Array(buffer[start...])
  }

  /// Lets go of what events were made of, once for all that came together.
  private mutating func drop() {
    buffer.removeFirst(start)
    position -= start
    lineStart -= start
    start = 0
  }

  /// Letters, digits, points and underscores, as all APIs have them.
  private static func isName(_ name: String) -> Bool {
    name.utf8.count <= 80
      && name.utf8.allSatisfy {
        0x61...0x7A ~= $0 | 0x20 || 0x30...0x39 ~= $0 || $0 == 0x2E || $0 == 0x5F || $0 == 0x2D
      }
  }

  /// A byte order mark at the very start is no part of the first line.
  private mutating func skipMark() {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    guard buffer.count >= 3 || !mark.starts(with: buffer) else { return }
    isAtStart = false
    if buffer.starts(with: mark) {
      lineStart = 3
      position = 3
    }
  }

  private mutating func field(_ line: Range<Int>) {
    let colon = buffer[line].firstIndex(of: 0x3A) ?? line.upperBound
    guard colon > line.lowerBound else {
      hasMore = true
      return
    }
    var start = min(colon + 1, line.upperBound)
    if start < line.upperBound, buffer[start] == 0x20 { start += 1 }
    let key = buffer[line.lowerBound..<colon]
    if key.elementsEqual("data".utf8) {
      if data != nil { data?.append(0x0A) }
      data = (data ?? []) + buffer[start..<line.upperBound]
    } else if key.elementsEqual("event".utf8) {
      name = String(decoding: buffer[start..<line.upperBound], as: UTF8.self)
      if !Self.isName(name) {
        hasMore = true
        name = ""
      }
    } else {
      hasMore = true
    }
  }
}
