package import Diagnostics

/// The rules about what only a run shows: no file can break them by itself, so they have no example.
package enum EngineRules {
  /// All of them.
  package static let all = [buildFailed, notYet, keyFile]

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

  /// A key that is a file, and not the sidecar's to read.
  package static let keyFile = Rule(
    "pod/key-file", .error, "The sidecar can't read the file of a key",
    explanation: """
      'key-file' is mounted into the sidecar as it is. The sidecar is the user 65532, so that user must be able to read the \
      file; nobody else on the machine needs to. 'claw up' looks before it changes anything.
      """)
}
