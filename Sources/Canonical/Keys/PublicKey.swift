import COpenSSL

/// Why bytes are no key that claw takes.
package struct KeyFailure: Error, Sendable, Equatable {
  /// What is wrong, for people.
  package var message: String

  package init(_ message: String) { self.message = message }
}

/// A key that verifies: Ed25519, or ECDSA on P-256 with SHA-256. The algorithm is the key's, never the signature's.
package struct PublicKey: Sendable, Hashable {
  /// What it verifies.
  package enum Algorithm: String, Sendable {
    case ed25519
    case ecdsaP256 = "ecdsa-p256"
  }

  /// Its algorithm.
  package let algorithm: Algorithm
  /// 32 bytes for Ed25519; the uncompressed point, 65 bytes, for P-256.
  package let point: [UInt8]
  /// Hexadecimal SHA-256 of the SubjectPublicKeyInfo.
  package let id: String

  /// A key of an Ed25519 point. Points of small order verify signatures that nobody made, and are refused.
  package init(ed25519 point: [UInt8]) throws(KeyFailure) {
    guard point.count == 32 else { throw KeyFailure("an Ed25519 key has 32 bytes, not \(point.count)") }
    guard EdwardsPoint.isCanonical(point) else { throw KeyFailure("the Ed25519 key is no canonical point") }
    guard !EdwardsPoint.isSmallOrder(point) else { throw KeyFailure("the Ed25519 key is of small order") }
    algorithm = .ed25519
    self.point = point
    id = Digest.sha256Hex(Self.ed25519Prefix + point)
  }

  /// A key of an uncompressed point on P-256.
  package init(p256 point: [UInt8]) throws(KeyFailure) {
    guard point.count == 65, point[0] == 4 else { throw KeyFailure("a P-256 key must be an uncompressed point") }
    algorithm = .ecdsaP256
    self.point = point
    id = Digest.sha256Hex(Self.p256Prefix + point)
    guard let key = OpenSSL.publicKey(self) else { throw KeyFailure("the point of the key is not on P-256") }
    EVP_PKEY_free(key)
  }

  static let ed25519Prefix: [UInt8] = [0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00]
  static let p256Prefix: [UInt8] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE,
    0x3D, 0x03,
    0x01, 0x07, 0x03, 0x42, 0x00,
  ]

  /// A key of a SubjectPublicKeyInfo in DER, which has one spelling for each key.
  package init(spki: [UInt8]) throws(KeyFailure) {
    if spki.starts(with: Self.ed25519Prefix) {
      try self.init(ed25519: Array(spki[Self.ed25519Prefix.count...]))
    } else if spki.starts(with: Self.p256Prefix) {
      try self.init(p256: Array(spki[Self.p256Prefix.count...]))
    } else {
      throw KeyFailure("the key is neither Ed25519 nor an uncompressed P-256 point")
    }
  }

  /// The key as SubjectPublicKeyInfo in DER.
  package var spki: [UInt8] { (algorithm == .ed25519 ? Self.ed25519Prefix : Self.p256Prefix) + point }

  /// Whether a signature over a message is this key's. Ed25519: 64 bytes, with S below the group's order; P-256: DER.
  package func verifies(_ signature: [UInt8], _ message: [UInt8]) -> Bool {
    if algorithm == .ed25519, signature.count != 64 { return false }
    guard let key = OpenSSL.publicKey(self) else { return false }
    defer { EVP_PKEY_free(key) }
    guard let context = EVP_MD_CTX_new() else { return false }
    defer { EVP_MD_CTX_free(context) }
    let digest = algorithm == .ed25519 ? nil : EVP_sha256()
    guard EVP_DigestVerifyInit(context, nil, digest, nil, key) == 1 else { return false }
    let isRight = EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
    if !isRight { ERR_clear_error() }
    return isRight
  }
}

/// What is to be known of a point on edwards25519 before it is a key.
enum EdwardsPoint {
  /// Whether its y is below 2^255 - 19.
  static func isCanonical(_ point: [UInt8]) -> Bool {
    guard point[31] & 0x7F == 0x7F, point[1...30].allSatisfy({ $0 == 0xFF }) else { return true }
    return point[0] < 0xED
  }

  /// Whether eight times the point is the neutral one; its canonical encodings, the sign apart.
  static func isSmallOrder(_ point: [UInt8]) -> Bool {
    var y = point
    y[31] &= 0x7F
    return smallOrder.contains(y)
  }

  /// y = 0, y = 1, y = -1, and the two of order eight.
  private static let smallOrder: [[UInt8]] = [
    [UInt8](repeating: 0, count: 32),
    [1] + [UInt8](repeating: 0, count: 31),
    [0xEC] + [UInt8](repeating: 0xFF, count: 30) + [0x7F],
    [
      0x26, 0xE8, 0x95, 0x8F, 0xC2, 0xB2, 0x27, 0xB0, 0x45, 0xC3, 0xF4, 0x89, 0xF2, 0xEF, 0x98, 0xF0, 0xD5, 0xDF, 0xAC,
      0x05, 0xD3,
      0xC6, 0x33, 0x39, 0xB1, 0x38, 0x02, 0x88, 0x6D, 0x53, 0xFC, 0x05,
    ],
    [
      0xC7, 0x17, 0x6A, 0x70, 0x3D, 0x4D, 0xD8, 0x4F, 0xBA, 0x3C, 0x0B, 0x76, 0x0D, 0x10, 0x67, 0x0F, 0x2A, 0x20, 0x53,
      0xFA, 0x2C,
      0x39, 0xCC, 0xC6, 0x4E, 0xC7, 0xFD, 0x77, 0x92, 0xAC, 0x03, 0x7A,
    ],
  ]
}
