import Cllama
import Glibc
import JSON
import NIOCore
import NIOHTTP1

/// Asks the services of a claw what they offer, and writes the claw's skill map: when the sidecar starts, when its
/// configuration changes, and again and again as long as a service is silent or may have changed.
///
/// Belongs to the sidecar's event loop.
final class Discovery {
  private let sidecar: Sidecar
  private var findings: [String: SkillMap.Finding] = [:]
  private var written: [UInt8]?
  private var isRunning = false
  private var timer: Scheduled<Void>?
  /// How long until services are asked again, in seconds.
  private static let pause = 15

  init(_ sidecar: Sidecar) { self.sidecar = sidecar }

  /// Asks all services, and again after a while.
  func run() {
    if isRunning { return }
    guard let serving = sidecar.serving else { return again() }
    let map = serving.configuration.skillMap
    let services = serving.configuration.services
    guard map != nil || services.contains(where: \.isPinned) else { return again() }
    isRunning = true
    // What claw knows is there at once; the tools follow.
    if written == nil { write(map) }
    let asked = services.map { service in
      find(service).map { (service.name, $0) }
    }
    EventLoopFuture.whenAllSucceed(asked, on: sidecar.loop).assumeIsolated().whenComplete { [self] result in
      isRunning = false
      if case .success(let found) = result {
        for (name, finding) in found {
          // A service that does not answer for a moment keeps the tools that it had.
          if finding.source == .none, findings[name].map({ $0.source != .none }) == true { continue }
          findings[name] = finding
          guard finding.source == .mcp, let service = services.first(where: { $0.name == name }) else { continue }
          let changes = sidecar.pins.look(service, finding.tools)
          if !changes.isEmpty { sidecar.log.note(changes) }
        }
        findings = findings.filter { entry in services.contains { $0.name == entry.key } }
        write(map)
      }
      again()
    }
  }

  private func again() {
    if sidecar.isStopping { return }
    timer?.cancel()
    timer = sidecar.loop.assumeIsolated().scheduleTask(in: .seconds(Int64(Self.pause))) { [self] in run() }
  }

  private func write(_ map: SidecarConfiguration.SkillMapSetting?) {
    guard let map else { return }
    let pinned = Set(sidecar.serving?.configuration.services.filter(\.isPinned).map(\.name) ?? [])
    let bytes = Array(
      (SkillMap.value(map.base, findings) { pinned.contains($0) ? sidecar.pins.pins.changed($0) : [] }.text(
        indented: true) + "\n").utf8)
    if bytes == written { return }
    let next = map.file + ".new"
    let descriptor = open(next, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o644)
    guard descriptor >= 0 else { return }
    let count = Glibc.write(descriptor, bytes, bytes.count)
    close(descriptor)
    // A reader sees the old map or the new one, never a part.
    guard count == bytes.count, rename(next, map.file) == 0 else { return }
    let isFirst = written == nil
    written = bytes
    var record = CallRecord(.configuration)
    record.set("verdict", isFirst ? "skillmap" : "skillmap_changed")
    record.set(
      "services",
      value: .object(
        findings.sorted { $0.key < $1.key }.map {
          .init($0.key, ["discovered": .string($0.value.source.rawValue), "tools": JSONValue($0.value.tools.count)])
        }))
    sidecar.log.note([record])
  }

  private func find(_ service: SidecarConfiguration.ServiceTarget) -> EventLoopFuture<SkillMap.Finding> {
    let found: EventLoopFuture<SkillMap.Finding>
    switch service.protocolName {
    case "mcp": found = MCPClient(sidecar, service.url).tools().map { SkillMap.Finding(.mcp, $0) }
    case "rest": found = openAPI(service.url, ["/openapi.json", "/.well-known/openapi.json"])
    default:
      found = sidecar.loop.makeSucceededFuture(
        SkillMap.Finding(.none, reason: "'\(service.protocolName)' services are not asked"))
    }
    return found.recover { SkillMap.Finding(.none, reason: "\($0)") }
  }

  private func openAPI(_ url: String, _ paths: [String]) -> EventLoopFuture<SkillMap.Finding> {
    guard let first = paths.first else {
      return sidecar.loop.makeSucceededFuture(SkillMap.Finding(.none, reason: "it has no OpenAPI document"))
    }
    return sidecar.fetch(url, first, .GET, HTTPHeaders(), nil).assumeIsolated().flatMap { [self] response in
      if response.status == .ok, let document = try? JSONValue.strict(response.body),
        let tools = SkillMap.tools(openAPI: document)
      {
        let kept = Array(tools.prefix(SkillMap.mostTools))
        return sidecar.loop.makeSucceededFuture(SkillMap.Finding(.openapi, kept))
      }
      return openAPI(url, Array(paths.dropFirst()))
    }.nonisolated()
  }
}

extension Sidecar {
  /// A bounded request of the sidecar's own.
  func fetch(
    _ base: String, _ path: String, _ method: HTTPMethod, _ headers: HTTPHeaders, _ body: JSONValue?
  ) -> EventLoopFuture<PeerResponse> {
    var headers = headers
    headers.replaceOrAdd(name: "user-agent", value: "cllama/\(Self.version)")
    return PeerFetch(
      client, loop, method, WebAddress.join(base, path), headers, body.map { Array($0.text().utf8) },
      limit: SkillMap.mostBytes, time: .seconds(5)
    ).result
  }
}
