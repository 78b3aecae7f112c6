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
  /// Where each service is in the project.
  var serviceIndex: [String: Int] = [:]
  /// Files that were read, and what claws are told of the services that they share.
  var contents: [String: SourceFile] = [:]
  var surfaceSkills: [String: [UInt8]] = [:]
  /// The paths of the objects of the plan.
  var objectPaths: Set<String> = []
  /// Where each claw is among those that were resolved.
  var clawIndex: [String: Int] = [:]
  /// The names of the instances of claws that have a count.
  var countedInstances: [String: [String]] = [:]
  /// The networks of claws that a service joins.
  var joins: [String: [String]] = [:]
  /// The services that the document with x-claw itself has, and those of other documents of the file.
  var writtenServices: [String: YAMLNode] = [:]
  var otherServices: [String: Location] = [:]
  /// Whether the document has aliases, and parts of it of which none may be left as they are.
  var hasAliases = false
  var changeable: [SourceRange] = []
  /// Lists and mappings that something was added to.
  var touched: [SourceRange] = []
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
    for (index, service) in project.services.enumerated() { serviceIndex[service.name] = index }
    readBlocks()
    readPlaces()
    checkAliases()
    name()
    var claws: [ResolvedClaw] = []
    for service in project.services {
      guard let block = blocks[service.name], block.isClaw else { continue }
      if let claw = resolve(service, block) { claws.append(claw) }
    }
    clawIndex = Dictionary(claws.enumerated().map { ($1.service.name, $0) }, uniquingKeysWith: { first, _ in first })
    for claw in claws {
      if claw.isCounted { countedInstances[claw.service.name] = claw.instances.map(\.name) }
      for target in claw.targets { joins[target, default: []].append(ComposeNames.network(claw.service.name)) }
    }
    joins = joins.mapValues { $0.sorted() }
    checkMaster(claws)
    checkNames(claws)
    checkPlaces(claws)
    checkPlainServices()
    checkRetyped()
    guard !bag.hasErrors else { return }
    addresses(&claws)
    describe(claws)
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
      reader.checkTags(claw.entry.value)
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
    if text.value == "pod-only", let own = project.networks.first(where: { $0.key == network })?.value {
      for key in ["internal", "external"] {
        guard let value = own[key], let flag = value.bool, flag == (key == "external") else { continue }
        bag.report(
          PodRules.visibility, at: value.location, "'\(key): \(flag)' contradicts the visibility pod-only",
          help: "remove one of the two", labels: [.init(text.location, "the network's visibility")])
      }
    }
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
        claw.instances.count * (claw.cllama == nil ? 1 : 2) + claw.targets.reduce(0) { $0 + replicas($1) },
        !claw.hasOpenEgress,
        claw.service.location
      )
    }
    if needsEgress {
      requests.append(
        (ComposeNames.egress, claws.reduce(0) { $0 + $1.instances.count }, false, claws[0].service.location))
    }
    let declared = Set(project.networks.map(\.key))
    // By name, so that the order of services in the file means nothing.
    for (name, members, isInternal, place) in requests.sorted(by: { $0.0 < $1.0 }) {
      if declared.contains(name) {
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

  /// The service of a name.
  func service(named name: String) -> ComposeService? { serviceIndex[name].map { project.services[$0] } }

  /// How many containers a plain service has.
  private func replicas(_ name: String) -> Int {
    let service = service(named: name)
    let count = service?["scale"]?.int ?? service?["deploy"]?["replicas"]?.int ?? 1
    return Int(min(max(count, 1), 65_536))
  }
}
