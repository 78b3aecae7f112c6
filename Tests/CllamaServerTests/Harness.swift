import Canonical
import Cllama
import CllamaServer
import Glibc
import JSON
import TestSupport

/// A sidecar in this process, with an upstream that does what a test wants.
final class Harness {
  let port: Int
  let folder: String
  /// nil where it is a process of its own.
  private let running: Server.Running?
  private(set) var child: pid_t = 0
  static let token = "claw-token"
  static let key = "sk-upstream-key-0123456789"

  /// - Parameter limits: `ulimit` words for a process of its own; nil to serve in this one.
  /// - Parameter configure: changes the configuration before it is written.
  init(upstream port: Int, limits: String? = nil, _ configure: (inout JSONValue) -> Void = { _ in }) throws {
    folder = try Self.temporaryFolder()
    try Self.write("\(folder)/key", Self.key + "\n")
    self.port = try Sockets.freePort()
    var value: JSONValue = [
      "schema": 1, "pod": "test",
      "instances": [
        ["name": "desk-0", "service": "desk", "token_sha256": .string(Digest.sha256Hex(Array(Self.token.utf8)))],
        ["name": "desk-1", "service": "desk", "token_sha256": .string(Digest.sha256Hex(Array("other".utf8)))],
      ],
      "listen": ["address": "127.0.0.1", "api": JSONValue(self.port)],
      "upstreams": [
        [
          "name": "mock", "url": .string("http://127.0.0.1:\(port)/v1"), "api": "openai", "auth": "bearer",
          "key_file": .string("\(folder)/key"),
        ],
        [
          "name": "other", "url": .string("http://127.0.0.1:\(port)"), "api": "anthropic", "auth": "x-api-key",
          "key_file": .string("\(folder)/key"),
        ],
      ],
      "models": ["allow": ["mock/gpt-x", "mock/gpt-y", "other/*"], "default": "mock/gpt-x"],
      "retry": ["attempts": 2, "backoff_ms": 5],
      "prices": [["model": "mock/gpt-x", "input": "1", "output": "2"]],
      "log": ["folder": .string("\(folder)/audit")],
    ]
    configure(&value)
    mkdir("\(folder)/audit", 0o755)
    try Self.write("\(folder)/cllama.json", value.text().replacing("FOLDER", with: folder))
    if let limits {
      running = nil
      try start(limits)
    } else {
      running = try Server.start(configuration: "\(folder)/cllama.json")
    }
  }

  /// Starts the program, and waits until it answers.
  func start(_ limits: String) throws {
    let program = Repository.path(".build/debug/cllama")
    let words = ["/bin/sh", "-c", "\(limits); exec \(program) serve --config \(folder)/cllama.json"]
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    guard posix_spawn(&child, "/bin/sh", nil, nil, &arguments, environ) == 0 else { throw Sockets.Failure() }
    for _ in 0..<250 {
      if let connection = try? Sockets.connect(self.port) {
        close(connection)
        return
      }
      usleep(20_000)
    }
    throw Sockets.Failure()
  }

  /// Ends the program as a power cut would.
  func kill() {
    Glibc.kill(child, SIGKILL)
    var status: Int32 = 0
    waitpid(child, &status, 0)
    child = 0
  }

  func stop() throws {
    if child > 0 {
      Glibc.kill(child, SIGTERM)
      var status: Int32 = 0
      waitpid(child, &status, 0)
      child = 0
    }
    running?.stop()
    try running?.wait()
  }

  func beginToStop() { running?.stop() }
  func waitForEnd() throws { try running?.wait() }

