package import IR
import Source

/// Reads surfaces: the same rules in Clawfiles and pods.
package enum SurfaceParser {
  /// Why a surface can't be read.
  package struct Failure: Error, Sendable {
    /// What is wrong.
    package var message: String
    /// What to do.
    package var help: String
    /// Whether it is about the mode and not the URI.
    package var isAboutMode = false
  }

  /// The surface that a URI and a mode are.
  package static func parse(_ uri: String, mode: String?) -> Result<Surface, Failure> {
    let kinds = Surface.Kind.allCases.map(\.rawValue)
    guard let colon = uri.utf8.firstIndex(of: 0x3A), uri[colon...].utf8.starts(with: "://".utf8) else {
      return .failure(
        Failure(
          message: "'\(uri)' has no scheme",
          help: "write it like 'volume://\(uri)'; the schemes are \(kinds.joined(separator: ", "))"))
    }
    let scheme = uri[..<colon].lowercased()
    let target = String(uri[uri.utf8.index(colon, offsetBy: 3)...])
    // 'mcp' is how some pods write a service that speaks MCP.
    guard let kind = Surface.Kind(rawValue: scheme == "mcp" ? "service" : scheme) else {
      let near = Suggestion.nearest(to: scheme, in: kinds)
      return .failure(
        Failure(
          message: "there are no '\(scheme)' surfaces",
          help: near.map { "did you mean '\($0)://\(target)'?" } ?? "the schemes are \(kinds.joined(separator: ", "))"))
    }
    if let problem = problem(kind, target) {
      return .failure(Failure(message: "'\(uri)' \(problem.0)", help: problem.1))
    }
    guard let mode else { return .success(Surface(kind: kind, target: target, access: nil)) }
    guard kind == .volume || kind == .host else {
      return .failure(
        Failure(
          message: "\(kind == .egress ? "an" : "a") \(kind.rawValue) surface takes no mode", help: "remove '\(mode)'",
          isAboutMode: true))
    }
    guard let access = access(mode) else {
      return .failure(
        Failure(message: "'\(mode)' is no access mode", help: "write 'read-only' or 'read-write'", isAboutMode: true))
    }
    return .success(Surface(kind: kind, target: target, access: access))
  }

  /// The access that a word means.
  package static func access(_ mode: String) -> Surface.Access? {
    switch mode.lowercased() {
    case "read-only", "ro": .readOnly
    case "read-write", "rw": .readWrite
    default: nil
    }
  }

  private static func problem(_ kind: Surface.Kind, _ target: String) -> (String, String)? {
    if target.isEmpty { return ("names nothing", "write what it is behind '://'") }
    switch kind {
    case .volume, .service, .channel:
      let isName =
        target.utf8.first?.isASCIIAlphanumeric == true && target.utf8.count <= 63
        && target.utf8.allSatisfy { $0.isASCIIAlphanumeric || "._-".utf8.contains($0) }
      return isName
        ? nil
        : (
          "has a name that \(kind.rawValue)s can't have",
          "use letters, digits, '.', '_' and '-', a letter or digit first"
        )
    case .host:
      if !FilePath.isAbsolute(target) { return ("is no absolute path", "write three slashes: 'host:///srv/data'") }
      if target.split(separator: "/").contains("..") { return ("has '..' in it", "write the path without") }
      return target.unicodeScalars.contains { $0.value < 0x20 } ? ("holds a control character", "remove it") : nil
    case .egress:
      let host = target.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      let isHost =
        !host[0].isEmpty && host[0].utf8.count <= 253
        && host[0].utf8.allSatisfy { $0.isASCIIAlphanumeric || "-.*".utf8.contains($0) }
      let isPort = host.count == 1 || (Int(host[1]).map { (1...65_535).contains($0) } ?? false)
      return isHost && isPort
        ? nil : ("is no host", "write a host name, '*.' in front for all below it, and a port if needed")
    }
  }
}
