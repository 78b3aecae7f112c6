import Glibc
import Synchronization
import TestSupport

/// An upstream that says what a test tells it to say, byte by byte.
final class ScriptedUpstream: Sendable {
  /// What it does next.
  enum Step: Sendable {
    case send(String)
    case bytes([UInt8])
    case pause(milliseconds: Int)
    /// The connection is cut without an end.
    case reset
    case close
    /// Goes on until the other side is gone.
    case endless(String)
  }

  struct Request: Sendable {
    var head: String
    var body: [UInt8]
    var text: String { String(decoding: body, as: UTF8.self) }
    func header(_ name: String) -> String? {
      head.split(separator: "\r\n").first { $0.lowercased().hasPrefix(name + ":") }
        .map { String($0.dropFirst(name.utf8.count + 1)).drop { $0 == " " } }.map(String.init)
    }
  }

  let port: Int
  private let listener: Int32
  private let script: @Sendable (Request) -> [Step]
  private let seen = Mutex<[Request]>([])
  private let gone = Mutex(0)
  private let watcher = Mutex<(@Sendable () -> Void)?>(nil)

  /// Calls something for each connection from now on.
  func onConnection(_ body: @escaping @Sendable () -> Void) { watcher.withLock { $0 = body } }

  /// What was asked so far.
  var requests: [Request] { seen.withLock { $0 } }
  /// How many connections the other side closed while something was being said.
  var cancelled: Int { gone.withLock { $0 } }

  init(_ script: @escaping @Sendable (Request) -> [Step]) throws {
    self.script = script
    (listener, port) = try Sockets.listen()
    let listener = listener
    Threads.run { [weak self] in
      while true {
        let connection = accept(listener, nil, nil)
        guard connection >= 0 else { return }
        guard let upstream = self else { close(connection); return }
        upstream.watcher.withLock { $0 }?()
        Threads.run { upstream.serve(connection) }
      }
    }
  }

  deinit {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }

  private func serve(_ connection: Int32) {
    defer { close(connection) }
    var buffer: [UInt8] = []
    while let request = Self.read(connection, &buffer) {
      seen.withLock { $0.append(request) }
      for step in script(request) {
        switch step {
        case .send(let text): if !Sockets.send(connection, Array(text.utf8)) { return gone.withLock { $0 += 1 } }
        case .bytes(let bytes): if !Sockets.send(connection, bytes) { return gone.withLock { $0 += 1 } }
        case .pause(let milliseconds): usleep(UInt32(milliseconds) * 1_000)
        case .reset:
          var linger = linger(l_onoff: 1, l_linger: 0)
          setsockopt(connection, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
          return
        case .close: return
        case .endless(let text):
          while Sockets.send(connection, Array(text.utf8)) { usleep(20_000) }
          return gone.withLock { $0 += 1 }
        }
      }
    }
  }

  private static func read(_ connection: Int32, _ buffer: inout [UInt8]) -> Request? {
    while true {
      if let end = Sockets.place(of: "\r\n\r\n", in: buffer) {
        let head = String(decoding: buffer[..<end], as: UTF8.self)
        var request = Request(head: head, body: [])
        let length = request.header("content-length").flatMap { Int($0) } ?? 0
        guard buffer.count < end + 4 + length else {
          request.body = Array(buffer[(end + 4)..<(end + 4 + length)])
          buffer.removeFirst(end + 4 + length)
          return request
        }
      }
      guard let more = Sockets.receive(connection) else { return nil }
      buffer += more
    }
  }
}

/// A response in one step.
func answer(_ body: String) -> ScriptedUpstream.Step { answer("200 OK", "application/json", body) }

func answer(_ status: String, _ type: String, _ body: String) -> ScriptedUpstream.Step {
  .send("HTTP/1.1 \(status)\r\ncontent-type: \(type)\r\ncontent-length: \(body.utf8.count)\r\n\r\n\(body)")
}

/// The head of a stream.
let streamHead = ScriptedUpstream.Step.send(
  "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")

/// A chunk of a stream.
func chunk(_ text: String) -> ScriptedUpstream.Step {
  .send("\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n")
}

let streamEnd = ScriptedUpstream.Step.send("0\r\n\r\n")

/// Threads that may block.
enum Threads {
  static func run(_ body: @escaping @Sendable () -> Void) {
    final class Box: Sendable {
      let body: @Sendable () -> Void
      init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    var thread = pthread_t()
    let box = Unmanaged.passRetained(Box(body))
    pthread_create(
      &thread, nil,
      { box in
        if let box { Unmanaged<Box>.fromOpaque(box).takeRetainedValue().body() }
        return nil
      }, box.toOpaque())
    pthread_detach(thread)
  }
}
