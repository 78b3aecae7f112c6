import Diagnostics
import Lexer
import Source

/// Replaces short forms by what they stand for.
struct ComposeLongForms {
  let report: ComposeReport

  init(report: ComposeReport) { self.report = report }

  /// Walks a value and everything below it.
  func expand(_ value: inout ComposeValue, _ shape: ComposeShape?) {
    switch value.content {
    case .mapping(var entries):
      guard let map = shape?.map else { return }
      value.content = .null
      for index in entries.indices {
        let field = map.fields[entries[index].key]
        if let form = field?.longForm { apply(form, &entries[index].value) }
        if let shape = field?.shape ?? map.shape(of: entries[index].key), shape.map != nil || shape.list != nil {
          expand(&entries[index].value, shape)
        }
      }
      value.content = .mapping(entries)
    case .sequence(var elements):
      guard let list = shape?.list, list.element.map != nil else { return }
      value.content = .null
      for index in elements.indices { expand(&elements[index], list.element) }
      value.content = .sequence(elements)
    default: return
    }
  }

  private func apply(_ form: LongForm, _ value: inout ComposeValue) {
    switch form {
    case .build: if value.string != nil { value = value.derived([("context", value)]) }
    case .dependencies: Self.dependencies(&value)
    case .names: Self.names(&value)
    case .list: if value.string != nil { value.content = .sequence([value]) }
    case .envFiles:
      if value.string != nil { value.content = .sequence([value]) }
      each(&value) { element in element.string.map { _ in element.derived([("path", element)]) } }
    case .files: each(&value) { element in element.string.map { _ in element.derived([("source", element)]) } }
    case .gpus:
      if value.string != nil { value.content = .sequence([value.derived([("count", value)])]) }
    case .ports: each(&value) { port($0) }
    case .mounts: each(&value) { mount($0) }
    case .devices: each(&value) { device($0) }
    case .sshKeys: pairs(&value) { $0.isSame(as: "default") }
    case .pairs: pairs(&value) { _ in false }
    }
  }

  private func each(_ value: inout ComposeValue, _ change: (ComposeValue) -> ComposeValue?) {
    guard case .sequence(var elements) = value.content else { return }
    for index in elements.indices {
      if let changed = change(elements[index]) { elements[index] = changed }
    }
    value.content = .sequence(elements)
  }

  /// A list of services as a mapping of conditions.
  static func dependencies(_ value: inout ComposeValue) {
    guard let elements = value.elements, elements.allSatisfy({ $0.string != nil }) else { return }
    value.content = .mapping(
      elements.map { element in
        ComposeEntry(
          element.string ?? "", at: element.location,
          element.derived([
            ("condition", element.derived("service_started")),
            ("required", ComposeValue(.bool(true), at: element.location)),
          ]))
      })
  }

  /// A list of names as a mapping without values.
  static func names(_ value: inout ComposeValue) {
    guard let elements = value.elements, elements.allSatisfy({ $0.string != nil }) else { return }
    value.content = .mapping(
      elements.map { ComposeEntry($0.string ?? "", at: $0.location, ComposeValue(.null, at: $0.location)) })
  }
}

extension ComposeLongForms {
  private func port(_ value: ComposeValue) -> ComposeValue? {
    if value.entries != nil { return nil }
    if case .float = value.content {
      report.add(ComposeRules.invalidPort, at: value.location, "'\(value.scalarText ?? "")' is no port")
      return nil
    }
    guard let text = value.scalarText else { return nil }
    do throws(PortSpec.Failure) {
      let port = try PortSpec(text)
      let target: ComposeValue.Content =
        port.target.count == 1
        ? .int(Int64(port.target.lowerBound)) : .string("\(port.target.lowerBound)-\(port.target.upperBound)")
      return value.derived([
        ("mode", value.derived("ingress")),
        ("host_ip", port.address.isEmpty ? nil : value.derived(port.address)),
        ("target", ComposeValue(target, at: value.location)),
        ("published", port.published.isEmpty ? nil : value.derived(port.published)),
        ("protocol", value.derived(port.proto)),
      ])
    } catch {
      report.add(
        ComposeRules.invalidPort, at: value.location, "'\(text)' is no port mapping: \(error.message)",
        help: "write it as '8080:80', '127.0.0.1:8080:80' or '53:53/udp'")
      return nil
    }
  }

  private func mount(_ value: ComposeValue) -> ComposeValue? {
    guard let text = value.string else { return nil }
    do throws(MountSpec.Failure) {
      let mount = try MountSpec(text)
      let on = ComposeValue(.bool(true), at: value.location)
      let bind = value.derived([
        ("propagation", mount.options.last { Self.propagations.contains($0) }.map(value.derived)),
        ("create_host_path", on),
        ("selinux", mount.options.last { $0 == "z" || $0 == "Z" }.map(value.derived)),
      ])
      return value.derived([
        ("type", value.derived(mount.isBind ? "bind" : "volume")),
        ("source", mount.source.isEmpty ? nil : value.derived(mount.source)),
        ("target", value.derived(mount.target)),
        ("read_only", mount.options.last { $0 == "ro" || $0 == "rw" } == "ro" ? on : nil),
        ("bind", mount.isBind ? bind : nil),
        ("volume", mount.options.contains("nocopy") ? value.derived([("nocopy", on)]) : nil),
      ])
    } catch {
      report.add(
        ComposeRules.invalidMount, at: value.location, "'\(text)' is no mount: \(error.message)",
        help: "write it as 'source:target' or 'source:target:ro'")
      return nil
    }
  }

  private static let propagations = ["rprivate", "private", "rshared", "shared", "rslave", "slave"]

  private func device(_ value: ComposeValue) -> ComposeValue? {
    guard let text = value.string else { return nil }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard parts.count <= 3 else {
      report.add(
        ComposeRules.invalidDevice, at: value.location, "it is not clear which part of '\(text)' is what",
        help: "write it with 'source' and 'target'")
      return nil
    }
    let source = parts.first ?? ""
    return value.derived([
      ("source", value.derived(source)),
      ("target", value.derived(parts.count > 1 && !parts[1].isEmpty ? parts[1] : source)),
      ("permissions", value.derived(parts.count > 2 ? parts[2] : "rwm")),
    ])
  }

  private func pairs(_ value: inout ComposeValue, isOptional: (String) -> Bool) {
    guard let elements = value.elements, elements.allSatisfy({ $0.string != nil }) else { return }
    var entries: [ComposeEntry] = []
    for element in elements {
      let parts = (element.string ?? "").split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let key = String(parts.first ?? "")
      if parts.count < 2, !isOptional(key) {
        report.add(
          ComposeRules.invalidPair, at: element.location, "'\(element.string ?? "")' has no '='",
          help: "write it as 'name=value'")
        continue
      }
      let part =
        parts.count < 2 ? ComposeValue(.null, at: element.location) : element.derived(String(parts[1]))
      let entry = ComposeEntry(key, at: element.location, part)
      if let place = entries.index(of: key) { entries[place] = entry } else { entries.append(entry) }
    }
    value.content = .mapping(entries)
  }
}
