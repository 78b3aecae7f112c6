import Diagnostics
import Lexer
import Source

/// Replaces short forms by what they stand for.
struct ComposeLongForms {
  let report: ComposeReport

  init(report: ComposeReport) { self.report = report }

  /// Walks a value and everything below it.
  func expand(_ value: inout ComposeValue, _ shape: ComposeShape) {
    let changed = value.rewritten(shape, where: \.hasLongForms) { field, value in
      field.longForm.flatMap { apply($0, value) }
    }
    if let changed { value = changed }
  }

  private func apply(_ form: LongForm, _ value: ComposeValue) -> ComposeValue? {
    let list = value.string == nil ? value : value.with(.sequence([value]))
    switch form {
    case .build: return value.string == nil ? nil : value.derived([("context", value)])
    case .dependencies: return Self.dependencies(value)
    case .names: return Self.names(value)
    case .list: return value.string == nil ? nil : list
    case .envFiles:
      return list.rewritten(list.elements ?? []) { element in
        element.string == nil ? nil : element.derived([("path", element)])
      }
    case .files:
      return value.rewritten(value.elements ?? []) { element in
        element.string == nil ? nil : element.derived([("source", element)])
      }
    case .gpus: return value.string == nil ? nil : value.with(.sequence([value.derived([("count", value)])]))
    case .ports: return value.rewritten(value.elements ?? [], port)
    case .mounts: return value.rewritten(value.elements ?? [], mount)
    case .devices: return value.rewritten(value.elements ?? [], device)
    case .sshKeys: return pairs(value) { $0.isSame(as: "default") }
    case .pairs: return pairs(value) { _ in false }
    }
  }

  /// A list of services as a mapping of conditions.
  static func dependencies(_ value: ComposeValue) -> ComposeValue? {
    guard let elements = value.elements, elements.allSatisfy({ $0.string != nil }) else { return nil }
    return value.with(
      .mapping(
        elements.map { element in
          ComposeEntry(
            element.string ?? "", at: element.location,
            element.derived([
              ("condition", element.derived("service_started")),
              ("required", ComposeValue(.bool(true), at: element.location)),
            ]))
        }))
  }

  /// A list of names as a mapping without values.
  static func names(_ value: ComposeValue) -> ComposeValue? {
    guard let elements = value.elements, elements.allSatisfy({ $0.string != nil }) else { return nil }
    return value.with(
      .mapping(
        elements.map { ComposeEntry($0.string ?? "", at: $0.location, ComposeValue(.null, at: $0.location)) }))
  }
}

extension ComposeLongForms {
  private func port(_ value: ComposeValue) -> ComposeValue? {
    if value.entries != nil { return nil }
    if case .float = value.content {
      report.add(ComposeRules.invalidPort, at: value.location, "'\((value.scalarText ?? "").shown)' is no port")
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
        ComposeRules.invalidPort, at: value.location, "'\(text.shown)' is no port mapping: \(error.message)",
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
        ComposeRules.invalidMount, at: value.location, "'\(text.shown)' is no mount: \(error.message)",
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
        ComposeRules.invalidDevice, at: value.location, "it is not clear which part of '\(text.shown)' is what",
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

  private func pairs(_ value: ComposeValue, isOptional: (String) -> Bool) -> ComposeValue? {
    guard let elements = value.elements, elements.allSatisfy({ $0.string != nil }) else { return nil }
    var entries: [ComposeEntry] = []
    for element in elements {
      let parts = (element.string ?? "").split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let key = String(parts.first ?? "")
      if parts.count < 2, !isOptional(key) {
        report.add(
          ComposeRules.invalidPair, at: element.location, "'\((element.string ?? "").shown)' has no '='",
          help: "write it as 'name=value'")
        continue
      }
      let part =
        parts.count < 2 ? ComposeValue(.null, at: element.location) : element.derived(String(parts[1]))
      let entry = ComposeEntry(key, at: element.location, part)
      if let place = entries.index(of: key) { entries[place] = entry } else { entries.append(entry) }
    }
    return value.with(.mapping(entries))
  }
}
