import Glibc

/// Tries targets side by side with sockets that don't wait.
enum Probing {
  /// A socket that something is expected of.
  private struct Open {
    var index: Int
    var descriptor: Int32
    var kind: Attempt.Kind
  }

  /// What came of each attempt, in their order.
  static func run(_ attempts: [Attempt], milliseconds: Int) -> [ProbeOutcome] {
    var outcomes = [ProbeOutcome?](repeating: nil, count: attempts.count)
    let resolver = nameserver()
    // Names first: what has none can't be tried.
    let names = attempts.indices.filter {
      attempts[$0].kind == .dns || (attempts[$0].kind != .unix && address(attempts[$0].host, 1) == nil)
    }
    var open: [Open] = []
    for index in names {
      let server = attempts[index].server ?? resolver
      let target = server.flatMap { address($0, 53) }
      start(.dns, target, query(attempts[index].host), index, &open, &outcomes)
    }
    wait(&open, &outcomes, milliseconds)
    var second: [Open] = []
    for (index, attempt) in attempts.enumerated() where attempt.kind != .dns {
      var host = attempt.host
      switch outcomes[index] {
      case nil: break
      case .answered(let found)?: host = found
      default: continue
      }
      outcomes[index] = nil
      let target = attempt.kind == .unix ? local(host) : address(host, attempt.port)
      start(attempt.kind, target, Array("claw probe\n".utf8), index, &second, &outcomes)
    }
    wait(&second, &outcomes, milliseconds)
    return outcomes.map { $0 ?? .silent }
  }

  // MARK: Sockets

  private static func start(
    _ kind: Attempt.Kind, _ target: [UInt8]?, _ payload: [UInt8], _ index: Int, _ open: inout [Open],
    _ outcomes: inout [ProbeOutcome?]
  ) {
    guard let target else {
      outcomes[index] = .unreachable("no address")
      return
    }
    let family = target.withUnsafeBytes { Int32($0.loadUnaligned(as: sa_family_t.self)) }
    let isStream = kind == .tcp || kind == .unix
    let type = isStream ? Int32(SOCK_STREAM.rawValue) : Int32(SOCK_DGRAM.rawValue)
    let descriptor = socket(family, type | Int32(SOCK_NONBLOCK.rawValue), 0)
    guard descriptor >= 0 else {
      outcomes[index] = .failure(errno)
      return
    }
    let status = target.withUnsafeBytes { bytes in
      bytes.bindMemory(to: sockaddr.self).baseAddress.map { connect(descriptor, $0, socklen_t(bytes.count)) } ?? -1
    }
    if status == 0, isStream {
      outcomes[index] = .open
    } else if status != 0, errno != EINPROGRESS {
      outcomes[index] = .failure(errno)
    } else if !isStream, send(descriptor, payload, payload.count, Int32(MSG_NOSIGNAL)) < 0 {
      outcomes[index] = .failure(errno)
    } else {
      open.append(Open(index: index, descriptor: descriptor, kind: kind))
      return
    }
    close(descriptor)
  }

  /// Takes what comes until all have come or the time is over.
  private static func wait(_ open: inout [Open], _ outcomes: inout [ProbeOutcome?], _ milliseconds: Int) {
    let end = ContinuousClock.now + .milliseconds(milliseconds)
    while !open.isEmpty {
      let rest = (end - .now) / .milliseconds(1)
      if rest <= 0 { break }
      var list = open.map { one in
        pollfd(
          fd: one.descriptor, events: Int16(one.kind == .tcp || one.kind == .unix ? POLLOUT : POLLIN), revents: 0)
      }
      if poll(&list, nfds_t(list.count), Int32(rest) + 1) < 0, errno != EINTR { break }
      for (one, state) in zip(open, list) where state.revents != 0 {
        outcomes[one.index] = outcome(one)
        close(one.descriptor)
      }
      open = zip(open, list).filter { $0.1.revents == 0 }.map(\.0)
    }
    for one in open { close(one.descriptor) }
    open = []
  }

