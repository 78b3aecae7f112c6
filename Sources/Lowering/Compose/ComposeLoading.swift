import Diagnostics
import Lexer
import Source

/// One load: the files read so far, and how a file becomes part of the model.
///
/// The order of compose: each document is typed and its variables expanded; then includes, `extends`, the merge into what
/// came before, the check against the schema, the long forms.
final class ComposeLoading {
  let files: any FileProvider
  let report = ComposeReport()
  /// Every file read, in order.
  private(set) var readFiles: [SourceFile] = []
  /// The documents of YAML files, for who looks for something that is no compose.
  private(set) var documents: [YAMLDocument] = []
  private var cache: [String: ComposeValue] = [:]
  private var bases: [String: ComposeBase] = [:]
  private var envFiles: [String: DotEnv?] = [:]
  private var byPath: [String: SourceFile] = [:]
  private var includes = 0
  private var hasTooMany = false

  static let fileLimit = 1000

  init(files: any FileProvider) { self.files = files }

  /// Where a file stands and what it can use.
  struct Context {
    /// The folder that relative paths count from, as the file provider wants it.
    var folder: String
    /// The variables.
    var environment: Environment
    /// Those of them that environment files of includes brought.
    var additions: [String: String] = [:]
    /// The paths of the files that led here, for circles.
    var chain: [String]
  }

  /// The model of one or several files, each overriding those before.
  func model(_ sources: [SourceFile], _ context: Context) -> ComposeValue? {
    var model: ComposeValue?
    for source in sources {
      note(source)
      var bag = DiagnosticBag()
      let documents = YAMLReader.read(source, into: &bag)
      report.add(contentsOf: bag)
      if bag.hasErrors { return nil }
      note(documents)
      for (index, document) in documents.enumerated() {
        let isLast = source == sources.last && index == documents.count - 1
        model = add(document, to: model, context, isLast: isLast) ?? model
      }
    }
    return model
  }

  private func add(
    _ document: YAMLDocument, to model: ComposeValue?, _ context: Context, isLast: Bool
  ) -> ComposeValue? {
    var importer = ComposeImporter(file: document.file, environment: context.environment, report: report)
    // One variable from here on, so that each pass changes the only copy.
    guard var merged = importer.document(document) else { return nil }
    include(into: &merged, importer.resets, context, from: document.file)
    var extender = ComposeExtender(loading: self, file: document.file, folder: context.folder)
    extender.apply(to: &merged, importer.resets, context)
    if var before = model {
      before.remove(importer.resets)
      merged = ComposeMerge(report: report).root(before, merged)
    }
    ComposeIdentity.enforce(&merged, ComposeSchema.file)
    var check = ComposeCheck(report: report, reads: isLast)
    check.root(merged)
    noteVersion(merged)
    ComposeLongForms(report: report).expand(&merged, ComposeSchema.file)
    ComposeIdentity.enforce(&merged, ComposeSchema.file)
    return merged
  }

  private func noteVersion(_ value: ComposeValue) {
    guard let version = value.entry("version") else { return }
    report.add(
      ComposeRules.obsoleteVersion, at: version.keyLocation, "'version' is obsolete and does nothing",
      help: "delete the line")
  }

  // MARK: Files

  /// Notes the documents of a file that was read.
  func note(_ documents: [YAMLDocument]) { self.documents += documents }

  private func note(_ file: SourceFile) {
    if !readFiles.contains(file) { readFiles.append(file) }
  }

  /// A file that another one names, or nil after a finding.
  func read(_ path: String, named location: Location) -> SourceFile? {
    if let known = byPath[path] { return known }
    if readFiles.count >= Self.fileLimit { return tooMany(at: location) }
    do throws(FileFailure) {
      return try fetch(path)
    } catch {
      report.add(ComposeRules.missingFile, at: location, "the file '\(path.shown)' \(error.reason)")
      return nil
    }
  }

  /// A file if it is there.
  func readIfPresent(_ path: String) -> SourceFile? {
    byPath[path] ?? (readFiles.count >= Self.fileLimit ? nil : try? fetch(path))
  }

  private func fetch(_ path: String) throws(FileFailure) -> SourceFile {
    let file = try files.read(path, within: nil, limit: 16 * 1024 * 1024)
    byPath[path] = file
    note(file)
    return file
  }

  /// Reports that a place leads to too many files; once, for every file behind it does.
  func tooMany<Result>(at location: Location) -> Result? {
    if hasTooMany { return nil }
    hasTooMany = true
    report.add(ComposeRules.tooManyFiles, at: location, "this leads to more than \(Self.fileLimit) files")
    return nil
  }

  /// The variables of an environment file, read once; nil after a finding.
  func envFile(_ path: String, named location: Location, isRequired: Bool, lookup: (String) -> String?) -> DotEnv? {
    if path == "/dev/null" { return DotEnv() }
    if let known = envFiles[path] { return known }
    guard let file = isRequired ? read(path, named: location) : readIfPresent(path) else { return nil }
    var result: DotEnv?
    do throws(DotEnv.Failure) {
      result = try DotEnv.parse(file, lookup: lookup)
    } catch {
      report.add(ComposeRules.invalidEnvFile, at: Location(file, error.range), error.message)
    }
    envFiles[path] = .some(result)
    return result
  }

  /// A base of `extends` in another file, read once.
  func base(_ path: String, _ make: () -> ComposeBase?) -> ComposeBase? {
    if let known = bases[path] { return known }
    let base = make()
    bases[path] = base
    return base
  }

  /// A model of included files, made once for the same files and variables.
  func included(_ key: String, named location: Location, _ make: () -> ComposeValue?) -> ComposeValue? {
    if let known = cache[key] { return known }
    includes += 1
    if includes > Self.fileLimit {
      return tooMany(at: location)
    }
    let model = make()
    cache[key] = model
    return model
  }
}
