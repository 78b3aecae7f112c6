import JSON
import TestSupport
import Testing

@testable import CllamaDash

/// The document and the server say the same.
@Suite("The OpenAPI document", .serialized)
struct OpenAPITests {
  private static let document = (try? JSONValue.strict(Asset.openapi.bytes)) ?? .null

  /// What of a value does not fit a schema; of JSON Schema only what the document uses.
  static func complaints(_ value: JSONValue, _ schema: JSONValue, at place: String = "$") -> [String] {
    if let name = schema["$ref"]?.string?.split(separator: "/").last {
      guard let target = document["components"]?["schemas"]?[String(name)] else { return ["\(place): no \(name)"] }
      return complaints(value, target, at: place)
    }
    let types = schema["type"]?.array?.compactMap(\.string) ?? schema["type"]?.string.map { [$0] } ?? []
    let type =
      switch value {
      case .null: "null"
      case .bool: "boolean"
      case .number: value.integer == nil ? "number" : "integer"
      case .string: "string"
      case .array: "array"
      case .object: "object"
      }
    guard types.isEmpty || types.contains(type) else { return ["\(place): \(type) in place of \(types)"] }
    if let allowed = schema["enum"]?.array, !allowed.contains(value) { return ["\(place): \(value.text())"] }
    if let least = schema["minItems"]?.integer, (value.array?.count ?? least) < least { return ["\(place): too short"] }
    var found: [String] = []
    for name in schema["required"]?.array?.compactMap(\.string) ?? [] where value.members != nil && value[name] == nil {
      found.append("\(place): '\(name)' is missing")
    }
    if let properties = schema["properties"] {
      for member in value.members ?? [] {
        guard let own = properties[member.name] else {
          found.append("\(place): '\(member.name)' is not documented")
          continue
        }
        found += complaints(member.value, own, at: "\(place).\(member.name)")
      }
    }
    if let items = schema["items"] {
      for (index, item) in (value.array ?? []).enumerated() {
        found += complaints(item, items, at: "\(place)[\(index)]")
      }
    }
    return found
  }

  @Test("Every path that is served is documented, and no other")
  func paths() {
    let documented = Self.document["paths"]?.members?.map(\.name).sorted() ?? []
    #expect(documented == Route.paths.sorted())
    for path in Route.paths { #expect(Route(path.replacing("{id}", with: "x")) != nil, "\(path)") }
    let page = Repository.text("docs/dash.md") ?? ""
    for path in Route.paths where path.hasPrefix("/api/") {
      #expect(page.contains(path.replacing("{id}", with: "ID")), "\(path)")
    }
  }

  @Test("What is answered has the status, the type and the members that are documented")
  func answers() async throws {
    try await OwnThread.run { try Self.ask() }
  }

  private static func ask() throws {
    let claw = try FakeClaw()
    let server = try DashServer(port: 0, asker: claw.asker, pause: 100)
    claw.run()
    defer {
      claw.end()
      server.stop()
    }
    let client = DashClient(port: server.port, token: server.token)
    var checked = 0
    for path in document["paths"]?.members ?? [] {
      let operation = path.value["get"] ?? .null
      #expect(path.value.members?.map(\.name) == ["get"])
      if path.name == "/api/events" || path.name.hasSuffix("/logs") { continue }
      let id = path.name.contains("workloads") ? "wire" : "desk-0"
      for word in path.name.contains("{id}") ? [id, "nobody"] : [""] {
        let reply = try client.get(path.name.replacing("{id}", with: word))
        let response = operation["responses"]?[String(reply.status)]
        #expect(response != nil, "\(path.name) \(word): \(reply.status)")
        let type = reply.headers["content-type"] ?? ""
        guard let schema = response?["content"]?[type]?["schema"] else {
          #expect(Bool(false), "\(path.name): \(reply.status) \(type) is not documented")
          continue
        }
        if type == "application/json" {
          let value = try #require(reply.json, "\(path.name): \(reply.body)")
          #expect(complaints(value, schema) == [], "\(path.name)")
        }
        checked += 1
      }
      let stranger = try DashClient(port: server.port).get(path.name.replacing("{id}", with: id))
      let refused = operation["responses"]?["401"]?["content"]?[stranger.headers["content-type"] ?? ""]
      #expect(stranger.status == 401 && refused != nil, "\(path.name)")
    }
    #expect(checked > 15)
    let calls = try client.get("/api/calls?kind=response&claw=desk-0&limit=1").json?.array ?? []
    #expect(calls.count == 1 && calls.first?["call"]?.string == "b")
  }

  @Test("A value that breaks the document is found")
  func judge() {
    let schema: JSONValue = ["$ref": "#/components/schemas/Health"]
    #expect(Self.complaints(["ok": true, "viewers": 0], schema).isEmpty)
    let wrong: [JSONValue] = [["ok": true], ["ok": 1, "viewers": 0], ["ok": true, "viewers": 0, "more": 1], []]
    for value in wrong { #expect(!Self.complaints(value, schema).isEmpty, "\(value.text())") }
  }
}
