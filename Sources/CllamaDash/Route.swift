/// What can be asked for.
enum Route: Sendable, Equatable {
  case page(token: String?)
  case asset(Asset)
  case health
  case document(Document)
  case node(String)
  case nodeMetrics(String)
  case workload(String)
  case logs(String)
  case calls(CallFilter)
  case events(after: String?)
  case live

  /// Which calls are wanted.
  struct CallFilter: Sendable, Equatable {
    var claw: String?
    var kind: String?
    var verdict: String?
    var limit = 200
  }

  /// Every path, as the OpenAPI document writes it.
  static let paths =
    ["/", "/api/health"] + Asset.allCases.map(\.path)
    + Document.allCases.map { "/api/\($0.rawValue)" }
    + [
      "/api/nodes/{id}", "/api/nodes/{id}/metrics", "/api/workloads/{id}", "/api/workloads/{id}/logs", "/api/calls",
      "/api/events", "/api/ws",
    ]

  /// nil for a path that there is not. Nothing is decoded: no name here needs it.
  init?(_ uri: String) {
    let parts = uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let path = parts.first.map(String.init) ?? ""
    var query: [String: String] = [:]
    for pair in (parts.count > 1 ? parts[1] : "").split(separator: "&") {
      let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if sides.count == 2 { query[String(sides[0])] = String(sides[1]) }
    }
    if path == "/" {
      self = .page(token: query["token"])
      return
    }
    if let asset = Asset.allCases.first(where: { $0.path == path }) {
      self = .asset(asset)
      return
    }
    let words = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(String.init)
    switch words.first == "api" ? Array(words.dropFirst()) : [] {
    case ["health"]: self = .health
    case ["calls"]:
      var filter = CallFilter(claw: query["claw"], kind: query["kind"], verdict: query["verdict"])
      if let text = query["limit"] {
        guard let limit = Int(text), 1...CallList.limit ~= limit else { return nil }
        filter.limit = limit
      }
      self = .calls(filter)
    case ["events"]: self = .events(after: query["last_event_id"])
    case ["ws"]: self = .live
    case let words where words.count == 1:
      guard let document = Document(rawValue: words[0]) else { return nil }
      self = .document(document)
    case let words where words.count == 2 && words[0] == "nodes": self = .node(words[1])
    case let words where words.count == 3 && words[0] == "nodes" && words[2] == "metrics": self = .nodeMetrics(words[1])
    case let words where words.count == 2 && words[0] == "workloads": self = .workload(words[1])
    case let words where words.count == 3 && words[0] == "workloads" && words[2] == "logs": self = .logs(words[1])
    default: return nil
    }
  }

  /// Whether it is a page that a person opens by itself.
  var isNavigation: Bool { if case .page = self { true } else { false } }
}

/// Files of the page.
enum Asset: String, Sendable, CaseIterable {
  case style, script, icon, openapi

  var path: String {
    switch self {
    case .style: "/dash.css"
    case .script: "/dash.js"
    case .icon: "/icon.svg"
    case .openapi: "/openapi.json"
    }
  }

  var type: String {
    switch self {
    case .style: "text/css; charset=utf-8"
    case .script: "text/javascript; charset=utf-8"
    case .icon: "image/svg+xml"
    case .openapi: "application/json"
    }
  }

  var bytes: [UInt8] {
    switch self {
    case .style: PackageResources.dash_css
    case .script: PackageResources.dash_js
    case .icon: PackageResources.icon_svg
    case .openapi: PackageResources.openapi_json
    }
  }

  /// The page itself.
  static var page: [UInt8] { PackageResources.dash_html }
}
