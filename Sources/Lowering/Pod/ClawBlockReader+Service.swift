import Diagnostics
import IR
import JSON
import Lexer
import Source

extension ClawBlockReader {
  mutating func privileges(_ node: YAMLNode, into block: inout ClawBlock) {
    guard let entries = node.mergedEntries else {
      if !node.isNull { report(PodRules.fieldType, node, "privilege must be a mapping") }
      return
    }
    for entry in entries {
      let mode = (entry.key.text ?? "").lowercased()
      block.privilegeModes.insert(mode)
      let isList = entry.value.elements != nil
      if !PrivilegeParser.modes.contains(mode), case .failure(let failure) = PrivilegeParser.parse(mode, "") {
        report(PodRules.privilege, entry.key, failure.message, help: failure.help)
        continue
      }
      if entry.value.isNull || (isList && mode != "cap") {
        report(
          PodRules.privilege, entry.value, "'\(mode)' needs one value",
          help: mode == "cap" ? "write '[]' for no capability" : "write one, or leave the line out")
        continue
      }
      for value in texts(entry.value, "a privilege") {
        switch PrivilegeParser.parse(mode, value.value) {
        case .failure(let failure):
          bag.report(
            PodRules.privilege, at: failure.isAboutValue ? value.location : location(entry.key), failure.message,
            help: failure.help)
        case .success(let privilege): block.privileges.append((privilege, value.location))
        }
      }
    }
  }

  mutating func describe(_ node: YAMLNode) -> DescribeBlock {
    var block = DescribeBlock()
    for (name, value) in fields(node, "describe", known: ["role", "inputs", "outputs", "capabilities"]) {
      if name == "role" {
        block.role = text(value, "role")
      } else {
        block.lists.append((name, texts(value, "an item of \(name)")))
      }
    }
    return block
  }

  mutating func expose(_ node: YAMLNode) -> ExposeBlock? {
    var kind: PodText?
    var port: Int?
    var pin: (value: Bool, place: YAMLNode)?
    for (name, value) in fields(node, "expose", known: ["protocol", "port", "pin"]) {
      switch name {
      case "protocol": kind = text(value, "protocol")
      case "pin":
        guard case .bool(let truth) = json(value) else {
          report(PodRules.expose, value, "'pin' is true or false")
          continue
        }
        pin = (truth, value)
      default: port = integer(value, PodRules.expose, "a port", 1...65_535)
      }
    }
    guard let kind, let port else {
      report(PodRules.expose, node, "expose needs a protocol and a port")
      return nil
    }
    guard ["mcp", "rest", "grpc"].contains(kind.value) else {
      bag.report(
        PodRules.expose, at: kind.location, "'\(kind.value)' is no protocol of a service",
        help: "it is mcp, rest or grpc")
      return nil
    }
    if let pin, pin.value, kind.value != "mcp" {
      report(
        PodRules.expose, pin.place, "'pin' is for tools, and a '\(kind.value)' service has none",
        help: "remove it, or write 'protocol: mcp'")
    }
    return ExposeBlock(protocolName: kind.value, port: port, isPinned: pin?.value ?? false)
  }
}
