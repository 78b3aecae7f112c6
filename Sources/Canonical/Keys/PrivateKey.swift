import COpenSSL

/// What signs: a key in memory, or somebody who has one.
package protocol Signer {
  /// The key that verifies what it signs.
  var publicKey: PublicKey { get }
  /// Its signature over a message.
  func sign(_ message: [UInt8]) throws(KeyFailure) -> [UInt8]
}

/// An Ed25519 key that signs.
package final class PrivateKey: Signer {
  private let key: OpaquePointer
  package let publicKey: PublicKey

  /// A key of its 32-byte seed.
  package init(seed: [UInt8]) throws(KeyFailure) {
    guard seed.count == 32, let key = OpenSSL.privateKey(seed: seed) else {
      throw KeyFailure("an Ed25519 key has 32 bytes, not \(seed.count)")
    }
    var point = [UInt8](repeating: 0, count: 32)
    var length = point.count
    let isRead = EVP_PKEY_get_raw_public_key(key, &point, &length) == 1
    do throws(KeyFailure) {
      guard isRead else { throw KeyFailure("OpenSSL can't make the public key") }
      publicKey = try PublicKey(ed25519: point)
    } catch {
      EVP_PKEY_free(key)
      throw error
    }
    self.key = key
  }

  deinit { EVP_PKEY_free(key) }

  /// The 64 bytes of its signature, which are the same each time (RFC 8032).
  package func sign(_ message: [UInt8]) throws(KeyFailure) -> [UInt8] {
    var signature = [UInt8](repeating: 0, count: 64)
    var length = signature.count
    guard let context = EVP_MD_CTX_new() else { throw KeyFailure("OpenSSL can't sign") }
    defer { EVP_MD_CTX_free(context) }
    guard EVP_DigestSignInit(context, nil, nil, nil, key) == 1,
      EVP_DigestSign(context, &signature, &length, message, message.count) == 1, length == 64
    else { throw KeyFailure("OpenSSL can't sign") }
    return signature
  }

  /// The 32 bytes that it was made of.
  package var seed: [UInt8] {
    var seed = [UInt8](repeating: 0, count: 32)
    var length = seed.count
    EVP_PKEY_get_raw_private_key(key, &seed, &length)
    return seed
  }
}
