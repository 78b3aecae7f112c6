extension Guard {
  /// All guards, in the order in which they judge.
  package static let all: [Guard] = [
    .forbiddenPath, .pathAllowlist, .egressAllowlist, .mcpTool, .shellCommand, .secretLeak, .patchIntegrity,
    .promptInjection,
    .jailbreak, .secretAccess, .computerUse, .remoteDesktopSideChannel, .inputInjectionCapability, .hardRails,
  ]

  /// The guard of a name.
  package static func named(_ name: String) -> Guard? { all.first { $0.name.utf8.elementsEqual(name.utf8) } }

  /// Guards of later versions of the language that claw does not have, with the version that brought them.
  package static let unsupported = ["spider_sense": "1.3.0"]
}
