import AST
import Diagnostics
import Emitters
import IR
import Lexer
import Lowering
import Source

/// The Clawfiles that a pod builds, compiled once each, and what claw.lock knows.
struct PodImages: ImageProvider {
  let files: any FileProvider
  let facts: any ImageFactsProvider
  let isWorker: Bool
  /// Build arguments of the command line, which win over the pod's.
  let arguments: [String: String]
  /// What was found in them.
  var bag = DiagnosticBag()
  /// The compiled files, in the order in which they were asked for.
  var compiled: [(path: String, checked: CheckedClawfile, location: Location)] = []

  /// The files of builds, by context and name; nil for those that were reported.
  private var found: [String: BuildFile?] = [:]
  /// Where each file is among those that were compiled, by path and by what its FROM lines see of the arguments.
  private var places: [String: Int] = [:]
  /// A tree of each path.
  private var trees: [String: Clawfile] = [:]
  /// The images by the file's number and the target: many claws may share one.
  private var images: [String: BuiltImage] = [:]
  /// Those with errors.
  private var broken: Set<Int> = []

  init(files: any FileProvider, facts: any ImageFactsProvider, isWorker: Bool, arguments: [String: String]) {
    self.arguments = arguments
    self.files = files
    self.facts = facts
    self.isWorker = isWorker
  }

  mutating func built(
    context: String, dockerfile: String?, target: String?, arguments: [String: String], at location: Location
  ) -> BuiltImage? {
    guard let file = file(context, dockerfile, location) else { return nil }
    let number = number(file, arguments.merging(self.arguments) { $1 }, location)
    if broken.contains(number) { return nil }
    let key = "\(number) \(target ?? "")"
    if let known = images[key] { return known }
    let image = image(number, target, location)
    images[key] = image
    return image
  }

  /// The image that a stage of a compiled file makes; nil if there is no such stage, which is reported.
  private mutating func image(_ number: Int, _ target: String?, _ location: Location) -> BuiltImage? {
    let checked = compiled[number].checked
    let target = target?.isEmpty == true ? nil : target
    guard let index = checked.lowered.stage(target: target, in: checked.tree)
    else {
      bag.report(
        PodRules.unknownImage, at: location, "'\(compiled[number].path)' has no stage '\(target ?? "")'",
        help: "name one of its stages as the target")
      return nil
    }
    let config = checked.lowered.configs[index]
    let isWrapped = !config.configure.isEmpty || !config.invoke.isEmpty
    var image = BuiltImage(
      config: config, command: checked.lowered.commands[index], hasWrapper: isWrapped,
      hasScheduler: !config.invoke.isEmpty, hasHealthcheck: hasHealthcheck(checked, index), source: checked.tree.file,
      generated: checked.tree.hasDirectives ? GeneratedName.dockerfile(for: compiled[number].path) : nil)
    image.sources = checked.tree.stages.compactMap(\.name) + checked.model.stages.map(\.base)
    return image
  }

  var scripts: (entrypoint: [UInt8], scheduler: [UInt8]) { (ImageScripts.entrypoint, ImageScripts.scheduler) }

  func locked(_ reference: String) -> ImageFacts? { facts.facts(of: reference) }

  /// The file of a build; nil if there is none, which was reported.
  private mutating func file(_ context: String, _ dockerfile: String?, _ location: Location) -> BuildFile? {
    let key = context + "\n" + (dockerfile ?? "")
    if let known = found[key] { return known }
    do throws(BuildFile.Failure) {
      let file = try BuildFile.find(context: context, dockerfile: dockerfile, in: files)
      found[key] = file
      return file
    } catch {
      let isMissing = error.reason == .missing
      bag.report(
        PodRules.unknownImage, at: location,
        "the build's file '\(error.path)' \(isMissing ? "is not there" : error.reason.reason)",
        help: isMissing ? "create it, or name another with 'dockerfile'" : "make it a file that you may read")
      return nil
    }
  }

  /// Where a file, built with some arguments, is among those that were compiled.
  private mutating func number(_ file: BuildFile, _ arguments: [String: String], _ location: Location) -> Int {
    if let known = trees[file.path].flatMap({ places[Self.key(file.path, $0, arguments)] }) { return known }
    var findings = DiagnosticBag()
    let checked = CheckedClawfile.check(
      file.source, facts: facts, arguments: arguments, isWorker: isWorker, into: &findings)
    bag.add(contentsOf: findings)
    if trees.updateValue(checked.tree, forKey: file.path) != nil { bag.removeDuplicates() }
    let number = compiled.count
    places[Self.key(file.path, checked.tree, arguments)] = number
    if findings.hasErrors { broken.insert(number) }
    compiled.append((file.path, checked, location))
    return number
  }

  private static func key(_ path: String, _ tree: Clawfile, _ arguments: [String: String]) -> String {
    tree.names(of: arguments).reduce(into: path) { $0 += "\n\($1)=\(arguments[$1] ?? "")" }
  }

  private func hasHealthcheck(_ checked: CheckedClawfile, _ index: Int) -> Bool {
    checked.model.lineage(of: index).contains {
      !checked.tree.indices(of: .keyword(.healthcheck), in: checked.tree.stages[$0].body).isEmpty
    }
  }
}
