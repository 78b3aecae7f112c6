import Canonical
import Glibc

/// A key in ssh-agent, which signs without showing itself (draft-ietf-sshm-ssh-agent).
struct SSHAgent: Signer {
  let publicKey: PublicKey

  /// The signer of a key that the agent has.
  static func signer(_ key: PublicKey) throws(KeyFailure) -> SSHAgent {
    guard key.algorithm == .ed25519 else { throw KeyFailure("claw signs with Ed25519 keys only") }
    guard getenv("SSH_AUTH_SOCK") != nil else {
      throw KeyFailure("this is a public key, and no ssh-agent runs that could have its private half")
    }
    return SSHAgent(publicKey: key)
  }

  func sign(_ message: [UInt8]) throws(KeyFailure) -> [UInt8] {
    let request = [13] + SSHWire.string(publicKey.sshBlob) + SSHWire.string(message) + SSHWire.number(0)
    let answer = try Self.ask(request)
    let head = SSHWire.string("ssh-ed25519")
    // The answer is one string that holds the type and the signature.
    guard answer.first == 14, answer.count == 1 + 4 + head.count + 4 + 64, Array(answer[5..<(5 + head.count)]) == head
    else {
      throw KeyFailure("ssh-agent does not sign with this key")
    }
    let signature = Array(answer.suffix(64))
    guard publicKey.verifies(signature, message) else { throw KeyFailure("ssh-agent's signature is wrong") }
    return signature
  }

  private static func ask(_ request: [UInt8]) throws(KeyFailure) -> [UInt8] {
    let failure = KeyFailure("ssh-agent does not answer")
    let socket = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard socket >= 0 else { throw failure }
    defer { close(socket) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let path = Array((getenv("SSH_AUTH_SOCK").map { String(cString: $0) } ?? "").utf8)
    guard !path.isEmpty, path.count < MemoryLayout.size(ofValue: address.sun_path) else { throw failure }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
    let connected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard connected == 0 else { throw failure }
    var wait = timeval(tv_sec: 60, tv_usec: 0)
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
    let framed = SSHWire.string(request)
    guard send(socket, framed, framed.count, Int32(MSG_NOSIGNAL)) == framed.count else { throw failure }
    guard let head = receive(socket, 4) else { throw failure }
    let length = head.reduce(0) { $0 << 8 | Int($1) }
    guard length > 0, length < 1 << 16, let body = receive(socket, length) else { throw failure }
    return body
  }

  private static func receive(_ socket: Int32, _ count: Int) -> [UInt8]? {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while bytes.count < count {
      let read = recv(socket, &buffer, min(buffer.count, count - bytes.count), 0)
      if read < 0, errno == EINTR { continue }
      guard read > 0 else { return nil }
      bytes += buffer[..<read]
    }
    return bytes
  }
}
