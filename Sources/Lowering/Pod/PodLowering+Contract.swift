import Canonical
import Diagnostics
import IR
import JSON
import Lexer
import Source

extension PodLowering {
  /// Most bytes of a contract, include or skill.
  static var fileLimit: Int { 1 << 20 }

  /// Reads the contract and what belongs to it, and plans where each is mounted.
  mutating func contract(_ claw: inout ResolvedClaw) {
    let runner = claw.runner
    let written = claw.block.agent?.value ?? claw.image.config.agent?.value.text
    let place = claw.block.agent?.location ?? claw.image.config.agent?.origin ?? claw.block.location
    // What is written and can't be read was reported.
    if claw.block.fields.contains("agent"), claw.block.agent == nil { return }
    if written == nil, claw.image.isUnknown { return }
    guard let written else {
      bag.report(
        PodRules.noContract, at: claw.block.location, "the claw '\(claw.service.name)' has no contract",
        help: "add 'agent: ./\(runner.contractName)' to x-claw, or AGENT to its Clawfile")
      return
    }
    guard let base = read(written, place, PodRules.noContract, "contract") else { return }
    claw.contractPath = written
    var bytes = base.bytes
    var skills: [(name: String, bytes: [UInt8])] = []
    for include in claw.block.includes {
      guard let file = read(include.file.value, include.file.location, PodRules.noContract, "include") else { continue }
      if include.mode == .reference {
        let heading = include.description?.value ?? "Reference '\(include.id.value)'"
        skills.append(("include-\(include.id.value)", skill("include-\(include.id.value)", heading, file.bytes)))
      } else {
        bytes = appended(bytes, include, file.bytes)
      }
    }
    claw.contract = object(runner.contractName, bytes)
    claw.mounts.append((claw.contract.path, runner.contractPath))
    checkSkillNames(claw)
    for skill in imageSkills(claw) + claw.block.skills {
      guard let file = read(skill.value, skill.location, PodRules.noContract, "skill") else { continue }
      let name = skillName(skill.value)
      skills.removeAll { $0.name == name }
      skills.append((name, file.bytes))
    }
    // What an author says of a service goes before what claw knows of it.
    for target in claw.targets where !skills.contains(where: { $0.name == "surface-\(target)" }) {
      skills.append(("surface-\(target)", cachedSkill(target, hasSidecar: claw.cllama != nil)))
    }
    for (name, bytes) in skills.sorted(by: { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }) {
      let isFolder = if case .folders = runner.skillLayout { true } else { false }
      let object = object("\(name).md", bytes)
      claw.mounts.append(
        (object.path, FilePath.join(runner.skillFolder, isFolder ? "\(name)/SKILL.md" : "\(name).md")))
    }
    for instance in claw.instances {
      let map = skillmap(claw, instance, skills.map(\.name))
      // A sidecar of its own fills in what services offer, and writes the map.
      claw.skillmaps[instance.name] = map
      if claw.hasOwnSkillmap { continue }
      let object = object("skillmap.json", Array((map.text(indented: true) + "\n").utf8))
      claw.ownMounts[instance.name] = [(object.path, "/claw/skillmap.json")]
    }
    if claw.overridesSchedule {
      claw.mounts.append(
        (object("schedule", Array(ScheduleTable.text(claw.invocations).utf8)).path, "/claw/schedule"))
      if !claw.invocations.isEmpty { scripts(&claw) }
    }
  }

  /// A skill is called what its file is, or the folder of a SKILL.md.
  private func skillName(_ path: String) -> String {
    var name = FilePath.name(of: path)
    if name.hasSuffix(".md") { name = String(name.dropLast(3)) }
    return name == "SKILL" ? FilePath.name(of: FilePath.directory(of: path)) : name
  }

  /// A pod's skill takes the place of the image's of its name, not of another one of the pod's.
  private mutating func checkSkillNames(_ claw: ResolvedClaw) {
    var places: [String: Location] = [:]
    for skill in claw.block.skills {
      let name = skillName(skill.value)
      guard let other = places.updateValue(skill.location, forKey: name) else { continue }
      bag.report(
        PodRules.fieldType, at: skill.location, "the skill '\(name)' is there already",
        help: "rename one of the two files",
        labels: [.init(other, "the other one")])
    }
  }

