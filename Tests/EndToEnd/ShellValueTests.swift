import Testing

/// What comes from the shell of whoever compiles may be a secret, and is in no file that claw writes.
@Suite("Values of the shell in workloads")
struct ShellValueTests {
  private static let pod = """
    x-claw: {pod: demo}
    services:
      train:
        image: demo/train:${TAG:-1}
        command: [train, --token, "${SHELL_TOKEN:-none}"]
        environment: [OPEN=1, "SHELL_TOKEN", "OTHER=${SHELL_TOKEN}"]
        env_file: [keys.env]
        x-claw:
          workload:
            gpus: 2
    """

  private func emit(_ target: String, _ pod: String = pod, waive: String? = nil) async throws -> Machine.Outcome {
    let folder = try Folder("shell")
    try folder.write("claw-pod.yml", pod)
    try folder.write("keys.env", "FILE_TOKEN=of-the-file\n")
    let words = ["workload", "emit", "\(folder.path)/claw-pod.yml#train", "--target", target]
    return await Machine.run(
      "/usr/bin/env", ["SHELL_TOKEN=of-the-shell", Machine.claw] + words + (waive.map { ["--waive", $0] } ?? []))
  }

  @Test("Variables are keys of a secret of the engine's", arguments: ["kubernetes@1.37", "json"])
  func variables(target: String) async throws {
    let found = try await emit(target, waive: "command")
    #expect(found.status == 0, "\(found.all)")
    for name in ["SHELL_TOKEN", "OTHER", "FILE_TOKEN", "train-env"] { #expect(found.output.contains(name)) }
    #expect(!found.output.contains("of-the-file"))
    // The command was waived; nothing else has the value.
    #expect(found.output.split(separator: "of-the-shell", omittingEmptySubsequences: false).count == 2)
  }

  @Test("An engine without secrets refuses them, and words of a command are shown before they are written")
  func refused() async throws {
    let found = try await emit("slurm")
    #expect(found.status == 3)
    #expect(found.errors.contains("can't express 'secrets'") && found.errors.contains("can't express 'command'"))
    #expect(!found.all.contains("of-the-shell"), "\(found.all)")
  }

  @Test("Keys of the service that a workload does not take are lost by name; all of a pod are checked")
  func leftKeys() async throws {
    let pod =
      Self.pod.replacing("    env_file:", with: "    user: \"7\"\n    volumes: [data:/data]\n    env_file:")
      + "\nvolumes: {data: }\n"
    let found = try await emit("kubernetes@1.37", pod, waive: "command")
    #expect(found.status == 3 && found.errors.contains("'service.user'") && found.errors.contains("'service.volumes'"))
    let waived = try await emit("kubernetes@1.37", pod, waive: "command,service.user,service.volumes")
    #expect(waived.status == 0 && waived.output.contains("waived: service.user:"), "\(waived.all)")
    let folder = try Folder("shell")
    try folder.write("claw-pod.yml", Self.pod)
    try folder.write("keys.env", "")
    let one = await Machine.claw([
      "workload", "check", "\(folder.path)/claw-pod.yml#train", "\(folder.path)/claw-pod.yml",
    ])
    #expect(one.status == 0 && one.output.split(separator: "\n").count == 2, "\(one.all)")
    let some = await Machine.claw(["workload", "check", "\(folder.path)/nothing.yml", "\(folder.path)/claw-pod.yml"])
    #expect(some.status == 3 && some.output.hasPrefix("train-"), "\(some.all)")
    let none = await Machine.claw(["workload", "check", "\(folder.path)/claw-pod.yml#tram"])
    #expect(none.status == 2 && none.errors.contains("there are: train"), "\(none.all)")
  }

  @Test("A workload is the same whatever the shell holds")
  func same() async throws {
    let folder = try Folder("shell")
    try folder.write(
      "claw-pod.yml",
      Self.pod.replacing("${TAG:-1}", with: "1").replacing(", --token, \"${SHELL_TOKEN:-none}\"", with: ""))
    try folder.write("keys.env", "")
    let words = ["workload", "check", "\(folder.path)/claw-pod.yml"]
    let unset = await Machine.claw(words)
    let set = await Machine.run("/usr/bin/env", ["SHELL_TOKEN=x", Machine.claw] + words)
    #expect(unset.status == 0 && unset.output == set.output, "\(unset.all) \(set.all)")
  }

  @Test("A block that says its own command and variables needs none of the service's")
  func own() async throws {
    let own = """

              command: [train]
              env: {SHELL_TOKEN: a, OTHER: b, FILE_TOKEN: c}
      """
    let found = try await emit("slurm", Self.pod + own)
    #expect(found.status == 0, "\(found.all)")
    #expect(!found.all.contains("of-the-shell"))
  }
}
