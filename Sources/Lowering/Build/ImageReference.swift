import Source

/// An image reference as Docker reads it.
///
/// Source: the grammar of distribution's `reference` package, with Docker's defaults for a missing registry.
package struct ImageReference: Sendable, Equatable {
  /// The registry; `docker.io` if none is written.
  package var domain: String
  /// The repository's path; `library/x` for Docker's own images.
  package var path: String
  /// The tag.
  package var tag: String?
  /// The digest.
  package var digest: String?

  /// Why a text is no image reference, in words for people.
  package struct Failure: Error, Equatable {
    /// The reason.
    package var message: String
  }

  /// Reads a reference.
  package init(_ text: String) throws(Failure) {
    let bytes = Array(text.utf8)
    if bytes.isEmpty { throw Failure(message: "the image name is empty") }
    if bytes.count == 64, bytes.allSatisfy(\.isLowerHexDigit) {
      throw Failure(message: "a bare 64-digit image id is no image name")
    }
    var rest = bytes[...]
    var domain = Array("docker.io".utf8)
    if let slash = bytes.firstIndex(of: 0x2F) {
      let head = bytes[..<slash]
      let isDomain =
        head.contains(0x2E) || head.contains(0x3A) || head.elementsEqual("localhost".utf8)
        || head.contains { $0 >= 0x41 && $0 <= 0x5A }
      if isDomain {
        domain = Array(head)
        rest = bytes[(slash + 1)...]
      }
    }
    if domain.elementsEqual("index.docker.io".utf8) { domain = Array("docker.io".utf8) }
    if let at = rest.firstIndex(of: 0x40) {
      let text = String(decoding: rest[(at + 1)...], as: UTF8.self)
      guard Self.isDigest(text) else { throw Failure(message: "'\(text)' is no image digest") }
      digest = text
      rest = rest[..<at]
    }
    if let colon = rest.lastIndex(of: 0x3A), !rest[colon...].contains(0x2F) {
      let tag = rest[(colon + 1)...]
      guard Self.isTag(tag) else {
        throw Failure(message: "'\(String(decoding: tag, as: UTF8.self))' is no image tag")
      }
      self.tag = String(decoding: tag, as: UTF8.self)
      rest = rest[..<colon]
    }
    if rest.contains(where: { $0 >= 0x41 && $0 <= 0x5A }) {
      throw Failure(message: "the image name '\(String(decoding: rest, as: UTF8.self))' must be lower-case")
    }
    guard Self.isPath(rest), Self.isDomain(domain[...]) else {
      throw Failure(message: "'\(text)' is no image name")
    }
    self.domain = String(decoding: domain, as: UTF8.self)
    path = String(decoding: rest, as: UTF8.self)
    if self.domain == "docker.io", !rest.contains(0x2F) { path = "library/" + path }
    guard path.utf8.count <= 255 else { throw Failure(message: "the image name is longer than 255 characters") }
  }

  /// The reference in full, with `latest` where neither tag nor digest is written.
  package var description: String {
    let name = "\(domain)/\(path)"
    if let digest { return name + (tag.map { ":" + $0 } ?? "") + "@" + digest }
    return "\(name):\(tag ?? "latest")"
  }

  /// `sha256:…`, `sha384:…` or `sha512:…` with all of its lower-case digits.
  package static func isDigest(_ text: String) -> Bool {
    let parts = text.utf8.split(separator: 0x3A, maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let length = ["sha256": 64, "sha384": 96, "sha512": 128][String(Substring(parts[0]))] else {
      return false
    }
    return parts[1].count == length && parts[1].allSatisfy(\.isLowerHexDigit)
  }

  private static func isTag(_ tag: ArraySlice<UInt8>) -> Bool {
    guard let first = tag.first, first != 0x2E, first != 0x2D, tag.count <= 128 else { return false }
    return tag.allSatisfy { $0.isASCIIAlphanumeric || $0 == 0x5F || $0 == 0x2E || $0 == 0x2D }
  }

  /// Components between slashes: alphanumerics with single separators `.`, `_`, `__` or a run of `-` inside.
  private static func isPath(_ path: ArraySlice<UInt8>) -> Bool {
    path.split(separator: 0x2F, omittingEmptySubsequences: false).allSatisfy { component in
      guard let first = component.first, let last = component.last, first.isASCIIAlphanumeric, last.isASCIIAlphanumeric
      else {
        return false
      }
      var index = component.startIndex
      while index < component.endIndex {
        let byte = component[index]
        if byte.isASCIIAlphanumeric {
          index += 1
          continue
        }
        let run = component[index...].prefix { !$0.isASCIIAlphanumeric }
        let isSeparator =
          run.allSatisfy { $0 == 0x2D } || (run.count == 1 && (byte == 0x2E || byte == 0x5F))
          || run.elementsEqual([0x5F, 0x5F])
        if !isSeparator { return false }
        index += run.count
      }
      return true
    }
  }

  /// A host name or a bracketed IPv6 address, and perhaps a port.
  private static func isDomain(_ domain: ArraySlice<UInt8>) -> Bool {
    var host = domain
    if let colon = domain.lastIndex(of: 0x3A), domain.last != 0x5D {
      let port = domain[(colon + 1)...]
      guard !port.isEmpty, port.allSatisfy({ $0.isASCIIDigit }) else { return false }
      host = domain[..<colon]
    }
    if host.first == 0x5B {
      return host.count > 2 && host.last == 0x5D
        && host.dropFirst().dropLast().allSatisfy { ($0 | 0x20).isLowerHexDigit || $0 == 0x3A }
    }
    return host.split(separator: 0x2E, omittingEmptySubsequences: false).allSatisfy { part in
      guard let first = part.first, let last = part.last else { return false }
      return first.isASCIIAlphanumeric && last.isASCIIAlphanumeric
        && part.allSatisfy { $0.isASCIIAlphanumeric || $0 == 0x2D }
    }
  }
}
