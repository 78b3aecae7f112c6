/// Values as the SSH protocol writes them (RFC 4251, section 5).
struct SSHReader {
  private var bytes: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) { self.bytes = bytes[...] }

  var isAtEnd: Bool { bytes.isEmpty }

  /// The next bytes must be these.
  mutating func take(_ expected: [UInt8]) -> Bool {
    guard bytes.starts(with: expected) else { return false }
    bytes = bytes.dropFirst(expected.count)
    return true
  }

  mutating func number() -> Int? {
    guard bytes.count >= 4 else { return nil }
    let value = bytes.prefix(4).reduce(0) { $0 << 8 | Int($1) }
    bytes = bytes.dropFirst(4)
    return value
  }

  mutating func string() -> [UInt8]? {
    guard let length = number(), length <= bytes.count else { return nil }
    defer { bytes = bytes.dropFirst(length) }
    return Array(bytes.prefix(length))
  }

  mutating func text() -> String? { string().flatMap { String(validating: $0, as: UTF8.self) } }

  /// What is left.
  var rest: [UInt8] { Array(bytes) }
}

/// The same values, written.
package enum SSHWire {
  package static func number(_ value: Int) -> [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) } }

  package static func string(_ bytes: [UInt8]) -> [UInt8] { number(bytes.count) + bytes }

  package static func string(_ text: String) -> [UInt8] { string(Array(text.utf8)) }
}

extension PublicKey {
  /// The key as SSH writes it.
  package var sshBlob: [UInt8] {
    switch algorithm {
    case .ed25519: SSHWire.string("ssh-ed25519") + SSHWire.string(point)
    case .ecdsaP256: SSHWire.string("ecdsa-sha2-nistp256") + SSHWire.string("nistp256") + SSHWire.string(point)
    }
  }

  /// A key as SSH writes it.
  package init(sshBlob: [UInt8]) throws(KeyFailure) {
    var reader = SSHReader(sshBlob)
    switch reader.text() {
    case "ssh-ed25519":
      guard let point = reader.string(), reader.isAtEnd else { throw KeyFailure("the SSH key is cut off") }
      try self.init(ed25519: point)
    case "ecdsa-sha2-nistp256":
      guard reader.text() == "nistp256", let point = reader.string(), reader.isAtEnd else {
        throw KeyFailure("the SSH key is cut off")
      }
      try self.init(p256: point)
    case let name?: throw KeyFailure("a key of the type '\(name)' is neither Ed25519 nor P-256")
    case nil: throw KeyFailure("the SSH key is cut off")
    }
  }
}
