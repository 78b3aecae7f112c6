import ArgumentParser
import Cllama
import Glibc
import JSON

/// `cllama health`
struct Health: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Asks the sidecar of this container whether it serves; status 0 if it does.")

  @Option(help: "The configuration that claw wrote.") var config = "/claw/config/cllama.json"
  @Flag(help: "Write what it says as JSON.") var json = false

  func run() throws {
    let port: Int
    do {
      port = try SidecarConfiguration(RecordFile.contents(config)).listen.api
    } catch let failure as RecordFile.Failure {
      throw silent(failure.message)
    } catch let failure as ConfigurationFailure {
      throw silent("'\(config)': \(failure.path) \(failure.message)")
    }
    guard let answer = Self.ask(port: port) else { throw silent("nobody answers at port \(port)") }
    if json { Output.write(answer.body + "\n") }
    if !answer.isGood { throw ExitCode(1) }
  }

  /// Says why nothing is known of the sidecar.
  private func silent(_ reason: String) -> ExitCode {
    if json {
      let state: JSONValue = ["ok": false, "state": "silent", "reason": .string(reason)]
      Output.write(state.text() + "\n")
    } else {
      Output.say("cllama: \(reason)")
    }
    return ExitCode(1)
  }

  /// One plain request on the loopback interface.
  private static func ask(port: Int) -> (isGood: Bool, body: String)? {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var patience = timeval(tv_sec: 4, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let isConnected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
    let request = Array("GET /health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n".utf8)
    guard isConnected, send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else {
      return nil
    }
    var answer: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while answer.count < 1 << 20 {
      let count = recv(descriptor, &buffer, buffer.count, 0)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      answer += buffer[..<count]
    }
    let text = String(decoding: answer, as: UTF8.self)
    guard let end = text.range(ofHead: "\r\n\r\n") else { return nil }
    return (text.utf8.starts(with: "HTTP/1.1 200".utf8), String(text[end...]))
  }
}

extension String {
  /// Behind the first place where some text stands.
  fileprivate func range(ofHead text: String) -> String.Index? {
    var index = startIndex
    while index < endIndex {
      if self[index...].utf8.starts(with: text.utf8) { return utf8.index(index, offsetBy: text.utf8.count) }
      index = utf8.index(after: index)
    }
    return nil
  }
}
