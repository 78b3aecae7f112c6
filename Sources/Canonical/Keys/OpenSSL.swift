import COpenSSL

/// What the signatures need of OpenSSL.
enum OpenSSL {
  /// No configuration file of the machine has a say in what a signature means.
  private static let isReady: Bool = OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_LOAD_CONFIG), nil) == 1

  /// A new key object, which the caller frees.
  static func publicKey(_ key: PublicKey) -> OpaquePointer? {
    guard isReady else { return nil }
    switch key.algorithm {
    case .ed25519: return EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, key.point, key.point.count)
    case .ecdsaP256:
      return key.spki.withUnsafeBufferPointer { spki in
        var start = spki.baseAddress
        return d2i_PUBKEY(nil, &start, spki.count)
      }
    }
  }

  /// A new key object, which the caller frees.
  static func privateKey(seed: [UInt8]) -> OpaquePointer? {
    guard isReady else { return nil }
    return EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, seed, seed.count)
  }

  /// The digest of some bytes by an algorithm of EVP.
  static func digest(_ bytes: [UInt8], _ algorithm: OpaquePointer?) -> [UInt8] {
    guard isReady else { return [] }
    var digest = [UInt8](repeating: 0, count: 64)
    var length: UInt32 = 0
    guard EVP_Digest(bytes, bytes.count, &digest, &length, algorithm, nil) == 1 else { return [] }
    return Array(digest.prefix(Int(length)))
  }

  /// Overwrites what must not stay in memory.
  static func forget(_ bytes: inout [UInt8]) {
    bytes.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) }
  }

  /// The PKCS#8 structure inside an encrypted one; nil if the passphrase is wrong or the scheme is unknown.
  static func decrypt(pkcs8 bytes: [UInt8], passphrase: [UInt8]) -> [UInt8]? {
    guard isReady else { return nil }
    let sealed = bytes.withUnsafeBufferPointer { bytes in
      var start = bytes.baseAddress
      return d2i_X509_SIG(nil, &start, bytes.count)
    }
    guard let sealed else {
      ERR_clear_error()
      return nil
    }
    defer { X509_SIG_free(sealed) }
    let opened = passphrase.withUnsafeBytes { passphrase in
      PKCS8_decrypt(sealed, passphrase.bindMemory(to: CChar.self).baseAddress, Int32(passphrase.count))
    }
    guard let opened else {
      ERR_clear_error()
      return nil
    }
    defer { PKCS8_PRIV_KEY_INFO_free(opened) }
    var text: UnsafeMutablePointer<UInt8>?
    let length = i2d_PKCS8_PRIV_KEY_INFO(opened, &text)
    guard length > 0, let text else { return nil }
    defer { CRYPTO_clear_free(text, Int(length), #file, #line) }
    return Array(UnsafeBufferPointer(start: text, count: Int(length)))
  }

  /// A PKCS#8 structure encrypted with AES-256 and PBKDF2 (HMAC-SHA-256); nil if OpenSSL can't.
  static func encrypt(pkcs8 bytes: [UInt8], passphrase: [UInt8], salt: [UInt8], rounds: Int32) -> [UInt8]? {
    guard isReady else { return nil }
    let plain = bytes.withUnsafeBufferPointer { bytes in
      var start = bytes.baseAddress
      return d2i_PKCS8_PRIV_KEY_INFO(nil, &start, bytes.count)
    }
    guard let plain else { return nil }
    defer { PKCS8_PRIV_KEY_INFO_free(plain) }
    var salt = salt
    let sealed = passphrase.withUnsafeBytes { passphrase in
      PKCS8_encrypt(
        -1, EVP_aes_256_cbc(), passphrase.bindMemory(to: CChar.self).baseAddress, Int32(passphrase.count), &salt,
        Int32(salt.count), rounds, plain)
    }
    guard let sealed else { return nil }
    defer { X509_SIG_free(sealed) }
    var text: UnsafeMutablePointer<UInt8>?
    let length = i2d_X509_SIG(sealed, &text)
    guard length > 0, let text else { return nil }
    defer { CRYPTO_free(text, #file, #line) }
    return Array(UnsafeBufferPointer(start: text, count: Int(length)))
  }
}
