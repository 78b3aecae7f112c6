import JSON

/// Envelopes as Sigstore bundles of version 0.3, which hold exactly one signature and no name of its key.
package enum SigstoreBundle {
  /// The bundle of an envelope; nil if it has not exactly one signature, which must be the key's.
  package static func bytes(_ envelope: Envelope, _ key: PublicKey) -> [UInt8]? {
    guard envelope.signatures.count == 1, let signature = envelope.signatures.first,
      envelope.signers(among: [key]) == [key]
    else { return nil }
    let value: JSONValue = [
      "dsseEnvelope": [
        "payload": .string(Base64.encode(envelope.payload)), "payloadType": .string(envelope.payloadType),
        "signatures": [["keyid": "", "sig": .string(Base64.encode(signature.bytes))]],
      ],
      "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
      "verificationMaterial": ["publicKey": ["hint": .string(Base64.encode(Digest.sha256(key.spki)))]],
    ]
    return try? CanonicalJSON.bytes(value)
  }

  /// The envelope of a bundle; nil if it is none with one DSSE signature.
  package static func envelope(_ bytes: [UInt8]) -> Envelope? {
    guard let value = try? JSONParser.parse(bytes[...], strict: true, maximumDepth: 16),
      value["mediaType"]?.string == "application/vnd.dev.sigstore.bundle.v0.3+json", let body = value["dsseEnvelope"],
      let payload = body["payload"]?.string.flatMap({ Base64.decode($0) }), let type = body["payloadType"]?.string,
      let signatures = body["signatures"]?.array, signatures.count == 1, signatures[0]["keyid"]?.string ?? "" == "",
      let signature = signatures[0]["sig"]?.string.flatMap({ Base64.decode($0) })
    else { return nil }
    var envelope = Envelope(payloadType: type, payload: payload)
    envelope.signatures = [.init(keyID: "", bytes: signature)]
    return envelope
  }
}
