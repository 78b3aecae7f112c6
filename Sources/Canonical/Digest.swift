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
    let text = bytes.withContiguousStorageIfAvailable { sha256Hex(UnsafeRawBufferPointer($0)) }
    return text ?? hexadecimal(sha256(bytes))
  }

  /// The same for an array, which is in one piece.
  package static func sha256Hex(_ bytes: [UInt8]) -> String { bytes.withUnsafeBytes { sha256Hex($0) } }

  /// The same for bytes in memory.
  static func sha256Hex(_ bytes: UnsafeRawBufferPointer) -> String {
    var state = SHA256_CTX()
    SHA256_Init(&state)
    SHA256_Update(&state, bytes.baseAddress, bytes.count)
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Int(SHA256_DIGEST_LENGTH)) { digest in
      SHA256_Final(digest.baseAddress, &state)
      return hexadecimal(UnsafeRawBufferPointer(digest))
    }
  }

  /// Bytes in lower-case hexadecimal digits.
  package static func hexadecimal(_ bytes: some Collection<UInt8>) -> String {
    let text = bytes.withContiguousStorageIfAvailable { hexadecimal(UnsafeRawBufferPointer($0)) }
    return text ?? Array(bytes).withUnsafeBytes { hexadecimal($0) }
  }

  private static func hexadecimal(_ bytes: UnsafeRawBufferPointer) -> String {
    func digit(_ value: UInt8) -> UInt8 { value &+ (value < 10 ? 0x30 : 0x57) }
    return String(unsafeUninitializedCapacity: 2 * bytes.count) { text in
      for index in 0..<bytes.count {
        text[2 * index] = digit(bytes[index] >> 4)
        text[2 * index + 1] = digit(bytes[index] & 15)
      }
      return 2 * bytes.count
    }
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
