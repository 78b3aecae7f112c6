import Source
import Canonical
import JSON
import Policy

extension TrustRoot {
  /// The document in canonical JSON.
  var predicate: [UInt8] {
    let keys = keys.sorted { $0.key.id.utf8.lexicographicallyPrecedes($1.key.id.utf8) }.map { key -> [UInt8] in
      var object = CanonicalObject()
      object.add("keyid", key.key.id)
      object.add("public", Base64.encode(key.key.spki))
      if let start = key.notBefore { object.add("not_before", Timestamp.text(start)) }
      if let end = key.expires { object.add("expires", Timestamp.text(end)) }
      if key.isRevoked { object.add("revoked", true) }
      return object.bytes
    }
    var grants = CanonicalObject()
    for role in Role.allCases {
      guard let grant = roles[role] else { continue }
      var object = CanonicalObject()
      let ids = grant.keyIDs.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      object.add("keyids", canonical: CanonicalObject.array(ids.map { Array("\"\($0)\"".utf8) }))
      object.add("threshold", grant.threshold)
      grants.add(role.rawValue, canonical: object.bytes)
    }
    var object = CanonicalObject()
    object.add("version", version)
    object.add("expires", Timestamp.text(expires))
    object.add("keys", canonical: CanonicalObject.array(keys))
    object.add("roles", canonical: grants.bytes)
    return object.bytes
  }

  /// Reads the document; nil unless writing it again gives the same bytes, which leaves no room for what is not known.
  init?(predicate bytes: [UInt8]) {
    guard let value = try? JSONParser.parse(bytes[...], strict: true), let version = value["version"]?.integer,
      version > 0,
      let expires = value["expires"]?.string.flatMap(Timestamp.exactSeconds), let list = value["keys"]?.array,
      let grants = value["roles"]?.members
    else { return nil }
    var keys: [TrustedKey] = []
    for entry in list {
      guard let spki = entry["public"]?.string.flatMap({ Base64.decode($0) }), let key = try? PublicKey(spki: spki)
      else { return nil }
      keys.append(
        TrustedKey(
          key, notBefore: entry["not_before"]?.string.flatMap(Timestamp.exactSeconds),
          expires: entry["expires"]?.string.flatMap(Timestamp.exactSeconds), isRevoked: entry["revoked"]?.bool ?? false)
      )
    }
    guard Set(keys.map { $0.key.id }).count == keys.count else { return nil }
    var roles: [Role: Grant] = [:]
    for grant in grants {
      guard let role = Role(rawValue: grant.name), let ids = grant.value["keyids"]?.array?.compactMap(\.string),
        let threshold = grant.value["threshold"]?.integer, Set(ids).count == ids.count,
        (1...max(ids.count, 1)).contains(threshold),
        ids.allSatisfy({ id in keys.contains { $0.key.id == id } })
      else { return nil }
      roles[role] = Grant(keyIDs: ids, threshold: threshold)
    }
    self.init(version: version, expires: expires, keys: keys, roles: roles)
    guard roles[.root] != nil, predicate == bytes else { return nil }
  }
}
