import Diagnostics
import IR
import Lexer
import Source

extension PodLowering {
  /// Notes which services stand where, and what in the document is written anew.
  mutating func readPlaces() {
    // A base that is only extended is another service, whatever its name.
    var included: Set<String> = []
    for document in project.documents {
      let folder = FilePath.directory(of: document.file.path)
      for element in document.root["include"]?.elements ?? [] {
        for path in (element["path"] ?? element).texts {
          included.insert(FilePath.normalize(FilePath.join(folder, path)))
        }
      }
    }
    for document in project.documents {
      let isOwn = document.file == main && document.root === self.document?.root
      if document.file != main, !included.contains(FilePath.normalize(document.file.path)) { continue }
      for entry in document.root["services"]?.entries ?? [] {
        guard let name = entry.key.text else { continue }
        if isOwn {
          writtenServices[name] = entry.value
        } else if otherServices[name] == nil {
          otherServices[name] = Location(document.file, entry.key.range)
        }
      }
    }
    for key in ["services", "networks", "volumes"] {
      if let entry = document?.root.entry(key) { changeable.append(entry.range) }
    }
  }

  /// Anchors and aliases may not cross the border of what is taken out, nor carry it along.
  mutating func checkAliases() {
    guard let root = document?.root else { return }
    let removed = project.claws.filter(\.isInMainFile).map {
      SourceRange($0.entry.key.range.lower, $0.entry.range.upper)
    }.sorted()
    /// The x-claw block that an offset is in; those of one document don't overlap.
    func block(_ offset: Int) -> Int? {
      let index = firstIndex(in: removed, from: offset + 1) - 1
      return index >= 0 && removed[index].contains(offset) ? index : nil
    }
    var found: [(SourceRange, String)] = []
    var hasAliases = false
    root.visitAliases { node, target in
      hasAliases = true
      guard case .alias(let name, _) = node.content else { return }
      let next = firstIndex(in: removed, from: target.range.lower)
      let carries = next < removed.count && removed[next].lower < target.range.upper
      if block(node.range.lower) != block(target.range.lower) || carries { found.append((node.range, name)) }
    }
    self.hasAliases = hasAliases
    for (range, name) in found {
      bag.report(
        PodRules.alias, at: Location(main, range), "the alias '\(name)' crosses the border of an x-claw block",
        help: "write the value out")
    }
  }

  /// The first of sorted ranges that starts at an offset or behind it.
  private func firstIndex(in ranges: [SourceRange], from offset: Int) -> Int {
    var (low, high) = (0, ranges.count)
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].lower < offset { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// A claw is written in one document of the pod file: what another added would be lost or come past the checks.
  mutating func isInOnePlace(_ service: ComposeService) -> Bool {
    if let other = otherServices[service.name] {
      bag.report(
        PodRules.place, at: other, "the claw '\(service.name)' is written in another place too",
        help: "keep all of a claw in one place")
      return false
    }
    if writtenServices[service.name] != nil { return true }
    bag.report(
      PodRules.place, at: service.location, "the claw '\(service.name)' arrives by a merge key",
      help: "write the service itself under 'services'")
    return false
  }

  /// What claw must change has to stand where it can: in the pod file.
  mutating func checkPlaces(_ claws: [ResolvedClaw]) {
    for upstream in podBlock.upstreams {
      guard case .service(let name, _, _) = upstream.place, joins[name.value] != nil,
        writtenServices[name.value] == nil, otherServices[name.value]?.file != main
      else { continue }
      bag.report(
        PodRules.unknownUpstream, at: name.location,
        "'\(name.value)' is not written in the pod file itself, so it can't join the network of the sidecars",
        help: "write the service under 'services' of the pod file",
        labels: otherServices[name.value].map { [.init($0, "the service")] } ?? [])
    }
    for claw in claws {
      for (surface, location) in claw.surfaces where surface.kind == .service && claw.targets.contains(surface.target) {
        if writtenServices[surface.target] != nil { continue }
        if let other = otherServices[surface.target], other.file == main { continue }
        bag.report(
          PodRules.surface, at: location,
          "'\(surface.target)' is not written in the pod file itself, so it can't join the network of a claw",
          help: "write the service under 'services' of the pod file",
          labels: otherServices[surface.target].map { [.init($0, "the service")] } ?? [])
      }
    }
    for service in project.services where clawIndex[service.name] == nil {
      if writtenServices[service.name] != nil, isWrittenHere(service) { continue }
      for dependency in service.dependencies where countedInstances[dependency.key] != nil {
        bag.report(
          PodRules.place, at: dependency.keyLocation,
          "'\(dependency.key)' has a count, and what depends on it must stand beside it",
          help: "write this in the pod file, where the claw is")
      }
    }
    checkExtends()
  }

  /// Whether a service's own lines say what it depends on.
  private func isWrittenHere(_ service: ComposeService) -> Bool {
    let own = writtenServices[service.name]?["depends_on"]
    return service.dependencies.allSatisfy { dependency in
      own?.elements?.contains { $0.text == dependency.key } ?? (own?.entry(dependency.key) != nil)
        || countedInstances[dependency.key] == nil
    }
  }

  /// A claw has claw's parts in it, which nothing else may inherit.
  private mutating func checkExtends() {
    for document in project.documents where document.file == main {
      for entry in document.root["services"]?.entries ?? [] {
        guard let extends = entry.value["extends"] else { continue }
        let file = extends["file"]?.text.map(FilePath.normalize) ?? FilePath.normalize(main.path)
        guard file == FilePath.normalize(main.path) || file == FilePath.name(of: main.path),
          let base = extends["service"] ?? (extends.entries == nil ? extends : nil), let name = base.text,
          clawIndex[name] != nil
        else { continue }
        bag.report(
          PodRules.place, at: Location(main, base.range), "'\(name)' is a claw and can't be extended",
          help: "put what both share in a service without x-claw, or behind an anchor")
      }
    }
  }
}

extension YAMLNode {
  /// The texts of a list, or a single one.
  fileprivate var texts: [String] { elements?.compactMap(\.text) ?? text.map { [$0] } ?? [] }
}
