import Canonical
package import JSON

/// What a claw can do: `skillmap.json`, its surfaces with the tools that were found behind them.
package struct SkillMap: Sendable, Equatable {
  /// A tool of a service.
  package struct Tool: Sendable, Equatable {
    package var name: String
    package var description: String
    package var inputSchema: JSONValue

    package init(name: String, description: String, inputSchema: JSONValue) {
      self.name = name
      self.description = description
      self.inputSchema = inputSchema
    }

    /// SHA-256 of its canonical form: two servers that write the same tool differently have the same.
    package var digest: String {
      let value: JSONValue = [
        "name": .string(name), "description": .string(description), "inputSchema": inputSchema,
      ]
      return Digest.sha256Hex((try? CanonicalJSON.bytes(value)) ?? Array(value.text().utf8))
    }
  }

  /// How tools were found.
  package enum Source: String, Sendable {
    case mcp
    case openapi
    case described = "describe"
    /// The service could not be asked.
    case none
  }

  /// What was found behind a service.
  package struct Finding: Sendable, Equatable {
    package var source: Source
    package var tools: [Tool]
    /// Why nothing was found.
    package var reason: String?

    package init(_ source: Source, _ tools: [Tool] = [], reason: String? = nil) {
      self.source = source
      self.tools = tools
      self.reason = reason
    }
  }

  /// Tools and bytes that a map may have of one service.
  package static let mostTools = 512
  package static let mostBytes = 4 << 20

  /// The map that claw wrote, with what was found filled in.
  ///
  /// - Parameter changed: the tools of a service that are denied because they are not as they were.
  /// - Parameter base: `{"schema":1,"pod":…,"claw":…,"surfaces":[{"uri":"service://wire",…}],…}`
  package static func value(
    _ base: JSONValue, _ findings: [String: Finding], changed: (String) -> Set<String> = { _ in [] }
  ) -> JSONValue {
    var map = base
    guard let list = map.index(of: "surfaces"), let surfaces = map["surfaces"]?.array else { return map }
    let filled = surfaces.map { surface -> JSONValue in
      guard let uri = surface["uri"]?.string, uri.hasPrefix("service://"),
        let finding = findings[String(uri.dropFirst(10))]
      else { return surface }
      var surface = surface
      if finding.source == .none, surface["discovered"] != nil {
        // What the pod says of it is all that there is.
        if let reason = finding.reason { surface.set("reason", .string(reason)) }
        return surface
      }
      surface.set("discovered", .string(finding.source.rawValue))
      if let reason = finding.reason { surface.set("reason", .string(reason)) }
      let denied = changed(String(uri.dropFirst(10)))
      surface.set(
        "tools",
        .array(
          finding.tools.map { tool in
            var members: [JSONValue.Member] = [
              .init("name", .string(tool.name)), .init("description", .string(tool.description)),
              .init("inputSchema", tool.inputSchema), .init("sha256", .string(tool.digest)),
            ]
            if denied.contains(tool.name) { members.append(.init("changed", true)) }
            return .object(members)
          }))
      return surface
    }
    map.edit([list]) { $0 = .array(filled) }
    return map
  }

  /// Tools in the answer to `tools/list`; nil where it is none.
  package static func tools(mcp result: JSONValue) -> [Tool]? {
    result["tools"]?.array?.compactMap { tool in
      guard let name = tool["name"]?.string, isName(name) else { return nil }
      return Tool(
        name: name, description: oneLine(tool["description"]?.string ?? ""),
        inputSchema: tool["inputSchema"] ?? .object([]))
    }
  }

  /// Operations of an OpenAPI document (3.x): one tool each, named by `operationId`, or by method and path.
  package static func tools(openAPI document: JSONValue) -> [Tool]? {
    guard document["openapi"]?.string?.hasPrefix("3.") == true, let paths = document["paths"]?.members else {
      return nil
    }
    var tools: [Tool] = []
    for path in paths {
      for method in path.value.members ?? []
      where ["get", "put", "post", "delete", "patch", "head", "options"].contains(method.name) {
        let operation = method.value
        var properties: [JSONValue.Member] = []
        var required: [JSONValue] = []
        for parameter in (path.value["parameters"]?.array ?? []) + (operation["parameters"]?.array ?? []) {
          guard let name = parameter["name"]?.string else { continue }
          properties.append(.init(name, parameter["schema"] ?? .object([])))
          if parameter["required"]?.bool == true { required.append(.string(name)) }
        }
        if let body = operation["requestBody"]?["content"]?["application/json"]?["schema"] {
          properties.append(.init("body", body))
          if operation["requestBody"]?["required"]?.bool == true { required.append("body") }
        }
        let own = operation["operationId"]?.string.flatMap { isName($0) ? $0 : nil }
        let schema: JSONValue = [
          "type": "object", "properties": .object(properties), "required": .array(required),
        ]
        tools.append(
          Tool(
            name: own ?? "\(method.name) \(path.name)",
            description: oneLine(operation["summary"]?.string ?? operation["description"]?.string ?? ""),
            inputSchema: schema))
      }
    }
    return tools
  }

  /// What a tool may be called: it goes into prompts and records.
  private static func isName(_ text: String) -> Bool {
    1...128 ~= text.utf8.count
      && text.utf8.allSatisfy {
        0x61...0x7A ~= $0 | 0x20 || 0x30...0x39 ~= $0 || $0 == 0x5F || $0 == 0x2D || $0 == 0x2E || $0 == 0x2F
      }
  }

  /// A description is text of somebody else's: one line, without what can't be seen, and not endless.
  private static func oneLine(_ text: String) -> String {
    var line = ""
    for scalar in text.unicodeScalars {
      if line.utf8.count >= 1_000 { break }
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
        if line.last != " " { line += " " }
      default: line.unicodeScalars.append(scalar)
      }
    }
    return line
  }
}