  /// What the schedule needs and the image lacks.
  private mutating func scripts(_ claw: inout ResolvedClaw) {
    if !claw.image.hasWrapper {
      claw.mounts.append((object("entrypoint.sh", images.scripts.entrypoint).path, StageBlock.wrapperPath))
    }
    if !claw.image.hasScheduler {
      claw.mounts.append((object("scheduler.sh", images.scripts.scheduler).path, StageBlock.schedulerPath))
    }
  }

  private func imageSkills(_ claw: ResolvedClaw) -> [PodText] {
    claw.image.config.skills.map { PodText(value: $0.value.text, location: $0.origin ?? claw.block.location) }
  }

  /// A file below the pod's folder, or nil after a finding.
  private mutating func read(_ path: String, _ place: Location, _ rule: Rule, _ what: String) -> SourceFile? {
    if FilePath.escapes(path) || FilePath.isAbsolute(path) {
      bag.report(
        rule, at: place, "the \(what) '\(path)' lies outside the pod's folder",
        help: "move it below the pod file's folder")
      return nil
    }
    let whole = FilePath.normalize(FilePath.join(plan.folder, path))
    if let known = contents[whole] { return known }
    do throws(FileFailure) {
      let file = try files.read(whole, within: plan.folder, limit: Self.fileLimit)
      contents[whole] = file
      return file
    } catch {
      bag.report(
        rule, at: place, "the \(what) '\(path)' \(error.reason)", help: Self.help(error, path, what))
      return nil
    }
  }

  /// What to do about a file that can't be had.
  private static func help(_ failure: FileFailure, _ path: String, _ what: String) -> String {
    switch failure {
    case .missing where path.utf8.contains(UInt8(ascii: "\\")): "write the path with '/'"
    case .missing: (what == "contract" ? "no contract, no start: " : "") + "put the file there"
    case .notRegular: "name a regular file"
    case .outside: "move it below the pod file's folder"
    case .tooLarge: "make it shorter"
    case .system: "make it a file that you may read"
    }
  }

  /// A file that containers mount: its path says its content.
  mutating func object(_ name: String, _ bytes: [UInt8]) -> PodPlan.MountedObject {
    let object = PodPlan.MountedObject(
      path: ".claw/\(plan.name)/objects/\(Digest.sha256Hex(bytes))/\(name)", bytes: bytes)
    if objectPaths.insert(object.path).inserted { plan.objects.append(object) }
    return object
  }

  /// The contract with an include behind it, between marks that the include's own text can't forge: they carry its
  /// digest.
  private func appended(_ contract: [UInt8], _ include: IncludeBlock, _ text: [UInt8]) -> [UInt8] {
    let mark = "\(include.id.value) \(Digest.sha256Hex(text).prefix(16))"
    let rule = include.mode == .enforce ? "You must follow this." : "Let this guide you."
    var bytes = contract
    if bytes.last != 0x0A { bytes.append(0x0A) }
    bytes += "\n<!-- claw: begin \(include.mode.rawValue) \(mark) -->\n\(rule)\n\n".utf8
    bytes += text
    if bytes.last != 0x0A { bytes.append(0x0A) }
    bytes += "<!-- claw: end \(include.mode.rawValue) \(mark) -->\n".utf8
    return bytes
  }

  private func skill(_ name: String, _ description: String, _ text: [UInt8]) -> [UInt8] {
    let line = description.split(whereSeparator: \.isNewline).joined(separator: " ")
    return Array("---\nname: \(name)\ndescription: \(JSONValue.string(line).text())\n---\n\n".utf8) + text
  }

  private mutating func cachedSkill(_ target: String, hasSidecar: Bool) -> [UInt8] {
    let name = "\(target) \(hasSidecar)"
    if let known = surfaceSkills[name] { return known }
    let skill = surfaceSkill(target, hasSidecar: hasSidecar)
    surfaceSkills[name] = skill
    return skill
  }