  private static func outcome(_ one: Open) -> ProbeOutcome {
    if one.kind == .tcp || one.kind == .unix {
      var code: Int32 = 0
      var size = socklen_t(MemoryLayout<Int32>.size)
      getsockopt(one.descriptor, SOL_SOCKET, SO_ERROR, &code, &size)
      return code == 0 ? .open : .failure(code)
    }
    var buffer = [UInt8](repeating: 0, count: 2048)
    let count = recv(one.descriptor, &buffer, buffer.count, 0)
    guard count >= 0 else { return .failure(errno) }
    return one.kind == .dns ? answer(Array(buffer[..<count])) : .answered("\(count) bytes")
  }

  // MARK: Addresses

  /// The socket address of an IPv4 or IPv6 address, with an interface behind `%` if need be; nil for a name.
  private static func address(_ host: String, _ port: UInt16) -> [UInt8]? {
    var four = sockaddr_in()
    if inet_pton(AF_INET, host, &four.sin_addr) == 1 {
      four.sin_family = sa_family_t(AF_INET)
      four.sin_port = port.bigEndian
      return withUnsafeBytes(of: four) { Array($0) }
    }
    let parts = host.split(separator: "%", maxSplits: 1).map(String.init)
    var six = sockaddr_in6()
    guard let first = parts.first, inet_pton(AF_INET6, first, &six.sin6_addr) == 1 else { return nil }
    six.sin6_family = sa_family_t(AF_INET6)
    six.sin6_port = port.bigEndian
    if parts.count > 1 { six.sin6_scope_id = if_nametoindex(parts[1]) }
    return withUnsafeBytes(of: six) { Array($0) }
  }

  private static func local(_ path: String) -> [UInt8]? {
    var address = sockaddr_un()
    let bytes = Array(path.utf8)
    guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return nil }
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    return withUnsafeBytes(of: address) { Array($0) }
  }

  // MARK: Names

  /// Whom the system asks for names. Source: resolv.conf(5).
  private static func nameserver() -> String? {
    let descriptor = Glibc.open("/etc/resolv.conf", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = max(0, read(descriptor, &buffer, buffer.count))
    for line in String(decoding: buffer[..<count], as: UTF8.self).split(separator: "\n") {
      let words = line.split(separator: " ")
      if words.count > 1, words[0] == "nameserver" { return String(words[1]) }
    }
    return nil
  }

  /// A question for the IPv4 address of a name. Source: RFC 1035, 4.1.
  private static func query(_ name: String) -> [UInt8] {
    var bytes: [UInt8] = [0xC1, 0xA3, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]
    for label in name.utf8.split(separator: 0x2E) { bytes += [UInt8(min(label.count, 63))] + label.prefix(63) }
    return bytes + [0, 0, 1, 0, 1]
  }

  /// The first address in an answer, or why there is none.
  private static func answer(_ bytes: [UInt8]) -> ProbeOutcome {
    guard bytes.count >= 12 else { return .unknown("a short answer") }
    let code = bytes[3] & 15
    if code != 0 { return .unknown(code == 3 ? "no such name" : "status \(code)") }
    var offset = 12
    guard skipName(bytes, &offset) else { return .unknown("a broken answer") }
    offset += 4
    for _ in 0..<(Int(bytes[6]) << 8 | Int(bytes[7])) {
      guard skipName(bytes, &offset), offset + 10 <= bytes.count else { break }
      let length = Int(bytes[offset + 8]) << 8 | Int(bytes[offset + 9])
      let data = offset + 10
      guard data + length <= bytes.count else { break }
      if bytes[offset] == 0, bytes[offset + 1] == 1, length == 4 {
        return .answered(bytes[data..<data + 4].map { String($0) }.joined(separator: "."))
      }
      offset = data + length
    }
    return .unknown("no address")
  }
  /// Goes behind a name: labels, or a reference to an earlier one.
  private static func skipName(_ bytes: [UInt8], _ offset: inout Int) -> Bool {
    while offset < bytes.count {
      let length = Int(bytes[offset])
      if length & 0xC0 == 0xC0 {
        offset += 2
        return offset <= bytes.count
      }
      offset += 1 + length
      if length == 0 { return offset <= bytes.count }
    }
    return false
  }
}
