import Source

/// What claw has to know of a runner: data, so that a new one is a new record and no new code.
package struct RunnerType: Sendable {
  /// The name in CLAW_TYPE.
  package var name: String
  /// One line.
  package var summary: String
  /// The contract's usual file name.
  package var contractName: String
  /// Whether it looks for that name; one that reads CONTRACT_PATH takes any.
  package var expectsContractName = true
  /// Where the contract is mounted in the container.
  package var contractPath: String
  /// The folder that the runner works in; a volume of its own.
  package var workspace: String
  /// Other folders that it must be able to write, as volumes of their own.
  package var stateFolders: [String] = []
  /// Where skills are mounted.
  package var skillFolder = "/claw/skills"
  /// How skills lie there.
  package var skillLayout = SkillLayout.flat
  /// Variables that tell it where things are.
  package var environment: [(name: String, value: String)] = []
  /// Variables for the base URL of its model, where the sidecar stands in.
  package var baseURLVariables: [String] = []
  /// The shell command that hands it a message: on standard input and in CLAW_MESSAGE; nil to leave it in the spool.
  package var wake: String?
  /// The health check's command, as exec words; nil to leave the image's own.
  package var health: [String]?
  /// Compose's restart policy.
  package var restart = "on-failure:5"
  /// Whether it can work on a read-only root file system.
  package var allowsReadOnlyRoot = true
  /// Whether it wants Docker's socket, which PRIVILEGE docker-socket must grant.
  package var needsDockerSocket = false
  /// Chat platforms that it can appear on; nil for any.
  package var platforms: [String]?

  /// The folders that volumes are mounted on: what it must write, and each folder between those and the contract. A folder
  /// that something is mounted on can't be renamed; another could be moved away with the contract in it, and be made again
  /// with a forged one.
  package var volumeFolders: [String] {
    var folders: [String] = []
    for root in [workspace] + stateFolders where !folders.contains(root) { folders.append(root) }
    for root in folders {
      var folder = FilePath.directory(of: contractPath)
      var between: [String] = []
      while folder.utf8.starts(with: (root + "/").utf8), !folders.contains(folder) {
        between.append(folder)
        folder = FilePath.directory(of: folder)
      }
      folders += between.reversed()
    }
    return folders
  }

  /// How skill files lie in their folder.
  package enum SkillLayout: Sendable {
    /// `NAME.md`
    case flat
    /// `NAME/SKILL.md`
    case folders
  }

  /// A runner type with the usual values; set what differs.
  package init(name: String, summary: String, contractName: String, contractPath: String, workspace: String) {
    self.name = name
    self.summary = summary
    self.contractName = contractName
    self.contractPath = contractPath
    self.workspace = workspace
  }
}
