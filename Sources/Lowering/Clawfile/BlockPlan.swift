import AST
import Diagnostics
import IR
import JSON
import Lexer
import Source

extension ClawfileLowering {
  /// Plans the block at the end of a stage.
  mutating func block(_ config: ImageConfig, _ command: StageCommand, _ number: Int, place: SourceRange?) {
    let stage = file.stages[number]
    var block = StageBlock()
    block.labels = LabelPlan.labels(of: config)
    let runner = config.type.flatMap { RunnerCatalog.type(named: $0.value) }
    let owner = config.privilege("runtime")?.value ?? owner(command)
    if let runner { folders(config, runner, owner, number, command, into: &block) }
    let needsWrapper = !config.configure.isEmpty || !config.invoke.isEmpty
    let origin = place ?? file.instructions[stage.from].line.keywordRange
    if needsWrapper || !config.track.isEmpty { checkShell(number, origin) }
    if needsWrapper { wrapper(config, runner, command, origin, into: &block) }
    if !config.track.isEmpty {
      block.pathPrefix = "/claw/track/bin"
      block.trackedCommands = TrackLowering.commands.filter { entry in
        config.track.contains { $0.value == entry.manager }
      }.flatMap(\.commands)
      block.files.append(.init(path: "/claw/track/log.jsonl", mode: "0644", owner: owner, text: ""))
    }
    let end =
      stage.body.last.map { file.instructions[$0].line.range.upper }
      ?? file.instructions[stage.from].line.range.upper
    result.plan.edits.append(.init(SourceRange(at: end), .block(block)))
  }

  /// Who owns what is made for the runner: the stage's user, or claw's default where that is root.
  private func owner(_ command: StageCommand) -> String {
    guard let user = command.unprivilegedUser else { return StageCommand.defaultUser }
    // It stands in flags and in a shell's line; a variable is the build's to fill in, there as here.
    return PrivilegeParser.isUser(Self.withoutVariables(user)) ? user : StageCommand.defaultUser
  }

