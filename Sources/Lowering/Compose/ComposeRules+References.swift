package import Diagnostics

extension ComposeRules {
  private static func web(_ rest: String) -> String { "services:\n  web:\n    image: nginx\n\(rest)" }

  static let references = [
    noImage, undefinedService, undefinedNetwork, undefinedVolume, undefinedSecret, undefinedConfig, undefinedModel,
    dependencyCycle, exclusiveKeys, conflictingValues, fixedContainerName, duplicateMount, missingSource, misspeltClaw,
  ]

  /// A service can't be started.
  package static let noImage = Rule(
    "pod/no-image", .error, "A service has neither an image nor a build",
    explanation: "A service needs `image`, `build` or `provider`.",
    bad: "services:\n  web:\n    command: [nginx]\n", good: "services:\n  web:\n    image: nginx\n")

  /// A service was meant as a claw, and is none.
  package static let misspeltClaw = Rule(
    "pod/misspelt-claw", .warning, "A service's key looks like x-claw and is not",
    explanation: """
      To compose every key that starts with `x-` is the author's own, so `x-clav` is no error. But without `x-claw` a \
      service is no claw: it has no contract and no sandbox.
      """,
    bad: web("    x-clav: {}\n"), good: web("    x-cache: {}\n"))

  /// A service is named that isn't there.
  package static let undefinedService = Rule(
    "pod/undefined-service", .error, "A service is named that doesn't exist",
    explanation: """
      `depends_on`, `links`, `volumes_from`, `network_mode: service:…` and the like name a service of the pod that is not \
      there, or that no active profile has; a further context of a build names one that builds nothing. A dependency \
      that may be absent from the active profiles says `required: false`.
      """,
    bad: web("    depends_on: [db]\n"), good: web("    depends_on: [db]\n  db:\n    image: postgres\n"))

  /// A network is named that isn't there.
  package static let undefinedNetwork = Rule(
    "pod/undefined-network", .error, "A network is named that isn't declared",
    explanation: "Every network of a service is declared under the top-level `networks`; only `default` needn't be.",
    bad: web("    networks: [front]\n"), good: web("    networks: [front]\nnetworks:\n  front:\n"))

  /// A volume is named that isn't there.
  package static let undefinedVolume = Rule(
    "pod/undefined-volume", .error, "A volume is named that isn't declared",
    explanation: """
      Every named volume is declared under the top-level `volumes`. A source that is meant as a path starts with `.`, `/` \
      or `~`.
      """,
    bad: web("    volumes: [\"data:/data\"]\n"), good: web("    volumes: [\"data:/data\"]\nvolumes:\n  data:\n"))

  /// A secret is named that isn't there.
  package static let undefinedSecret = Rule(
    "pod/undefined-secret", .error, "A secret is named that isn't declared",
    explanation: "Every secret of a service or build is declared under the top-level `secrets`.",
    bad: web("    secrets: [key]\n"), good: web("    secrets: [key]\nsecrets:\n  key:\n    file: ./key\n"))

  /// A config is named that isn't there.
  package static let undefinedConfig = Rule(
    "pod/undefined-config", .error, "A config is named that isn't declared",
    explanation: "Every config of a service is declared under the top-level `configs`.",
    bad: web("    configs: [site]\n"), good: web("    configs: [site]\nconfigs:\n  site:\n    file: ./site\n"))

  /// A model is named that isn't there.
  package static let undefinedModel = Rule(
    "pod/undefined-model", .error, "A model is named that isn't declared",
    explanation: "Every model of a service is declared under the top-level `models`.",
    bad: web("    models: [llm]\n"), good: web("    models: [llm]\nmodels:\n  llm:\n    model: ai/smollm2\n"))

  /// Services wait for each other.
  package static let dependencyCycle = Rule(
    "pod/dependency-cycle", .error, "Services depend on each other in a circle",
    explanation: """
      No service of the circle could ever start. `links`, `volumes_from` and shared namespaces are dependencies too. \
      Delete one of them.
      """,
    bad: web("    depends_on: [db]\n  db:\n    image: postgres\n    depends_on: [web]\n"),
    good: web("    depends_on: [db]\n  db:\n    image: postgres\n"))

