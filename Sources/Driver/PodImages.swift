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
  /// What was found in them.
  var bag = DiagnosticBag()
  /// The compiled files, in the order in which they were asked for.
  var compiled: [(path: String, checked: CheckedClawfile)] = []

  /// Where each path's is among them, and each build's, by context and name of its file.
  private var places: [String: Int] = [:]
  private var builds: [String: Int] = [:]
  /// The images by the file's number and the target: many claws may share one.
  private var images: [String: BuiltImage] = [:]
  /// Those with errors.
  private var broken: Set<Int> = []

  init(files: any FileProvider, facts: any ImageFactsProvider, isWorker: Bool) {
    self.files = files
    self.facts = facts
    self.isWorker = isWorker
  }

  mutating func built(context: String, dockerfile: String?, target: String?, at location: Location) -> BuiltImage? {
    guard let number = number(context, dockerfile, location) else { return nil }
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

  /// Where the file of a build is among those that were compiled; nil if there is none, which was reported.
  private mutating func number(_ context: String, _ dockerfile: String?, _ location: Location) -> Int? {
    let key = context + "\n" + (dockerfile ?? "")
    if let known = builds[key] { return known }
    let found: BuildFile
    do throws(BuildFile.Failure) {
      found = try BuildFile.find(context: context, dockerfile: dockerfile, in: files)
    } catch {
      let isMissing = error.reason == .missing
      bag.report(
        PodRules.unknownImage, at: location,
        "the build's file '\(error.path)' \(isMissing ? "is not there" : error.reason.reason)",
        help: isMissing ? "create it, or name another with 'dockerfile'" : "make it a file that you may read")
      return nil
    }
    let number = places[found.path] ?? check(found)
    builds[key] = number
    return number
  }

  private mutating func check(_ found: BuildFile) -> Int {
    var findings = DiagnosticBag()
    let checked = CheckedClawfile.check(found.source, facts: facts, isWorker: isWorker, into: &findings)
    bag.add(contentsOf: findings)
    let number = compiled.count
    places[found.path] = number
    if findings.hasErrors { broken.insert(number) }
    compiled.append((found.path, checked))
    return number
  }

  private func hasHealthcheck(_ checked: CheckedClawfile, _ index: Int) -> Bool {
    checked.model.lineage(of: index).contains {
      !checked.tree.indices(of: .keyword(.healthcheck), in: checked.tree.stages[$0].body).isEmpty
    }
  }
}
