package import Diagnostics

/// The rules that the meaning of Claw directives can break.
package enum DirectiveRules {
  package static let duplicate = Rule(
    "clawfile/duplicate-directive", .error, "A directive that may stand once is there twice in a stage",
    explanation: "Remove one of the two. Another stage may repeat it: the stage built on top wins.",
    bad: "FROM scratch\nCLAW_TYPE generic\nAGENT a.md\nAGENT AGENTS.md\n",
    good: "FROM scratch\nCLAW_TYPE generic\nAGENT AGENTS.md\n")

  package static let missingType = Rule(
    "clawfile/missing-type", .error, "A stage has Claw directives but no CLAW_TYPE",
    explanation: """
      CLAW_TYPE says which runner the image holds, and with it where its contract, its skills and its state belong. Write \
      'CLAW_TYPE generic' for a program of your own.
      """,
    bad: "FROM scratch\nAGENT AGENTS.md\n", good: "FROM scratch\nCLAW_TYPE generic\nAGENT AGENTS.md\n")

  package static let unknownType = Rule(
    "clawfile/unknown-type", .error, "CLAW_TYPE names a runner that claw does not know",
    explanation:
      "The runner types are data inside claw. Use 'generic' for a program that reads its paths from variables.",
    bad: "FROM scratch\nCLAW_TYPE openclow\n", good: "FROM scratch\nCLAW_TYPE openclaw\n")

  package static let path = Rule(
    "clawfile/path", .error, "A file's path leads out of the pod's folder or can't be one",
    explanation: """
      Contracts and skills lie below the pod file's folder on the host: the path is relative, without '..', does not start \
      with '-', and has at most 255 bytes.
      """,
    bad: "FROM scratch\nCLAW_TYPE generic\nAGENT ../../etc/passwd\n",
    good: "FROM scratch\nCLAW_TYPE generic\nAGENT AGENTS.md\n")

  package static let contractName = Rule(
    "clawfile/contract-name", .info, "The contract is not called what its runner expects",
    explanation: "claw mounts it where the runner looks, under the name that it expects; this is only for readers.",
    bad: "FROM scratch\nCLAW_TYPE claude-code\nAGENT rules.md\n",
    good: "FROM scratch\nCLAW_TYPE claude-code\nAGENT CLAUDE.md\n")

  package static let key = Rule(
    "clawfile/key", .error, "A slot, platform or mode has characters that it can't have",
    explanation: "It becomes part of a label's key: a lower-case letter or digit, then up to 62 of those, '-' and '_'.",
    bad: "FROM scratch\nCLAW_TYPE generic\nMODEL a=b x/y\n",
    good: "FROM scratch\nCLAW_TYPE generic\nMODEL a-b x/y\n")

  package static let model = Rule(
    "clawfile/model-reference", .error, "A model is not written provider/model",
    explanation: "The sidecar picks the provider by the part before the first '/'.",
    bad: "FROM scratch\nCLAW_TYPE generic\nMODEL primary gpt\n",
    good: "FROM scratch\nCLAW_TYPE generic\nMODEL primary openai/gpt-5\n")

  package static let cllama = Rule(
    "clawfile/cllama-stage", .error, "A part of CLLAMA is no stage of the sidecar",
    explanation: """
      Behind the first word, which names the stack, come stages written stage/profile: purpose, policy, tone and \
      obfuscation.
      """,
    bad: "FROM scratch\nCLAW_TYPE generic\nCLLAMA passthrough mood/dry\n",
    good: "FROM scratch\nCLAW_TYPE generic\nCLLAMA passthrough tone/dry\n")

  package static let schedule = Rule(
    "clawfile/schedule", .error, "INVOKE's schedule can't be read",
    explanation: """
      Five fields: minute 0-59, hour 0-23, day 1-31, month 1-12 or jan-dec, weekday 0-7 or sun-sat; each '*', a number, \
      a range, a list, and '/step' behind '*' or a range. Or @hourly, @daily, @weekly, @monthly. 'TZ=Area/City' may stand \
      in front.
      """,
    bad: "FROM debian:bookworm-slim\nCLAW_TYPE generic\nCMD [\"x\"]\nINVOKE 61 * * * * tick\n",
    good: "FROM debian:bookworm-slim\nCLAW_TYPE generic\nCMD [\"x\"]\nINVOKE 1 * * * * tick\n")

  package static let neverFires = Rule(
    "clawfile/schedule-never-fires", .warning, "INVOKE's schedule names a day that does not exist",
    explanation: "No month that the schedule names has such a day, so it never fires.",
    bad: "FROM debian:bookworm-slim\nCLAW_TYPE generic\nCMD [\"x\"]\nINVOKE 0 0 31 2 * tick\n",
    good: "FROM debian:bookworm-slim\nCLAW_TYPE generic\nCMD [\"x\"]\nINVOKE 0 0 28 2 * tick\n")

  package static let message = Rule(
    "clawfile/message-too-long", .error, "A message is longer than a program can be handed",
    explanation: "The message is handed over in a variable too, which Linux limits: at most 64 KiB.")

  package static let surface = Rule(
    "clawfile/surface", .error, "A surface is no URI that claw knows",
    explanation: """
      A surface is volume://name, host:///absolute/path, service://name, channel://platform or egress://host; volumes and \
      host paths take read-only (ro) or read-write (rw) behind it, the others nothing.
      """,
    bad: "FROM scratch\nCLAW_TYPE generic\nSURFACE notes\n",
    good: "FROM scratch\nCLAW_TYPE generic\nSURFACE volume://notes\n")

  package static let manager = Rule(
    "clawfile/unknown-manager", .error, "TRACK names a package manager that claw can't watch",
    explanation: "The wrappers know apt, pip and npm.",
    bad: "FROM debian:bookworm-slim\nCLAW_TYPE generic\nCMD [\"x\"]\nTRACK brew\n",
    good: "FROM debian:bookworm-slim\nCLAW_TYPE generic\nCMD [\"x\"]\nTRACK apt\n")

  package static let privilege = Rule(
    "clawfile/privilege", .error, "PRIVILEGE has a mode or value that claw does not know",
    explanation: """
      The modes are 'runtime USER[:GROUP]', 'worker USER', 'rootfs rw', 'cap NAME', 'egress open' and 'docker-socket \
      true'. Only cap may be repeated.
      """,
    bad: "FROM scratch\nCLAW_TYPE generic\nPRIVILEGE root yes\n",
    good: "FROM scratch\nCLAW_TYPE generic\nPRIVILEGE runtime 1000:1000\n")

  package static let dangerousPrivilege = Rule(
    "clawfile/dangerous-privilege", .warning, "A privilege hands over the host",
    explanation: """
      With Docker's socket or a capability such as SYS_ADMIN, the program in the container can become root on the host. \
      The sandbox ends there.
      """,
    bad: "FROM scratch\nCLAW_TYPE generic\nPRIVILEGE docker-socket true\n",
    good: "FROM scratch\nCLAW_TYPE generic\nPRIVILEGE runtime 1000:1000\n")

  package static let platform = Rule(
    "clawfile/unsupported-platform", .error, "The runner can't appear on the platform",
    explanation: "Each runner type brings connections to some chat platforms; this one is not among them.",
    bad: "FROM scratch\nCLAW_TYPE openclaw\nHANDLE irc\n", good: "FROM scratch\nCLAW_TYPE openclaw\nHANDLE discord\n")

  package static let noDirectives = Rule(
    "clawfile/no-directives", .info, "A Clawfile has no Claw directive",
    explanation: "It is a plain Dockerfile, and Dockerfile.generated will be the same bytes.")

  package static let unknownEntrypoint = Rule(
    "clawfile/unknown-entrypoint", .error, "What the image runs is not known",
    explanation: """
      CONFIGURE and INVOKE need claw's entrypoint in front of the image's own, which Docker forgets when an entrypoint is \
      set: claw must write both again. Say ENTRYPOINT or CMD in the Clawfile, or let 'claw lock' note what the base \
      image has.
      """,
    bad: "FROM example.com/runner:1\nCLAW_TYPE generic\nCONFIGURE true\n",
    good: "FROM example.com/runner:1\nCLAW_TYPE generic\nCONFIGURE true\nENTRYPOINT [\"/run\"]\n")

  package static let noShell = Rule(
    "clawfile/no-shell", .error, "An image built from nothing has no shell",
    explanation: """
      CONFIGURE, INVOKE and TRACK are shell scripts, and FROM scratch brings no /bin/sh. Copy one in ('COPY \
      --from=busybox /bin/sh /bin/sh'), or start from an image that has one.
      """,
    bad: "FROM scratch\nCLAW_TYPE generic\nCONFIGURE true\nCMD [\"/run\"]\n",
    good: "FROM debian:bookworm-slim\nCLAW_TYPE generic\nCONFIGURE true\nCMD [\"/run\"]\n")

  /// All of them.
  package static let all = [
    duplicate, missingType, unknownType, path, contractName, key, model, cllama, schedule, neverFires, message, surface,
    manager, privilege, dangerousPrivilege, platform, noDirectives, unknownEntrypoint, noShell,
  ]
}
