package import Diagnostics

/// The rules about what only a run shows: no file can break them by itself, so they have no example.
package enum EngineRules {
  /// All of them.
  package static let all = [buildFailed]

  /// A build step failed.
  package static let buildFailed = Rule(
    "engine/build-failed", .error, "An instruction failed when the image was built",
    explanation: """
      Docker ran the generated file and an instruction of it failed. The place shown is the line of your own file that \
      it comes from; what the instruction printed stands above.
      """)
}
