import Glibc
import Synchronization

/// Listens on every address of this machine while egress is verified: only of what is really there can be said that it
/// is out of reach.
package final class HostListener: Sendable {
  /// The port, of both protocols.
  package let port: Int
  private let stream: Int32
  private let datagram: Int32
  private let isDone = Mutex(false)

  /// Listens; nil if the system does not let us.
  package init?() {
    guard let stream = Self.socket(SOCK_STREAM, port: 0) else { return nil }
    guard listen(stream, 1024) == 0, let port = Self.port(of: stream),
      let datagram = Self.socket(SOCK_DGRAM, port: port)
    else {
      close(stream)
      return nil
    }
    self.stream = stream
    self.datagram = datagram
    self.port = Int(port)
    // The kernel completes connections by itself; datagrams have to be answered.
    Task.detached { [self] in answer() }
  }

  deinit {
    close(stream)
    close(datagram)
  }

  /// Stops answering.
  package func stop() { isDone.withLock { $0 = true } }

  private func answer() {
    var buffer = [UInt8](repeating: 0, count: 2048)
    while !isDone.withLock({ $0 }) {
      var waiting = pollfd(fd: datagram, events: Int16(POLLIN), revents: 0)
      guard poll(&waiting, 1, 100) > 0 else { continue }
      var sender = sockaddr_in6()
      var size = socklen_t(MemoryLayout<sockaddr_in6>.size)
      withUnsafeMutablePointer(to: &sender) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
          let count = recvfrom(datagram, &buffer, buffer.count, 0, address, &size)
          if count > 0 { _ = sendto(datagram, buffer, count, Int32(MSG_NOSIGNAL), address, size) }
        }
      }
    }
  }

  /// A socket on every address, of both versions where the machine has both.
  private static func socket(_ type: __socket_type, port: UInt16) -> Int32? {
    let six = Glibc.socket(AF_INET6, Int32(type.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    if six >= 0 {
      var off: Int32 = 0
      setsockopt(six, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &off, socklen_t(MemoryLayout<Int32>.size))
      var address = sockaddr_in6()
      address.sin6_family = sa_family_t(AF_INET6)
      address.sin6_port = port.bigEndian
      if bound(six, &address) { return six }
      close(six)
    }
    let four = Glibc.socket(AF_INET, Int32(type.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard four >= 0 else { return nil }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    if bound(four, &address) { return four }
    close(four)
    return nil
  }

  private static func bound<Address>(_ descriptor: Int32, _ address: inout Address) -> Bool {
    withUnsafeBytes(of: address) { bytes in
      guard let base = bytes.bindMemory(to: sockaddr.self).baseAddress else { return false }
      return bind(descriptor, base, socklen_t(bytes.count)) == 0
    }
  }

  private static func port(of descriptor: Int32) -> UInt16? {
    var address = sockaddr_in6()
    var size = socklen_t(MemoryLayout<sockaddr_in6>.size)
    let status = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
    }
    // The port stands at the same place in both families' addresses.
    return status == 0 ? UInt16(bigEndian: address.sin6_port) : nil
  }
}
