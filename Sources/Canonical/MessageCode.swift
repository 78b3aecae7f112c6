/// Codes that prove that a message is from somebody who knows a secret: HMAC-SHA256 (RFC 2104).
package enum MessageCode {
  /// The code of a message: 32 bytes.
  package static func sha256(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
    let block = 64
    var padded = key.count > block ? Digest.sha256(key) : key
    padded += repeatElement(0, count: block - padded.count)
    var inner = RunningDigest()
    inner.add(padded.map { $0 ^ 0x36 })
    inner.add(message)
    return Digest.sha256(padded.map { $0 ^ 0x5C } + inner.value)
  }
}
