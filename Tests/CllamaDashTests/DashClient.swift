import Glibc
import JSON
import TestSupport

@testable import CllamaDash

/// A caller of the page's server, byte by byte.
struct DashClient {
  var port: Int
  var token: String?

  struct Reply {
    var status = 0
    var headers: [String: String] = [:]
    var body = ""
    var json: JSONValue? { try? JSONValue.strict(Array(body.utf8)) }
  }

  func head(_ path: String, method: String = "GET", host: String? = nil, _ headers: [String] = []) -> String {
    let bearer = token.map { ["authorization: Bearer \($0)"] } ?? []
    let lines = ["\(method) \(path) HTTP/1.1", "host: \(host ?? "127.0.0.1:\(port)")"] + bearer + headers
    return lines.joined(separator: "\r\n") + "\r\n\r\n"
  }

  /// One request on a connection of its own.
  func get(_ path: String, method: String = "GET", host: String? = nil, _ headers: [String] = []) throws -> Reply {
    try raw(head(path, method: method, host: host, headers + ["connection: close"]))
  }

  func raw(_ text: String) throws -> Reply {
    let connection = try Sockets.connect(port)
    defer { close(connection) }
    _ = Sockets.send(connection, Array(text.utf8))
    var bytes: [UInt8] = []
    while let more = Sockets.receive(connection) { bytes += more }
    return Self.parse(bytes)
  }

  static func parse(_ bytes: [UInt8]) -> Reply {
    var reply = Reply()
    guard let end = Sockets.place(of: "\r\n\r\n", in: Array(bytes.prefix(8_192))) else { return reply }
    let lines = String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\r\n")
    reply.status = lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    for line in lines.dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1)
      if parts.count == 2 { reply.headers[parts[0].lowercased()] = String(parts[1].drop { $0 == " " }) }
    }
    reply.body = String(decoding: bytes[(end + 4)...], as: UTF8.self)
    return reply
  }

  /// Reads from a connection until a text has come; what came.
  static func read(_ connection: Int32, until text: String) -> String {
    var bytes: [UInt8] = []
    while Sockets.place(of: text, in: bytes) == nil, let more = Sockets.receive(connection) { bytes += more }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A WebSocket; nil if it was refused, with the reply.
  func socket(_ headers: [String] = []) throws -> (WebSocketClient?, Reply) {
    let connection = try Sockets.connect(port)
    let upgrade = [
      "upgrade: websocket", "connection: upgrade", "sec-websocket-version: 13",
      "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==",
    ]
    _ = Sockets.send(connection, Array(head("/api/ws", upgrade + headers).utf8))
    var bytes: [UInt8] = []
    while Sockets.place(of: "\r\n\r\n", in: bytes) == nil, let more = Sockets.receive(connection) { bytes += more }
    let reply = Self.parse(bytes)
    guard reply.status == 101, let end = Sockets.place(of: "\r\n\r\n", in: bytes) else {
      close(connection)
      return (nil, reply)
    }
    return (WebSocketClient(connection, rest: Array(bytes[(end + 4)...])), reply)
  }
}

/// The client's side of RFC 6455, as much as tests need.
final class WebSocketClient {
  private let connection: Int32
  private var rest: [UInt8]

  init(_ connection: Int32, rest: [UInt8]) {
    self.connection = connection
    self.rest = rest
  }

  deinit { close(connection) }

  /// Sends a frame.
  func send(_ opcode: UInt8, _ data: [UInt8] = [], isMasked: Bool = true, bits: UInt8 = 0x80) {
    let mask: [UInt8] = [1, 2, 3, 4]
    var frame: [UInt8] = [bits | opcode]
    let flag: UInt8 = isMasked ? 0x80 : 0
    if data.count < 126 {
      frame.append(flag | UInt8(data.count))
    } else {
      frame += [flag | 126, UInt8(data.count >> 8), UInt8(data.count & 0xFF)]
    }
    if isMasked { frame += mask }
    frame += isMasked ? data.enumerated().map { $0.element ^ mask[$0.offset % 4] } : data
    _ = Sockets.send(connection, frame)
  }

  /// The next frame; nil at the end.
  func next() -> (opcode: UInt8, data: [UInt8])? {
    while true {
      if let frame = take() { return frame }
      guard let more = Sockets.receive(connection) else { return nil }
      rest += more
    }
  }

  private func take() -> (UInt8, [UInt8])? {
    guard rest.count >= 2 else { return nil }
    var length = Int(rest[1] & 0x7F)
    var start = 2
    if length > 125 {
      let count = length == 126 ? 2 : 8
      guard rest.count >= 2 + count else { return nil }
      length = rest[2..<2 + count].reduce(0) { $0 << 8 | Int($1) }
      start += count
    }
    guard rest.count >= start + length else { return nil }
    defer { rest.removeFirst(start + length) }
    return (rest[0] & 0x0F, Array(rest[start..<start + length]))
  }

  /// The next message of a type that fits; nil at the end.
  func message(_ type: String, where fits: (JSONValue) -> Bool = { _ in true }) -> JSONValue? {
    while let (opcode, data) = next() {
      if opcode == 9 { send(10, data) }
      guard opcode == 1, let value = try? JSONValue.strict(data), value["type"]?.string == type else { continue }
      if fits(value) { return value }
    }
    return nil
  }
}
