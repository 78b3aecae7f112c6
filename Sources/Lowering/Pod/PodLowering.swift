import Canonical
package import Diagnostics
package import IR
import Lexer
package import Source

/// Lowers a pod file: understands its x-claw blocks, checks what they ask for, and plans compose.generated.yml.
package struct PodLowering<Images: ImageProvider> {
  let project: ComposeProject
  let main: SourceFile
  let files: any FileProvider
  let environment: Environment
  var images: Images
  var bag = DiagnosticBag()
  var plan: PodPlan
  var compose: ComposePlan
  var podBlock = PodBlock()
  var blocks: [String: ClawBlock] = [:]
  var volumeAccess: [String: [AccessRule]] = [:]
  var visibility: [String: String] = [:]
  /// The claws, once they are resolved.
  var resolvedClaws: [ResolvedClaw] = []
  /// The main file's document that holds x-claw.
  var document: YAMLDocument?

  /// A line of a volume's access list.
  struct AccessRule {
    var pattern: String
    var access: Surface.Access
    var location: Location
  }

  /// What came of a lowering.
  package struct Result {
    /// The pod.
    package var plan: PodPlan
    /// The generated file's plan.
    package var compose: ComposePlan
    /// The images that were asked for, and what was found in their Clawfiles.
    package var images: Images
  }

  /// Lowers a loaded project.
  package static func lower(
    _ project: ComposeProject, main: SourceFile, files: any FileProvider, environment: Environment, images: Images,
    into bag: inout DiagnosticBag
  ) -> Result {
    let compose = ComposePlan(source: main, digest: Digest.sha256Hex(main.bytes))
    var lowering = PodLowering(
      project: project, main: main, files: files, environment: environment, images: images,
      plan: PodPlan(name: project.name, folder: FilePath.directory(of: main.path)), compose: compose)
    if !project.claws.isEmpty { lowering.run() }
    bag.add(contentsOf: lowering.bag)
    return Result(plan: lowering.plan, compose: lowering.compose, images: lowering.images)
  }

  private mutating func run() {
    readBlocks()
    checkAliases()
    name()
    var claws: [ResolvedClaw] = []
    for service in project.services {
      guard let block = blocks[service.name], block.isClaw else { continue }
      if let claw = resolve(service, block) { claws.append(claw) }
    }
    checkMaster(claws)
    checkNames(claws)
    checkPlainServices(claws)
    guard !bag.hasErrors else { return }
    addresses(&claws)
    describe(claws)
    resolvedClaws = claws
    if !bag.hasErrors { edits(claws) }
  }

  // MARK: Reading

  private mutating func readBlocks() {
    var reader = ClawBlockReader(file: main, environment: environment)
    var documents: Set<Int> = []
    for claw in project.claws {
      let place = Location(claw.file, claw.entry.key.range)
      guard claw.isInMainFile else {
        bag.report(
          PodRules.place, at: place, "x-claw stands in a file that the pod includes or extends",
          help: "move the claw into the pod file itself")
        continue
      }
      documents.insert(claw.document)
      if documents.count > 1 {
        bag.report(
          PodRules.place, at: place, "x-claw stands in more than one document", help: "keep all claws in one document")
        continue
      }
      document = project.documents[claw.document]
      switch (claw.path.first, claw.path.count) {
      case (nil, 0): podBlock = reader.pod(claw.entry.value)
      case ("services", 2): blocks[claw.path[1]] = reader.service(claw.entry)
      case ("networks", 2):
        for (_, value) in reader.fields(claw.entry.value, "a network's x-claw", known: ["visibility"]) {
          readVisibility(value, claw.path[1], &reader)
        }
      case ("volumes", 2):
        for (_, value) in reader.fields(claw.entry.value, "a volume's x-claw", known: ["access"]) {
          readAccess(value, claw.path[1], &reader)
        }
      default:
        bag.report(
          PodRules.place, at: place, "x-claw has no meaning here",
          help: "it stands at the top of the file, in a service, a network or a volume")
      }
    }
    bag.add(contentsOf: reader.bag)
  }

  private mutating func readVisibility(_ node: YAMLNode, _ network: String, _ reader: inout ClawBlockReader) {
    guard let text = reader.text(node, "visibility") else { return }
    guard ["pod-only", "egress-only", "public"].contains(text.value) else {
      return reader.report(
        PodRules.visibility, node, "'\(text.value)' is no visibility", help: "it is pod-only, egress-only or public")
    }
    visibility[network] = text.value
    if text.value == "public" { return }
    for service in project.services {
      guard service.networks.contains(where: { $0.key == network }), let port = service.ports.first else { continue }
      bag.report(
        PodRules.visibility, at: port.location,
        "'\(service.name)' publishes a port and is on the network '\(network)', which is \(text.value)",
        help: "take it off the network, or make the network public",
        labels: [.init(text.location, "the network's visibility")])
    }
  }

  private mutating func readAccess(_ node: YAMLNode, _ volume: String, _ reader: inout ClawBlockReader) {
    var rules: [AccessRule] = []
    for element in node.elements ?? [node] {
      guard let entries = element.mergedEntries else {
        reader.report(PodRules.fieldType, element, "an access list has lines of the form 'pattern: mode'")
        continue
      }
      for entry in entries {
        guard let pattern = reader.text(entry.key, "a pattern"), let mode = reader.text(entry.value, "an access mode")
        else { continue }
        guard let access = SurfaceParser.access(mode.value) else {
          reader.report(
            PodRules.fieldType, entry.value, "'\(mode.value)' is no access mode",
            help: "write read-only or read-write")
          continue
        }
        rules.append(AccessRule(pattern: pattern.value, access: access, location: pattern.location))
      }
    }
    volumeAccess[volume] = rules
  }

  /// Anchors and aliases may not cross the border of what is taken out.
  private mutating func checkAliases() {
    guard let root = document?.root else { return }
    var removed = project.claws.filter(\.isInMainFile).map { SourceRange($0.entry.key.range.lower, $0.entry.range.upper) }
    // A claw's whole block is written anew, so nothing else may point at it.
    var whole: [SourceRange] = []
    if let services = root["services"]?.entries {
      for entry in services where blocks[entry.key.text ?? ""]?.isClaw == true { whole.append(entry.value.range) }
    }
    removed.sort()
    var found: [(SourceRange, String)] = []
    func search(_ node: YAMLNode) {
      switch node.content {
      case .scalar: break
      case .sequence(let elements, _): for element in elements { search(element) }
      case .mapping(let entries, _):
        for entry in entries {
          search(entry.key)
          search(entry.value)
        }
      case .alias(let name, let target):
        let (from, to) = (node.range.lower, target.range.lower)
        for range in removed where range.contains(from) != range.contains(to) { found.append((node.range, name)) }
        for range in whole where range.lower == to && !range.contains(from) { found.append((node.range, name)) }
      }
    }
    search(root)
    for (range, name) in found {
      bag.report(
        PodRules.alias, at: Location(main, range), "the alias '\(name)' crosses the border of an x-claw block",
        help: "write the value out")
    }
  }

  // MARK: Names

  private mutating func name() {
    if let pod = podBlock.pod {
      if ComposeNames.isPod(pod.value) {
        plan.name = pod.value
      } else {
        bag.report(
          PodRules.name, at: pod.location, "'\(pod.value)' can't be the pod's name",
          help: "use lower-case letters, digits, '-' and '_', a letter or digit first")
      }
    }
    if let named = project.model["name"]?.string, podBlock.pod != nil, named != plan.name {
      bag.report(
        PodRules.name, at: project.model["name"]?.location ?? Location(main, SourceRange(at: 0)),
        "the file is called '\(named)' here and '\(plan.name)' in x-claw", help: "remove one of the two")
    }
  }

  private mutating func checkMaster(_ claws: [ResolvedClaw]) {
    guard let master = podBlock.master else { return }
    if !claws.contains(where: { $0.service.name == master.value }), blocks[master.value]?.isClaw != true {
      let near = Suggestion.nearest(to: master.value, in: claws.map(\.service.name))
      bag.report(
        PodRules.master, at: master.location, "'\(master.value)' is no claw of this pod",
        help: near.map { "did you mean '\($0)'?" })
    }
    plan.unsupported.append(.init(message: "a master claw", location: master.location))
  }

  private mutating func checkNames(_ claws: [ResolvedClaw]) {
    var taken: [String: Location] = [:]
    for service in project.services where !claws.contains(where: { $0.service.name == service.name }) {
      taken[service.name.lowercased()] = service.location
    }
    for claw in claws {
      var names = claw.instances.map(\.name)
      if claw.cllama != nil { names += claw.instances.map { ComposeNames.sidecar($0.name) } }
      for name in names {
        if let other = taken.updateValue(claw.service.location, forKey: name.lowercased()) {
          bag.report(
            PodRules.name, at: claw.service.location, "'\(claw.service.name)' needs the name '\(name)', which is taken",
            help: "rename one of the two services", labels: [.init(other, "the other service")])
        }
      }
    }
  }

  /// Plain services are passed on; what they ask of counted claws must still be there, and what hands over the host is
  /// worth a word.
  private mutating func checkPlainServices(_ claws: [ResolvedClaw]) {
    for service in project.services where !claws.contains(where: { $0.service.name == service.name }) {
      if let privileged = service.privileged {
        bag.report(
          PodRules.unusualPlain, at: privileged.location, "the plain service '\(service.name)' is privileged",
          help: "claw passes it on as it is")
      }
      for mount in service.mounts where mount["source"]?.string?.hasSuffix("docker.sock") == true {
        bag.report(
          PodRules.unusualPlain, at: mount.location, "the plain service '\(service.name)' mounts the engine's socket",
          help: "claw passes it on as it is")
      }
      for dependency in service.allDependencies {
        guard let claw = claws.first(where: { $0.service.name == dependency.name }), claw.isCounted,
          !service.dependencies.contains(where: { $0.key == dependency.name })
        else { continue }
        bag.report(
          PodRules.refusedNetwork, at: dependency.location,
          "'\(dependency.name)' has a count: there is no one container of that name to share with",
          help: "name one of its instances, such as '\(dependency.name)-0'")
      }
    }
  }

  // MARK: Networks

  private mutating func addresses(_ claws: inout [ResolvedClaw]) {
    let range = podBlock.networkRange?.value ?? SubnetPlanner.defaultRange
    guard var planner = SubnetPlanner(pod: plan.name, range: range) else {
      bag.report(
        PodRules.fieldType, at: podBlock.networkRange?.location ?? Location(main, SourceRange(at: 0)),
        "'\(range)' is no range of addresses for networks",
        help: "write it like '10.128.0.0/9', with a length from 8 to 20")
      return
    }
    let needsEgress = claws.contains { $0.cllama != nil }
    var requests = claws.map { claw in
      (
        ComposeNames.network(claw.service.name),
        claw.instances.count * (claw.cllama == nil ? 1 : 2) + claw.targets.count, !claw.hasOpenEgress,
        claw.service.location
      )
    }
    if needsEgress {
      requests.append((ComposeNames.egress, claws.reduce(0) { $0 + $1.instances.count }, false, claws[0].service.location))
    }
    // By name, so that the order of services in the file means nothing.
    for (name, members, isInternal, place) in requests.sorted(by: { $0.0 < $1.0 }) {
      if project.networks.contains(where: { $0.key == name }) {
        bag.report(PodRules.name, at: place, "claw needs the network name '\(name)', which the file has already")
        continue
      }
      guard let subnet = planner.subnet(for: name, members: members) else {
        bag.report(
          PodRules.fieldType, at: place, "there are no addresses left for the network '\(name)'",
          help: "give the pod a larger 'network-range' in its x-claw block")
        continue
      }
      plan.networks.append(.init(name: name, subnet: subnet, isInternal: isInternal))
    }
  }
}
