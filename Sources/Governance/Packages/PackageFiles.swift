package import Canonical

/// The files of a package as bytes. Whoever makes this value has opened them; nothing here does.
package struct PackageFiles: Sendable, Equatable {
  /// Most bytes of one file.
  package static let fileLimit = 16 << 20
  /// Most bytes of all files.
  package static let limit = 64 << 20
  /// Most files.
  package static let countLimit = 4096

  /// A file that is not looked at, and why.
  package struct Refusal: Sendable, Equatable {
    package var name: String
    package var reason: String

    package init(name: String, reason: String) {
      self.name = name
      self.reason = reason
    }
  }

  /// Bytes by name; names are relative, with `/` between.
  package var files: [String: [UInt8]]
  /// What lies in the folder and is no file of a package: links, odd names, what is too large.
  package var refusals: [Refusal]

  package init(_ files: [String: [UInt8]], refusals: [Refusal] = []) {
    self.files = files
    self.refusals = refusals
  }

  /// The name of the file that says what was sealed.
  package static let seal = "sealed-change-package.json"
  /// The name of the file with the signatures over all others.
  package static let signatures = "seal.dsse.json"

  /// Whether a part of a name may stand in a package: nothing that a shell, a terminal or another system's file names
  /// could take for something else.
  package static func isName(_ name: String) -> Bool {
    guard 1...100 ~= name.utf8.count, name != ".", name != ".." else { return false }
    return TextForms.withBytes(name) { bytes in
      bytes.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
        default: false
        }
      }
    }
  }

  /// The names in the order of their bytes.
  var names: [String] { files.keys.sorted { CanonicalJSON.isBefore($0, $1) } }

  /// Every file but the signatures, with the SHA-256 of its bytes, in the order of their names.
  package var digests: [Statement.Subject] { digests(names) }

  /// The same where the names in their order are at hand.
  func digests(_ names: [String]) -> [Statement.Subject] {
    names.filter { $0 != Self.signatures }.map { name in
      Statement.Subject(name: name, sha256: Digest.sha256Hex(files[name] ?? []))
    }
  }

  /// One digest for all files: SHA-256 of the canonical JSON object that has each file's digest by its name.
  package var contentsHash: String { Self.contentsHash(digests) }

  static func contentsHash(_ digests: [Statement.Subject]) -> String {
    var object = CanonicalObject()
    for digest in digests { object.add(digest.name, digest.sha256) }
    return Digest.sha256Hex(object.bytes)
  }
}
