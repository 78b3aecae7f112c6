import Testing

extension Folder {
  /// Runs claw in the folder, with variables; those that steer docker are unset.
  func claw(_ words: [String], _ variables: [String] = []) async -> Machine.Outcome {
    let line = "cd \"$1\" && shift && unset DOCKER_HOST DOCKER_CONTEXT DOCKER_CONFIG && exec \"$@\""
    return await Machine.run(
      "/bin/sh", ["-c", line, "sh", path, "/usr/bin/env"] + variables + [Machine.claw] + words, timeout: 60)
  }

  /// Makes `bin/docker`, a script that answers by a `case` over its arguments; what it has no answer for fails.
  func fakeDocker(_ cases: String) async throws {
    let other = "*) echo \"no answer for $*\" >&2; exit 1 ;;"
    try write("docker.sh", "#!/bin/bash\ncase \"$*\" in\n\(cases)\n\(other)\nesac\n")
    // Another process makes the file that is run: what anybody has open for writing can't be.
    let copy = "install -D -m 755 \"$1/docker.sh\" \"$1/bin/docker\""
    let made = await Machine.run("/bin/sh", ["-c", copy, "sh", path])
    try #require(made.status == 0, "\(made.all)")
  }
}