  static func temporaryFolder() throws -> String {
    var template = Array("/tmp/cllama-test-XXXXXX\0".utf8CString.dropLast())
    return try template.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress, let made = mkdtemp(base) else { throw Sockets.Failure() }
      return String(cString: made)
    }
  }

  static func write(_ path: String, _ text: String) throws {
    let descriptor = open(path + ".new", O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    guard descriptor >= 0 else { throw Sockets.Failure() }
    let bytes = Array(text.utf8)
    guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else { throw Sockets.Failure() }
    close(descriptor)
    rename(path + ".new", path)
  }

  struct Reply {
    var status = 0
    var head = ""
    var body = ""
    /// Whether the body came to its end.
    var isWhole = false
    var json: JSONValue? { try? JSONValue.strict(Array(body.utf8)) }
    func header(_ name: String) -> String? {
      head.split(separator: "\r\n").first { $0.lowercased().hasPrefix(name + ":") }
        .map { $0.dropFirst(name.utf8.count + 1).drop { $0 == " " } }.map(String.init)
    }
  }

  /// Sends bytes as they are, and reads the answer.
  func raw(_ text: String) throws -> Reply { try raw(Array(text.utf8)) }

  func raw(_ bytes: [UInt8]) throws -> Reply {
    let connection = try Sockets.connect(port)
    defer { close(connection) }
    _ = Sockets.send(connection, bytes)
    return Self.read(connection)
  }

  static func read(_ connection: Int32) -> Reply {
    var buffer: [UInt8] = []
    var reply = Reply()
    while true {
      if reply.status == 0, let end = Sockets.place(of: "\r\n\r\n", in: buffer) {
        reply.head = String(decoding: buffer[..<end], as: UTF8.self)
        reply.status = Int(reply.head.split(separator: " ").dropFirst().first ?? "") ?? -1
        buffer.removeFirst(end + 4)
        if reply.status == 100 { reply.status = 0 }
      }
      if reply.status > 0 {
        if let length = reply.header("content-length").flatMap({ Int($0) }), buffer.count >= length {
          reply.body = String(decoding: buffer[..<length], as: UTF8.self)
          reply.isWhole = true
          return reply
        }
        if reply.header("transfer-encoding") == "chunked" {
          let (text, isWhole) = dechunk(buffer)
          reply.body = text
          reply.isWhole = isWhole
          if isWhole { return reply }
        }
      }
      guard let more = Sockets.receive(connection) else { return reply }
      buffer += more
    }
  }

  private static func dechunk(_ bytes: [UInt8]) -> (String, Bool) {
    var rest = bytes[...]
    var body: [UInt8] = []
    while let end = Sockets.place(of: "\r\n", in: Array(rest.prefix(20))) {
      guard let size = Int(String(decoding: rest.prefix(end), as: UTF8.self), radix: 16) else { break }
      rest = rest.dropFirst(end + 2)
      if size == 0 { return (String(decoding: body, as: UTF8.self), true) }
      guard rest.count >= size + 2 else {
        body += rest
        break
      }
      body += rest.prefix(size)
      rest = rest.dropFirst(size + 2)
    }
    return (String(decoding: body, as: UTF8.self), false)
  }

  static func request(
    _ path: String, _ body: String, token: String? = Harness.token, headers: String = ""
  ) -> String {
    let bearer = token.map { "authorization: Bearer \($0)\r\n" } ?? ""
    return
      "POST \(path) HTTP/1.1\r\nhost: cllama\r\ncontent-type: application/json\r\n\(bearer)\(headers)content-length: \(body.utf8.count)\r\n\r\n\(body)"
  }

  func post(_ path: String, _ body: String, token: String? = Harness.token, headers: String = "") throws -> Reply {
    try raw(Self.request(path, body, token: token, headers: headers))
  }

  func chat(_ text: String = "hello", _ more: String = "") throws -> Reply {
    try post(
      "/v1/chat/completions",
      #"{"model":"gpt-x","messages":[{"role":"user","content":\#(JSONValue.string(text).text())}]\#(more)}"#)
  }

  /// The lines of the record, once one of a kind is there.
  func record(waitingFor kind: String? = nil, count: Int = 1) -> [JSONValue] {
    var lines: [JSONValue] = []
    for _ in 0..<200 {
      lines = RecordFile.files("\(folder)/audit").flatMap { segment -> [JSONValue] in
        let bytes = (try? RecordFile.contents("\(folder)/audit/\(RecordFile.name(segment))")) ?? []
        return bytes.split(separator: 0x0A).compactMap { try? JSONValue.strict(Array($0)) }
      }
      if kind == nil || lines.count(where: { $0["type"]?.string == kind }) >= count { return lines }
      usleep(20_000)
    }
    return lines
  }
}
