import Diagnostics
import IR
import Lexer
import Source

extension PodLowering {
  /// Reads all x-claw blocks of the pod file; one anywhere else is a finding.
  mutating func readBlocks() {
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
    guard let elements = node.elements else {
      return reader.report(
        PodRules.fieldType, node, "access must be a list", help: "write '- PATTERN: read-only': the order counts")
    }
    for element in elements {
      guard let entries = element.mergedEntries, entries.count == 1 else {
        reader.report(
          PodRules.fieldType, element, "a line of an access list is one 'pattern: mode'",
          help: "write each behind a '-' of its own: the order counts")
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

  /// The pod's name: x-claw's, else the file's.
  mutating func name() {
    if let pod = podBlock.pod {
      if ComposeNames.isPod(pod.value) {
        plan.name = pod.value
      } else {
        bag.report(
          PodRules.name, at: pod.location, "'\(pod.value)' can't be the pod's name",
          help: "use lower-case letters, digits, '-' and '_', a letter or digit first")
      }
    }
    if let named = project.model["name"]?.string, podBlock.pod != nil, ComposeName.normalized(named) != plan.name {
      bag.report(
        PodRules.name, at: project.model["name"]?.location ?? Location(main, SourceRange(at: 0)),
        "the file is called '\(named)' here and '\(plan.name)' in x-claw", help: "remove one of the two")
    }
  }
}
