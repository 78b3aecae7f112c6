package import Diagnostics

/// The rules about what only a run shows: no file can break them by itself, so they have no example.
package enum EngineRules {
  /// All of them.
  package static let all = [buildFailed, notYet]

  /// A build step failed.
  package static let buildFailed = Rule(
    "engine/build-failed", .error, "An instruction failed when the image was built",
    explanation: """
      Docker ran the generated file and an instruction of it failed. The place shown is the line of your own file that \
      it comes from; what the instruction printed stands above.
      """)

  /// The file is right, but what it asks for is not built yet.
  package static let notYet = Rule(
    "pod/not-yet", .error, "The pod asks for something that claw can't do yet",
    explanation: """
      The file is understood and compiles, but what it asks for comes with a later version, and bringing the pod up \
      without it would be something else than what was asked for. Nothing was changed.
      """)
}