  /// A text with a name in place of each `$NAME` and `${NAME}`.
  private static func withoutVariables(_ text: String) -> String {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      let isBraced = byte == 0x24 && rest.first == 0x7B
      let name = rest.dropFirst(isBraced ? 1 : 0).prefix { $0.isASCIIAlphanumeric || $0 == 0x5F }
      let end = rest[name.endIndex...]
      guard byte == 0x24, !name.isEmpty, !isBraced || end.first == 0x7D else {
        bytes.append(byte)
        continue
      }
      rest = end.dropFirst(isBraced ? 1 : 0)
      bytes.append(UInt8(ascii: "x"))
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private mutating func folders(
    _ config: ImageConfig, _ runner: RunnerType, _ owner: String, _ number: Int, _ command: StageCommand,
    into block: inout StageBlock
  ) {
    var paths = runner.volumeFolders + ["/claw/tmp"]
    paths += config.surfaces.filter { $0.value.kind == .volume }.map { "/mnt/\($0.value.target)" }
    if !config.track.isEmpty { paths.append("/claw/track/log") }
    let existing = workdirs(number)
    let made = pathsMade(of: paths, number)
    // Claw's own folder stays root's, or whoever runs could put other scripts there.
    block.folders.append(.init(path: "/claw", owner: "0:0"))
    var changed: [StageBlock.Folder] = []
    for (index, path) in paths.enumerated() {
      let folder = StageBlock.Folder(path: path, owner: owner)
      block.folders.append(folder)
      // A folder that was made before belongs to whoever was the user then.
      let isMade =
        existing.contains { $0 == path || $0.utf8.starts(with: (path + "/").utf8) }
        || made.contains(index)
      if isMade { changed.append(folder) }
    }
    guard !changed.isEmpty, let user = command.user else { return }
    block.ownedFolders = changed
    block.restoredUser = user.isEmpty ? "0:0" : user
  }

  /// The working directories that a stage and those below it set.
  private func workdirs(_ number: Int) -> [String] {
    var paths: [String] = []
    for stage in model.lineage(of: number) {
      var folder = model.stages[stage].parent.map { model.stages[$0].workdir } ?? "/"
      for (index, path, _) in model.workdirs where file.stages[stage].body.contains(index) {
        folder = FilePath.normalize(FilePath.join(folder, path))
        paths.append(folder)
      }
    }
    return paths
  }

  /// Which of some paths an instruction of a stage, or of those below it, that may make folders names.
  private func pathsMade(of paths: [String], _ number: Int) -> Set<Int> {
    let search = ByteSearch(paths)
    var found: Set<Int> = []
    for stage in model.lineage(of: number) {
      let makers = Array(file.indices(of: .keyword(.run, .copy, .add), in: file.stages[stage].body))
      guard let first = makers.first, let last = makers.last else { continue }
      // Mostly none is named anywhere, which one look at all of it tells.
      let all = SourceRange(file.instructions[first].line.range.lower, file.instructions[last].line.range.upper)
      var anywhere = found
      search.search(file.file.slice(all), into: &anywhere)
      if anywhere == found { continue }
      for index in makers { search.search(file.file.slice(file.instructions[index].line.range), into: &found) }
    }
    return found
  }

  private mutating func checkShell(_ number: Int, _ origin: SourceRange) {
    let lineage = model.lineage(of: number)
    let copies = lineage.contains { stage in
      file.indices(of: .keyword(.copy, .add), in: file.stages[stage].body).contains {
        if case .copy = file.instructions[$0].body { true } else { false }
      }
    }
    guard let root = lineage.last, model.stages[root].base == "scratch", !copies else { return }
    bag.report(
      DirectiveRules.noShell, at: file.location(origin), "this image has no /bin/sh to run CONFIGURE, INVOKE or TRACK",
      help: "copy a shell in, or start from an image that has one")
  }

  /// The entrypoint wrapper, and the files that it works with.
  private mutating func wrapper(
    _ config: ImageConfig, _ runner: RunnerType?, _ command: StageCommand, _ origin: SourceRange,
    into block: inout StageBlock
  ) {
    if !command.isKnown, command.entrypoint == nil {
      // The directive that needs it, where it stands in this file.
      let asking = config.configure.first?.origin ?? config.invoke.first?.origin
      let place = asking.flatMap { $0.file === file.file ? $0 : nil } ?? file.location(origin)
      bag.report(
        DirectiveRules.unknownEntrypoint, at: place,
        "CONFIGURE and INVOKE need to know what the image runs, and the base image's entrypoint is not known",
        help: "write ENTRYPOINT in the Clawfile, or run 'claw lock' where the engine has the image")
      return
    }
    if command.entrypoint == nil, command.command == nil {
      bag.report(
        DirectiveRules.unknownEntrypoint, at: file.location(origin), "this image has nothing to run",
        help: "add CMD or ENTRYPOINT")
      return
    }
    block.entrypoint = [StageBlock.wrapperPath] + (command.entrypoint ?? [])
    block.command = command.command
    block.usesWrapper = true
    if !config.configure.isEmpty {
      let lines = config.configure.map { $0.value.replacing("\r\n", with: "\n") + "\n" }
      block.files.append(
        .init(
          path: "/claw/configure.sh", mode: "0555", text: "#!/bin/sh\nset -eu\n" + lines.joined(),
          origin: config.configure[0].origin?.range))
    }
    guard !config.invoke.isEmpty else { return }
    block.usesScheduler = true
    block.files.append(
      .init(
        path: "/claw/schedule", mode: "0444", text: ScheduleTable.text(config.invoke.map(\.value)),
        origin: config.invoke[0].origin?.range))
    if let wake = runner?.wake {
      block.files.append(.init(path: "/claw/wake.sh", mode: "0555", text: "#!/bin/sh\n\(wake)\n"))
    }
    // The scheduler knows UTC by itself.
    block.zones = Set(config.invoke.compactMap(\.value.fields.zone)).filter { $0 != "UTC" }.sorted()
  }
}
