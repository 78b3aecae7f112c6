import Diagnostics
import Lexer
import Source

/// The services of a file that another one extends, with its paths moved.
struct ComposeBase {
  var file: SourceFile
  /// The folder that its own `extends` count from.
  var folder: String
  var services: [ComposeEntry]
  var resets: [ComposeReset]
}

/// Resolves `extends`.
struct ComposeExtender {
  let loading: ComposeLoading
  let file: SourceFile
  let folder: String
  private var resolved: [Key: ComposeValue] = [:]

  init(loading: ComposeLoading, file: SourceFile, folder: String) {
    self.loading = loading
    self.file = file
    self.folder = folder
  }

  private struct Key: Hashable {
    let file: ObjectIdentifier
    let service: ByteKey
  }

  /// A service on the way from the one that extends to the one that extends nothing.
  private struct Step {
    let key: Key
    let name: String
    let value: ComposeValue
    let resets: [ComposeReset]
    let place: Location
  }

  /// Resolves all services of a file.
  mutating func apply(to root: inout ComposeValue, _ resets: [ComposeReset], _ context: ComposeLoading.Context) {
    guard let services = root["services"]?.entries, services.contains(where: { $0.value.entry("extends") != nil })
    else {
      return
    }
    let base = ComposeBase(file: file, folder: folder, services: services, resets: resets)
    let names = Dictionary(
      services.enumerated().map { (ByteKey($1.key), $0) }, uniquingKeysWith: { first, _ in first })
    var results = services
    for index in services.indices where services[index].value.entry("extends") != nil {
      results[index].value = resolve(services[index].key, in: base, names, context)
    }
    root.change("services") { $0.content = .mapping(results) }
  }

  /// Follows `extends` to its end, then joins the services on the way back, so that no depth is a recursion.
  private mutating func resolve(
    _ name: String, in base: ComposeBase, _ names: [ByteKey: Int], _ context: ComposeLoading.Context
  ) -> ComposeValue {
    var steps: [Step] = []
    var seen: Set<Key> = []
    var base = base
    var name = name
    var place = Location(file, SourceRange(at: 0))
    var result: ComposeValue?
    while true {
      let key = Key(file: ObjectIdentifier(base.file), service: ByteKey(name))
      if let known = resolved[key] {
        result = known
        break
      }
      let index = base.file == file ? names[ByteKey(name)] : base.services.index(of: name)
      guard let index else {
        let near = loading.report.suggestion(to: name, in: base.services.map(\.key))
        loading.report.add(
          ComposeRules.undefinedBase, at: place, "there is no service '\(name.shown)' in '\(base.file.path)' to extend",
          help: near.map { "did you mean '\($0)'?" })
        break
      }
      let service = base.services[index]
      if !seen.insert(key).inserted {
        loading.report.add(
          ComposeRules.extendsCycle, at: place, "the service '\(name.shown)' extends itself in the end",
          help: "delete one 'extends' of the circle", labels: [.init(service.keyLocation, "the service is here")])
        break
      }
      steps.append(Step(key: key, name: name, value: service.value, resets: base.resets, place: place))
      guard let extends = service.value.entry("extends")?.value else { break }
      guard let reference = extends.string.map({ _ in extends }) ?? extends["service"], let next = reference.string
      else {
        loading.report.add(
          ComposeRules.missingKey, at: extends.location, "an extends needs the key 'service'",
          help: "name the service to extend")
        break
      }
      place = reference.location
      if let path = extends["file"], let text = path.string {
        guard let other = load(text, named: path.location, in: base, context) else { break }
        base = other
      }
      name = next
    }
    return joined(steps, onto: result)
  }

  private mutating func joined(_ steps: [Step], onto base: ComposeValue?) -> ComposeValue {
    var result = base
    for step in steps.reversed() {
      var value = step.value
      if case .mapping(var entries) = value.content {
        entries.removeAll { $0.key.isSame(as: "extends") }
        value.content = .mapping(entries)
      }
      if var below = result, below.entries != nil {
        below.remove(
          step.resets.compactMap { reset in
            reset.path.count > 2 && reset.path[0].key == "services"
              && reset.path[1].key?.isSame(as: step.name) == true
              ? ComposeReset(path: Array(reset.path.dropFirst(2))) : nil
          })
        value = ComposeMerge(report: loading.report).merge(below, value, ComposeSchema.serviceShape, .deep)
        value.location = step.value.location
      }
      resolved[step.key] = value
      result = value
    }
    return result ?? ComposeValue(.null, at: Location(file, SourceRange(at: 0)))
  }

  /// The services of another file, with their paths moved to this one's folder.
  private func load(
    _ text: String, named location: Location, in base: ComposeBase, _ context: ComposeLoading.Context
  ) -> ComposeBase? {
    let path = FilePath.normalize(FilePath.join(base.folder, text))
    if path.isSame(as: FilePath.normalize(base.file.path)) { return base }
    guard let source = loading.read(path, named: location) else { return nil }
    return loading.base("\(folder)\n\(path)") {
      var bag = DiagnosticBag()
      let documents = YAMLReader.read(source, into: &bag)
      loading.report.add(contentsOf: bag)
      if bag.hasErrors { return nil }
      var merged: ComposeValue?
      var resets: [ComposeReset] = []
      for document in documents {
        var importer = ComposeImporter(file: source, environment: context.environment, report: loading.report)
        guard var value = importer.document(document) else { continue }
        resets = importer.resets
        if var before = merged {
          before.remove(resets)
          value = ComposeMerge(report: loading.report).root(before, value)
        }
        ComposeLongForms(report: loading.report).expand(&value, ComposeSchema.file)
        ComposeIdentity.enforce(&value, ComposeSchema.file)
        merged = value
      }
      let directory = FilePath.directory(of: path)
      loading.note(documents)
      guard var services = merged?["services"] else {
        loading.report.add(
          ComposeRules.undefinedBase, at: location, "the file '\(path.shown)' has no services to extend")
        return nil
      }
      let moved = FilePath.relative(directory.isEmpty ? "." : directory, from: folder.isEmpty ? "." : folder)
      services.changeAll { ComposePaths.extended(&$0, moved) }
      return ComposeBase(file: source, folder: directory, services: services.entries ?? [], resets: resets)
    }
  }
}
