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
  /// The declared volumes; the first of a name.
  var declaredVolumes: [String: ComposeValue] = [:]
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
  /// The places of instances' sidecars in the plan.
  var sidecarIndex: [String: Int] = [:]
  /// Whom stages ask by HTTP.
  var evaluators: [StageEvaluator] = []
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
    for volume in project.volumes where declaredVolumes[volume.key] == nil {
      declaredVolumes[volume.key] = volume.value
    }
    readBlocks()
    workloads()
    readPlaces()
    checkAliases()
    name()
    policies()
    checkUpstreams()
    readEvaluators()
    var claws: [ResolvedClaw] = []
    for service in project.services {
      guard let block = blocks[service.name], block.isClaw else { continue }
      if let claw = resolve(service, block) { claws.append(claw) }
    }
    clawIndex = Dictionary(claws.enumerated().map { ($1.service.name, $0) }, uniquingKeysWith: { first, _ in first })
    for claw in claws {
      if claw.isCounted { countedInstances[claw.service.name] = claw.instances.map(\.name) }
      for target in claw.targets { joins[target, default: []].append(claw.serviceNetwork) }
      let asked = claw.cllama == nil ? [] : claw.upstreams.compactMap(\.service) + evaluatorServices(claw)
      for service in asked where joins[service]?.contains(ComposeNames.egress) != true {
        joins[service, default: []].append(ComposeNames.egress)
      }
    }
    joins = joins.mapValues { $0.sorted() }
    checkMaster(claws)
    checkNames(claws)
    checkPlaces(claws)
    checkPlainServices(claws)
    checkRetyped()
    guard !bag.hasErrors, !claws.contains(where: \.image.isUnknown) else { return }
    addresses(claws)
    sidecars(claws)
    describe(claws)
    if !bag.hasErrors { edits(claws) }
  }

  /// The service of a name.
  func service(named name: String) -> ComposeService? { serviceIndex[name].map { project.services[$0] } }
}
