import JSON
import Processes
import TestSupport
import Testing

/// The Python packages that stand for Kubernetes (scripts/bootstrap installs them).
enum KubernetesPython {
  private static let python = Repository.path(".build/kubernetes-python/bin/python")

  /// What a script of this folder makes of its input.
  static func run(_ script: String, input: String) async throws -> ChildProcess.Result {
    try await OwnThread.run {
      try ChildProcess(python, [Repository.path("Tests/Kubernetes/\(script)")])
        .capture(input: Array(input.utf8), timeout: .seconds(240))
    }
  }

  /// What is wrong with manifests, each for a version of Kubernetes, and how many documents they have.
  static func findings(_ manifests: [(minor: Int, bytes: [UInt8])]) async throws -> (findings: [String], documents: Int)
  {
    let input = manifests.enumerated().map { index, manifest -> JSONValue in
      [
        "version": .string("1.\(manifest.minor)"), "name": .string(String(index)),
        "text": .string(String(decoding: manifest.bytes, as: UTF8.self)),
      ]
    }
    let result = try await run("manifests.py", input: JSONValue.array(input).text())
    var said = result.text.split(separator: "\n").map(String.init)
    let count = try #require(said.popLast().flatMap { Int($0) }, "\(result.complaint)")
    #expect((result.status == 0) == said.isEmpty)
    return (said, count)
  }
}
