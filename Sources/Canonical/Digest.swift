import COpenSSL

/// SHA-256, by OpenSSL.
package enum Digest {
  /// The digest of some bytes: 32 bytes.
  ///
  /// Straight from the algorithm, which can't fail: through EVP, the first digest reads OpenSSL's configuration and sets
  /// its providers up, which takes longer than most compiles.
  package static func sha256(_ bytes: some Collection<UInt8>) -> [UInt8] {
    var state = SHA256_CTX()
    SHA256_Init(&state)
    if bytes.withContiguousStorageIfAvailable({ SHA256_Update(&state, $0.baseAddress, $0.count) }) == nil {
      SHA256_Update(&state, Array(bytes), bytes.count)
    }
    var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
    SHA256_Final(&digest, &state)
    return digest
  }

  /// The digest of some bytes in lower-case hexadecimal digits: 64 of them.
  package static func sha256Hex(_ bytes: some Collection<UInt8>) -> String {
    hexadecimal(sha256(bytes))
  }

  /// Bytes in lower-case hexadecimal digits.
  package static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }
    var text: [UInt8] = []
    text.reserveCapacity(2 * bytes.underestimatedCount)
    for byte in bytes {
      text.append(digit(byte >> 4))
      text.append(digit(byte & 15))
    }
    return String(decoding: text, as: UTF8.self)
  }
}

extension Digest {
  /// SHA-512: 64 bytes.
  static func sha512(_ bytes: [UInt8]) -> [UInt8] {
    var state = SHA512_CTX()
    SHA512_Init(&state)
    SHA512_Update(&state, bytes, bytes.count)
    var digest = [UInt8](repeating: 0, count: Int(SHA512_DIGEST_LENGTH))
    SHA512_Final(&digest, &state)
    return digest
  }

  /// SHA-384: 48 bytes.
  static func sha384(_ bytes: [UInt8]) -> [UInt8] {
    var state = SHA512_CTX()
    SHA384_Init(&state)
    SHA384_Update(&state, bytes, bytes.count)
    var digest = [UInt8](repeating: 0, count: Int(SHA384_DIGEST_LENGTH))
    SHA384_Final(&digest, &state)
    return digest
  }

  /// BLAKE2b with 64 bytes.
  static func blake2b512(_ bytes: [UInt8]) -> [UInt8] { OpenSSL.digest(bytes, EVP_blake2b512()) }
}

/// A SHA-256 of bytes that come piece by piece.
package struct RunningDigest {
  private var state = SHA256_CTX()

  package init() { SHA256_Init(&state) }

  /// Adds bytes.
  package mutating func add(_ bytes: [UInt8]) { SHA256_Update(&state, bytes, bytes.count) }

  /// The digest of what came so far: 32 bytes.
  package var value: [UInt8] {
    var copy = state
    var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
    SHA256_Final(&digest, &copy)
    return digest
  }
}
