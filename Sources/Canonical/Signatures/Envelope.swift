package import JSON

/// A DSSE envelope, version 1: a payload, its type, and signatures over both.
package struct Envelope: Sendable, Equatable {
  /// A signature, and the name of the key that is said to have made it: a hint, nothing more.
  package struct Signature: Sendable, Equatable {
    package var keyID: String
    package var bytes: [UInt8]

    package init(keyID: String, bytes: [UInt8]) {
      self.keyID = keyID
      self.bytes = bytes
    }
  }

  /// What the payload is.
  package var payloadType: String
  /// The bytes that were signed; they are read only after a signature over them was found right.
  package var payload: [UInt8]
  package var signatures: [Signature] = []

  /// The type of in-toto statements.
  package static let statementType = "application/vnd.in-toto+json"
  /// Most signatures that are looked at: each costs a verification.
  package static let signatureLimit = 16

  package init(payloadType: String = statementType, payload: [UInt8]) {
    self.payloadType = payloadType
    self.payload = payload
  }

  /// What a signature is over: type and payload with their lengths (the pre-authentication encoding).
  package var signedBytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(payload.count + 80)
    bytes += "DSSEv1 \(payloadType.utf8.count) ".utf8
    bytes += payloadType.utf8
    bytes += " \(payload.count) ".utf8
    bytes += payload
    return bytes
  }

  /// Adds a key's signature.
  package mutating func sign(_ signer: some Signer) throws(KeyFailure) {
    signatures.append(Signature(keyID: signer.publicKey.id, bytes: try signer.sign(signedBytes)))
  }

  /// The keys whose signatures are right, each once however often it signed.
  ///
  /// - Parameter message: what was signed, if it is not the envelope's own text.
  package func signers(among keys: [PublicKey], message: [UInt8]? = nil) -> [PublicKey] {
    let message = message ?? signedBytes
    var found: [PublicKey] = []
    for signature in signatures {
      for key in keys where !found.contains(key) && (signature.keyID.isEmpty || signature.keyID == key.id) {
        guard key.verifies(signature.bytes, message) else { continue }
        found.append(key)
        break
      }
    }
    return found
  }

  // MARK: JSON

  /// The envelope as canonical JSON.
  package var json: [UInt8] {
    let signatures = signatures.map { signature -> [UInt8] in
      var object = CanonicalObject()
      object.add("keyid", signature.keyID)
      object.add("sig", base64: signature.bytes)
      return object.bytes
    }
    var object = CanonicalObject()
    object.add("payload", base64: payload)
    object.add("payloadType", payloadType)
    object.add("signatures", canonical: CanonicalObject.array(signatures))
    return object.bytes
  }

  /// Reads an envelope: exactly its three members, and standard Base64 with padding.
  package init(json bytes: [UInt8]) throws(JSONFailure) {
    self.init(payloadType: "", payload: [])
    try JSONCursor.read(bytes) { (cursor) throws(JSONFailure) in try read(&cursor) }
  }

  private mutating func read(_ cursor: inout JSONCursor) throws(JSONFailure) {
    var seen: [String] = []
    var (payload, signatures): ([UInt8], [Signature]) = ([], [])
    var type = ""
    try cursor.object { (cursor, decoded, raw) throws(JSONFailure) in
      let name = MemberName.text(decoded, raw)
      guard !seen.contains(name) else { throw cursor.failure("the member '\(name)' is there twice") }
      seen.append(name)
      switch name {
      case "payload": payload = try MemberName.base64(&cursor)
      case "payloadType": type = try cursor.string()
      case "signatures":
        try cursor.array { (cursor) throws(JSONFailure) in
          guard signatures.count < Self.signatureLimit else {
            throw cursor.failure("more than \(Self.signatureLimit) signatures")
          }
          signatures.append(try Self.signature(&cursor))
        }
      default: throw cursor.failure("an envelope has no member '\(name)'")
      }
    }
    guard seen.count == 3 else { throw cursor.failure("an envelope has payload, payloadType and signatures") }
    self.payload = payload
    payloadType = type
    self.signatures = signatures
  }

  private static func signature(_ cursor: inout JSONCursor) throws(JSONFailure) -> Signature {
    var seen: [String] = []
    var signature = Signature(keyID: "", bytes: [])
    try cursor.object { (cursor, decoded, raw) throws(JSONFailure) in
      let name = MemberName.text(decoded, raw)
      guard !seen.contains(name) else { throw cursor.failure("the member '\(name)' is there twice") }
      seen.append(name)
      switch name {
      case "keyid": signature.keyID = try cursor.string()
      case "sig": signature.bytes = try MemberName.base64(&cursor)
      default: throw cursor.failure("a signature has no member '\(name)'")
      }
    }
    guard seen.contains("sig") else { throw cursor.failure("a signature has no sig") }
    return signature
  }
}

/// Names and values that a cursor meets.
enum MemberName {
  static func text(_ decoded: ArraySlice<UInt8>?, _ raw: UnsafeRawBufferPointer) -> String {
    decoded.map { String(decoding: $0, as: UTF8.self) } ?? String(decoding: raw, as: UTF8.self)
  }

  static func base64(_ cursor: inout JSONCursor) throws(JSONFailure) -> [UInt8] {
    guard let bytes = Base64.decode(try cursor.stringBytes()) else { throw cursor.failure("no Base64") }
    return bytes
  }
}
