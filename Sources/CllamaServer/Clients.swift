import Cllama
import IR
import NIOCore

extension Sidecar {
  /// Whether an address is of a network whose claws this sidecar serves.
  func isClient(_ address: SocketAddress?) -> Bool {
    guard let clients = serving?.configuration.clients else { return true }
    guard let bytes = address?.addressBytes, bytes.count == 4 else { return false }
    let number = UInt32(bigEndian: bytes)
    return clients.contains { $0.contains(number) }
  }

  /// Writes down, at most once a second, that somebody wanted something who is no claw of its.
  func noteStranger(_ address: SocketAddress?, _ reason: String) {
    metrics.countConnection("deny")
    guard mayNoteStranger() else { return }
    var record = CallRecord(.egress)
    record.set("verdict", "deny")
    record.set("peer", address?.ipAddress)
    record.set("reason", reason)
    log.note([record])
  }
}

extension SocketAddress {
  /// The 4 or 16 bytes of an address of the internet; nil for another kind.
  var addressBytes: [UInt8]? {
    withSockAddr { pointer, size in
      // The address stands behind the family and the port, with IPv6 behind the flow too.
      let bytes = Array(UnsafeRawBufferPointer(start: pointer, count: size))
      switch self.protocol {
      case .inet where size >= 8: return Array(bytes[4..<8])
      case .inet6 where size >= 24: return Array(bytes[8..<24])
      default: return nil
      }
    }
  }
}

extension UInt32 {
  /// The number of four bytes, the highest first.
  init(bigEndian bytes: [UInt8]) { self = bytes.reduce(0) { $0 << 8 | UInt32($1) } }
}
