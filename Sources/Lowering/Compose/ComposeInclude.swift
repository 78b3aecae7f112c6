import Lexer
import Source

extension ComposeLoading {
  /// Takes what the files under `include` declare into a file; what it declares itself overrides them.
  func include(into value: inout ComposeValue, _ resets: [ComposeReset], _ context: Context, from file: SourceFile) {
    guard let items = value["include"]?.elements else { return }
    var check = ComposeCheck(report: report, reads: true)
    for item in items { check.check(item, ComposeSchema.include) }
    for item in items {
      guard var model = included(by: item, context, from: file) else { continue }
      model.remove(resets)
      merge(model, into: &value)
    }
    guard case .mapping(var entries) = value.content else { return }
    entries.removeAll { $0.key.isSame(as: "include") }
    value.content = .mapping(entries)
  }

  private func included(by item: ComposeValue, _ context: Context, from file: SourceFile) -> ComposeValue? {
    let named = item.string == nil ? item["path"] : item
    let paths = named.map { $0.elements ?? [$0] } ?? []
    guard let first = paths.first?.string, !first.isEmpty else { return nil }
    let main = FilePath.normalize(FilePath.join(context.folder, first))
    let own = FilePath.normalize(file.path)
    if context.chain.contains(where: { $0.isSame(as: main) }) || own.isSame(as: main) {
      report.add(
        ComposeRules.includeCycle, at: paths[0].location, "'\(first.shown)' leads back to the file that includes it",
        help: "delete one 'include' of the circle")
      return nil
    }
    let folder =
      item["project_directory"]?.string.map { FilePath.join(context.folder, $0) } ?? FilePath.directory(of: main)
    guard let inner = inner(of: item, folder: folder, context, leadingTo: [own, main]) else { return nil }
    let additions = inner.additions.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    let key = ([folder, context.folder] + paths.map { $0.string ?? "" } + [""] + additions).joined(separator: "\u{0}")
    return included(key, named: item.location) {
      var sources: [SourceFile] = []
      for path in paths {
        guard let text = path.string,
          let source = read(FilePath.normalize(FilePath.join(context.folder, text)), named: path.location)
        else { return nil }
        sources.append(source)
      }
      // Each level is a recursion of this; nobody nests so deep.
      if inner.chain.count > 128 { return tooMany(at: item.location) }
      guard var model = model(sources, inner) else { return nil }
      ComposePaths.rebase(&model, into: FilePath.relative(folder, from: context.folder))
      return model
    }
  }

  /// What included files see: the variables of the including one, then those of environment files.
  private func inner(
    of item: ComposeValue, folder: String, _ context: Context, leadingTo chain: [String]
  ) -> Context? {
    var inner = context
    inner.folder = folder
    inner.chain += chain
    let lookup = { (name: String) in context.environment[name] }
    var files: [DotEnv] = []
    if let named = item["env_file"] {
      for path in named.elements ?? [named] {
        guard let text = path.string else { continue }
        let whole = FilePath.join(context.folder, text)
        guard let file = envFile(whole, named: path.location, isRequired: true, lookup: lookup) else { return nil }
        files.append(file)
      }
    } else if let file = envFile(
      FilePath.join(folder, ".env"), named: item.location, isRequired: false, lookup: lookup)
    {
      files.append(file)
    }
    for variable in files.flatMap(\.variables) where inner.environment[variable.name] == nil {
      inner.environment.values[variable.name] = variable.value
      inner.additions[variable.name] = variable.value
    }
    return inner
  }

  /// Joins included resources with those of the file, section by section.
  private func merge(_ model: ComposeValue, into value: inout ComposeValue) {
    guard case .mapping(var entries) = value.content else { return }
    for section in ComposeSchema.sections {
      guard let from = model.entry(section), case .mapping(let imported) = from.value.content else { continue }
      guard let place = entries.index(of: section) else {
        entries.append(from)
        continue
      }
      guard case .mapping(let own) = entries[place].value.content else { continue }
      let shape = ComposeSchema.root.fields[section]?.shape?.map
      var base = imported
      let names = Dictionary(
        own.enumerated().map { (ByteKey($1.key), $0) }, uniquingKeysWith: { first, _ in first })
      base.removeAll { entry in
        names[ByteKey(entry.key)].map { own[$0].value.hasSameContent(as: entry.value) } ?? false
      }
      entries[place].value.content = .mapping(ComposeMerge(report: report).entries(base, own, shape))
    }
    value.content = .mapping(entries)
  }
}
