import Canonical
import Processes
package import Source

/// Fetches rulesets with the system's curl, so that claw links no HTTP stack.
///
/// Only from hosts that the user allows, only by https, without redirects, and only what has the digest that the ruleset
/// pins; so what is fetched can be as hostile as it likes.
package struct CurlRulesets: RemoteFiles {
  /// The hosts that may be asked.
  package var allowedHosts: [String]
  /// Most bytes of an answer.
  static let sizeLimit = 1 << 20
  /// Most seconds for an answer.
  static let timeLimit = 30

  package init(allowedHosts: [String]) { self.allowedHosts = allowedHosts }

  package func fetch(_ address: String, sha256: String) throws(RemoteFailure) -> SourceFile {
    let authority = address.dropFirst("https://".count).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    let host = String(authority.prefix { $0 != ":" }).lowercased()
    guard !authority.contains("@"), !host.isEmpty else { throw RemoteFailure(reason: "has no plain host in it") }
    guard allowedHosts.contains(where: { $0.lowercased() == host }) else {
      throw RemoteFailure(reason: "is on a host that is not allowed", help: "allow it with --allow-host \(host)")
    }
    let bytes = try ask(address)
    guard Digest.sha256Hex(bytes) == sha256 else {
      throw RemoteFailure(
        reason: "has other content than the ruleset pins",
        help: "if the change is meant, pin sha256=\(Digest.sha256Hex(bytes))")
    }
    return SourceFile(path: address, bytes: bytes)
  }

  private func ask(_ address: String) throws(RemoteFailure) -> [UInt8] {
    // Nothing of the user's configuration, no other protocol, no redirect: what is asked is what the ruleset says.
    let arguments = [
      "--disable", "--silent", "--show-error", "--fail", "--proto", "=https", "--max-redirs", "0", "--max-time",
      String(Self.timeLimit), "--max-filesize", String(Self.sizeLimit), "--", address,
    ]
    guard let curl = Programs.find("curl", environment: ProcessEnvironment.current) else {
      throw RemoteFailure(
        reason: "can't be fetched: there is no curl", help: "install curl, or keep a copy beside the ruleset")
    }
    let result: ChildProcess.Result
    do throws(ChildProcess.Failure) {
      result = try ChildProcess(curl, arguments).capture(
        limit: Self.sizeLimit + 1, timeout: .seconds(Self.timeLimit + 5))
    } catch {
      throw RemoteFailure(reason: error == .tooMuchOutput ? "has more than 1 MiB" : "can't be fetched")
    }
    guard result.status == 0 else {
      throw RemoteFailure(reason: "can't be fetched: \(result.complaint.isEmpty ? "curl failed" : result.complaint)")
    }
    guard result.output.count <= Self.sizeLimit else { throw RemoteFailure(reason: "has more than 1 MiB") }
    return result.output
  }
}
