package import JSON
import Processes
import Runtime

/// A headless browser, driven by Tests/CllamaDashTests/Fixtures/browse.py.
package enum Browsing {
  /// The browser of this machine.
  package static let chromium = Programs.find("chromium", environment: ProcessEnvironment.current)
  /// Where screenshots are kept, for people.
  package static let folder = Repository.path(".build/screenshots")

  package struct Failure: Error {
    package var message: String
  }

  /// Goes to a page and does what is asked; the value of each.
  package static func see(_ url: String, _ checks: [JSONValue]) throws -> [JSONValue] {
    let script = Repository.path("Tests/CllamaDashTests/Fixtures/browse.py")
    let words = ["-c", "mkdir -p \"$3\" && exec python3 \"$1\" \"$2\" \"$3\"", "sh", script, url, folder]
    let result = try ChildProcess("/bin/sh", words).capture(
      input: Array(JSONValue.array(checks).text().utf8), timeout: .seconds(90))
    guard result.status == 0 else { throw Failure(message: "\(result.complaint)\n\(result.text)") }
    return try result.text.split(separator: "\n").map { try JSONParser.parse($0.utf8)["value"] ?? .null }
  }
}