  /// What a claw is told of a service that it may use.
  private func surfaceSkill(_ target: String, hasSidecar: Bool) -> [UInt8] {
    let block = blocks[target]
    let role = block?.describe?.role?.value ?? "a service of this pod"
    var text = "# \(target)\n\n\(role)\n\n"
    if hasSidecar {
      text += "- address: `$CLAW_SERVICES_URL/\(target)/`, with `Authorization: Bearer $CLAW_TOKEN`\n"
      if let expose = block?.expose { text += "- \(expose.protocolName)\n" }
    } else {
      text += "- host: `\(target)`\n"
      if let expose = block?.expose { text += "- \(expose.protocolName) on port \(expose.port)\n" }
      for port in ports(target) { text += "- port \(port)\n" }
    }
    for (name, items) in block?.describe?.lists ?? [] {
      text += "- \(name): \(items.map(\.value).joined(separator: ", "))\n"
    }
    return skill("surface-\(target)", "How to use the service \(target)", Array(text.utf8))
  }

  func ports(_ target: String) -> [String] {
    let service = service(named: target)
    let exposed = (service?["expose"]?.elements ?? []).compactMap(\.scalarText)
    let published = (service?.ports ?? []).compactMap { $0["target"]?.scalarText }
    return Set(exposed + published).sorted()
  }

  /// What a claw may use, for its runner to read.
  private func skillmap(_ claw: ResolvedClaw, _ instance: PodPlan.Instance, _ skills: [String]) -> JSONValue {
    let surfaces = claw.surfaces.sorted { $0.surface.uri.utf8.lexicographicallyPrecedes($1.surface.uri.utf8) }.map {
      surface($0.surface, claw, instance)
    }
    return [
      "schema": 1, "pod": .string(plan.name), "claw": .string(claw.service.name), "surfaces": .array(surfaces),
      "skills": .array(skills.sorted().map { ["name": .string($0)] }),
      "handles": .array(
        claw.handles.map { ["platform": .string($0.platform), "id": $0.id.map { .string($0.value) } ?? .null] }),
    ]
  }

  /// Where a claw asks a service: at its sidecar, if it has one.
  private func endpoint(_ target: String, _ claw: ResolvedClaw, _ instance: PodPlan.Instance) -> String? {
    guard let sidecar = claw.sidecar(instance) else {
      return blocks[target]?.expose.map { "http://\(target):\($0.port)/" }
    }
    return claw.topology == .hermetic ? "http://cllama/s/\(target)/" : "http://\(sidecar):8080/s/\(target)/"
  }

  private func surface(_ surface: Surface, _ claw: ResolvedClaw, _ instance: PodPlan.Instance) -> JSONValue {
    var members: [JSONValue.Member] = [.init("uri", .string(surface.uri))]
    switch surface.kind {
    case .volume:
      members.append(.init("mount", .string("/mnt/\(surface.target)")))
      members.append(.init("access", .string((surface.access ?? .readOnly).rawValue)))
    case .host:
      members.append(.init("mount", .string(surface.target)))
      members.append(.init("access", .string((surface.access ?? .readOnly).rawValue)))
    case .service:
      let block = blocks[surface.target]
      members.append(.init("protocol", block?.expose.map { .string($0.protocolName) } ?? .null))
      let endpoint = endpoint(surface.target, claw, instance)
      members.append(.init("endpoint", endpoint.map { .string($0) } ?? .null))
      if claw.topology == .hermetic { members.append(.init("socket", .string(SidecarFiles.socket))) }
      members.append(.init("role", block?.describe?.role.map { .string($0.value) } ?? .null))
      members.append(.init("discovered", block?.describe == nil ? "static" : "describe"))
      members.append(.init("skill", .string("surface-\(surface.target)")))
    case .channel:
      if let settings = claw.block.channels[surface.target] { members.append(.init("settings", settings)) }
    case .egress: break
    }
    return .object(members)
  }
}
