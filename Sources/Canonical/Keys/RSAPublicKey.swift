import COpenSSL

/// An RSA key that verifies signatures of the old form (RSASSA-PKCS1-v1_5, RFC 8017): what approvals of sealed change
/// packages are signed with. claw itself never signs with RSA.
package struct RSAPublicKey: Sendable, Hashable {
  /// What is signed is first made a digest of.
  package enum Hash: String, Sendable, CaseIterable {
    case sha256
    case sha384
    case sha512
  }

  /// Most bits of a key: a larger one only costs time.
  package static let mostBits = 16_384
  /// Fewest bits of a key that anybody should still take.
  package static let fewestBits = 2048

  /// The modulus, big-endian, without zeros in front.
  package let modulus: [UInt8]
  /// The exponent, the same way.
  package let exponent: [UInt8]
  /// Hexadecimal SHA-256 of the SubjectPublicKeyInfo.
  package let id: String
  private var handle: RSAHandle?

  /// How long the modulus is.
  package var bits: Int { modulus.count * 8 - modulus[0].leadingZeroBitCount }

  /// A key of a SubjectPublicKeyInfo in DER, of which each key has one spelling.
  ///
  /// - Parameter fewestBits: what is shorter is refused.
  package init(spki: [UInt8], fewestBits: Int = Self.fewestBits) throws(KeyFailure) {
    let failure = KeyFailure("the key is no RSA key in the form of SubjectPublicKeyInfo")
    var outer = DERReader(spki[...])
    guard var info = outer.enter(0x30), outer.isAtEnd, info.take(Self.algorithm), let bits = info.content(0x03),
      info.isAtEnd, bits.first == 0
    else { throw failure }
    var key = DERReader(bits.dropFirst())
    guard var numbers = key.enter(0x30), key.isAtEnd, let modulus = numbers.unsigned(),
      let exponent = numbers.unsigned(), numbers.isAtEnd
    else { throw failure }
    (self.modulus, self.exponent) = (modulus, exponent)
    id = Digest.sha256Hex(spki)
    guard self.bits >= fewestBits else {
      throw KeyFailure("the RSA key has \(self.bits) bits, and \(fewestBits) are the fewest")
    }
    guard self.bits <= Self.mostBits else {
      throw KeyFailure("the RSA key has \(self.bits) bits, and \(Self.mostBits) are the most")
    }
    // What is even is no product of odd primes. Small exponents let mistakes of signers become forgeries, and large ones
    // only cost time (SP 800-89 wants 65537 to 2^256).
    guard modulus[modulus.count - 1] & 1 == 1, exponent[exponent.count - 1] & 1 == 1 else {
      throw KeyFailure("the RSA key's numbers are even")
    }
    guard exponent.count >= 3, exponent.count <= 32 else {
      throw KeyFailure("the RSA key's exponent is not between 65537 and 2^256")
    }
  }

  /// The key of a file's text: PEM with the label PUBLIC KEY.
  package init(pem: String, fewestBits: Int = Self.fewestBits) throws(KeyFailure) {
    guard let (label, bytes) = PEM.decode(Array(pem.utf8)) else { throw KeyFailure("the key is no PEM") }
    guard label == "PUBLIC KEY" else { throw KeyFailure("a public key stands under PUBLIC KEY, not \(label)") }
    try self.init(spki: bytes, fewestBits: fewestBits)
  }

  /// The same key, made ready for verifying many signatures.
  package var prepared: RSAPublicKey {
    var key = self
    key.handle = RSAHandle(self)
    return key
  }

  package static func == (left: Self, right: Self) -> Bool {
    left.modulus == right.modulus && left.exponent == right.exponent
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(modulus) }

  /// `rsaEncryption` with its NULL.
  private static let algorithm: [UInt8] = [
    0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00,
  ]

  /// Whether a signature over a message is this key's.
  package func verifies(_ signature: [UInt8], _ message: [UInt8], _ hash: Hash = .sha256) -> Bool {
    // A shorter one is another spelling of the same number.
    guard signature.count == modulus.count else { return false }
    let digest: [UInt8]
    let algorithm: Int32
    switch hash {
    case .sha256: (digest, algorithm) = (Digest.sha256(message), NID_sha256)
    case .sha384: (digest, algorithm) = (Digest.sha384(message), NID_sha384)
    case .sha512: (digest, algorithm) = (Digest.sha512(message), NID_sha512)
    }
    guard let key = handle ?? RSAHandle(self) else { return false }
    return key.verifies(signature, digest, algorithm)
  }
}

/// A key as OpenSSL has it, with what verifying needs computed once.
private final class RSAHandle: Sendable {
  /// Nothing of ours changes it after it was made, and OpenSSL guards what it keeps inside with a lock.
  nonisolated(unsafe) private let key: OpaquePointer

  init?(_ key: RSAPublicKey) {
    // Straight from the algorithm: through EVP, making the key takes several times as long as verifying with it.
    guard let made = RSA_new() else { return nil }
    self.key = made
    guard let number = BN_bin2bn(key.modulus, Int32(key.modulus.count), nil) else { return nil }
    guard let power = BN_bin2bn(key.exponent, Int32(key.exponent.count), nil) else {
      BN_free(number)
      return nil
    }
    guard RSA_set0_key(made, number, power, nil) == 1 else {
      BN_free(number)
      BN_free(power)
      return nil
    }
  }

  deinit { RSA_free(key) }

  func verifies(_ signature: [UInt8], _ digest: [UInt8], _ algorithm: Int32) -> Bool {
    let isRight =
      RSA_verify(algorithm, digest, UInt32(digest.count), signature, UInt32(signature.count), key) == 1
    if !isRight { ERR_clear_error() }
    return isRight
  }
}

/// Reads DER (X.690), of which each value has one spelling.
struct DERReader {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  var isAtEnd: Bool { rest.isEmpty }

  /// Passes over bytes, if they stand next.
  mutating func take(_ bytes: [UInt8]) -> Bool {
    guard rest.starts(with: bytes) else { return false }
    rest = rest.dropFirst(bytes.count)
    return true
  }

  /// The content of the value that stands next, if it has this tag.
  mutating func content(_ tag: UInt8) -> ArraySlice<UInt8>? {
    guard rest.first == tag, rest.count >= 2 else { return nil }
    var start = rest.startIndex + 2
    var length = Int(rest[start - 1])
    if length >= 0x80 {
      let count = length - 0x80
      guard 1...3 ~= count, rest.endIndex - start >= count, rest[start] != 0 else { return nil }
      length = rest[start..<start + count].reduce(0) { $0 << 8 | Int($1) }
      guard length >= 0x80 else { return nil }
      start += count
    }
    guard rest.endIndex - start >= length else { return nil }
    let content = rest[start..<start + length]
    rest = rest[(start + length)...]
    return content
  }

  /// What reads the content of the value that stands next.
  mutating func enter(_ tag: UInt8) -> DERReader? { content(tag).map { DERReader($0) } }

  /// The positive INTEGER that stands next, without the zero that keeps it positive.
  mutating func unsigned() -> [UInt8]? {
    guard let bytes = content(0x02), let first = bytes.first, first < 0x80 else { return nil }
    if first > 0 { return Array(bytes) }
    guard bytes.count > 1, bytes[bytes.startIndex + 1] >= 0x80 else { return nil }
    return Array(bytes.dropFirst())
  }
}
