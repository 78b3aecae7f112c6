import COpenSSL

/// SHA-256, by OpenSSL.
package enum Digest {
  /// The digest of some bytes: 32 bytes.
  package static func sha256(_ bytes: some Collection<UInt8>) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var count: UInt32 = 0
    let input = Array(bytes)
    let isDone = input.withUnsafeBytes {
      EVP_Digest($0.baseAddress, $0.count, &digest, &count, EVP_sha256(), nil)
    }
    // The default provider always has SHA-256; an OpenSSL without it can't be worked with.
    precondition(isDone == 1, "this OpenSSL has no SHA-256")
    return Array(digest.prefix(Int(count)))
  }

  /// The digest of some bytes in lower-case hexadecimal digits: 64 of them.
  package static func sha256Hex(_ bytes: some Collection<UInt8>) -> String {
    hexadecimal(sha256(bytes))
  }

  /// Bytes in lower-case hexadecimal digits.
  package static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }
}