  /// Two keys that exclude each other.
  package static let exclusiveKeys = Rule(
    "pod/exclusive-keys", .error, "Two keys exclude each other",
    explanation: "Only one of the two keys can stand there. Delete the other.",
    bad: web("    network_mode: host\n    networks: [default]\n"), good: web("    network_mode: host\n"))

  /// Two keys say the same thing differently.
  package static let conflictingValues = Rule(
    "pod/conflicting-values", .error, "Two keys say the same thing differently",
    explanation: """
      Some settings can be made at two places, such as `scale` and `deploy.replicas`. If both are there, they have to be \
      equal. Delete one.
      """,
    bad: web("    scale: 2\n    deploy: {replicas: 3}\n"), good: web("    scale: 2\n"))

  /// A container's name is fixed but there are several.
  package static let fixedContainerName = Rule(
    "pod/fixed-container-name", .error, "Several containers would have the same name",
    explanation: "Names of containers are unique, so a service with `container_name` can't have several containers.",
    bad: web("    container_name: web\n    scale: 2\n"), good: web("    scale: 2\n"))

  /// Two mounts have the same target.
  package static let duplicateMount = Rule(
    "pod/duplicate-mount", .error, "Two mounts have the same target",
    explanation: "Only one volume, bind or tmpfs can be mounted at a path. Delete one or change its target.",
    bad: web("    volumes: [\"./a:/x\"]\n    tmpfs: /x\n"), good: web("    volumes: [\"./a:/x\"]\n    tmpfs: /y\n"))

  /// A secret or config has no content.
  package static let missingSource = Rule(
    "pod/missing-source", .error, "A secret or config doesn't say where its content is",
    explanation: """
      A secret has one of `file` and `environment`, a config one of `file`, `environment` and `content`, unless it is \
      `external`.
      """,
    bad: "services:\n  web:\n    image: nginx\nsecrets:\n  key: {}\n",
    good: "services:\n  web:\n    image: nginx\nsecrets:\n  key:\n    file: ./key\n")
}

// MARK: Files

extension ComposeRules {
  static let files = [missingFile, invalidEnvFile, undefinedBase, extendsCycle, includeCycle, tooManyFiles]

  /// A file that is named can't be read.
  package static let missingFile = Rule(
    "pod/missing-file", .error, "A file that is named can't be read",
    explanation: """
      `include`, `extends`, `env_file` and `label_file` name files beside the pod file. An environment file that may be \
      absent is written `{path: …, required: false}`.
      """)

  /// An environment file can't be understood.
  package static let invalidEnvFile = Rule(
    "pod/invalid-env-file", .error, "An environment file can't be understood",
    explanation: """
      An environment file has lines `NAME=value`, comments that start with `#`, and values in quotes over several lines \
      if need be. Names consist of letters, digits, `_`, `.` and `-`.
      """)

  /// The extended service isn't there.
  package static let undefinedBase = Rule(
    "pod/undefined-base", .error, "A service extends one that doesn't exist",
    explanation: "`extends` names a service of the same file, or of the file that it names as `file`.",
    bad: "services:\n  web:\n    image: nginx\n    extends: base\n",
    good: "services:\n  web:\n    image: nginx\n    extends: base\n  base:\n    image: nginx\n")

  /// Services extend each other.
  package static let extendsCycle = Rule(
    "pod/extends-cycle", .error, "Services extend each other in a circle",
    explanation: "What the services of the circle are would never be settled. Delete one `extends`.",
    bad: "services:\n  a:\n    image: nginx\n    extends: b\n  b:\n    image: nginx\n    extends: a\n",
    good: "services:\n  a:\n    image: nginx\n    extends: b\n  b:\n    command: [nginx]\n    image: nginx\n")

  /// Files include each other.
  package static let includeCycle = Rule(
    "pod/include-cycle", .error, "Files include each other in a circle",
    explanation: "The file includes one that leads back to it. Delete one `include`.")

  /// More files are included than are read.
  package static let tooManyFiles = Rule(
    "pod/too-many-files", .error, "Too many files are included or extended",
    explanation: "A pod may lead to 1,000 files. More are most likely a mistake.")
}
