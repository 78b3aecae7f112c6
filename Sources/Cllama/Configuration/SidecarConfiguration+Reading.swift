import Canonical
import IR
import JSON

extension SidecarConfiguration {
  /// The version of the form that this sidecar reads.
  package static let schema = 1

  /// Reads `cllama.json`.
  package init(_ bytes: [UInt8]) throws(ConfigurationFailure) {
    let value: JSONValue
    do throws(JSONFailure) { value = try JSONValue.strict(bytes) } catch {
      throw ConfigurationFailure("", "is no JSON: \(error.message) at byte \(error.offset)")
    }
    var reader = try MemberReader(value, "")
    guard try reader.integer("schema", 1...Int.max) == Self.schema else {
      throw ConfigurationFailure("schema", "must be \(Self.schema)")
    }
    self.init(pod: try reader.neededText("pod"), instances: [])
    try reader.each("instances") { value, path throws(ConfigurationFailure) in
      instances.append(try Self.instance(value, path))
    }
    run = try reader.text("run")
    if let run, !SessionName.isSound(run) { throw ConfigurationFailure("run", "must be \(SessionName.form)") }
    try reader.object("listen") { reader throws(ConfigurationFailure) in
      listen.address = try reader.text("address") ?? listen.address
      listen.api = try reader.integer("api", 0...65_535) ?? listen.api
      listen.connect = try reader.integer("connect", 0...65_535) ?? listen.connect
      listen.dns = try reader.integer("dns", 0...65_535) ?? listen.dns
    }
    if reader.value("clients") != nil {
      clients = try reader.texts("clients").map { text throws(ConfigurationFailure) in
        guard let range = AddressRange(text) else {
          throw ConfigurationFailure("clients", "'\(text)' is no range of IPv4 addresses")
        }
        return range
      }
    }
    socket = try reader.text("socket")
    try reader.each("upstreams") { value, path throws(ConfigurationFailure) in
      upstreams.append(try Self.upstream(value, path))
    }
    try readModels(&reader)
    try readBounds(&reader)
    try reader.each("stages") { value, path throws(ConfigurationFailure) in
      stages.append(try Self.stage(value, path))
    }
    policyKeys = try reader.texts("policy_keys")
    try readSurfaces(&reader)
    try reader.object("log") { reader throws(ConfigurationFailure) in
      log.folder = try reader.text("folder") ?? log.folder
      log.bodies = try reader.choice("bodies", BodyLog.self) ?? log.bodies
      log.segmentBytes = try reader.integer("segment_bytes", 4096...(1 << 40)) ?? log.segmentBytes
      log.segments = try reader.integer("keep_segments", 2...100_000) ?? log.segments
    }
    sinks = try SinkSetting.all(&reader)
    try reader.object("drift") { reader throws(ConfigurationFailure) in
      drift.restrict = try reader.fraction("restrict") ?? drift.restrict
      drift.quarantine = try reader.fraction("quarantine") ?? drift.quarantine
      drift.calls = try reader.integer("calls", 1...10_000) ?? drift.calls
      if reader.value("read_only_tools") != nil { drift.readOnly = try reader.texts("read_only_tools") }
      guard drift.restrict <= drift.quarantine else {
        throw ConfigurationFailure(reader.at("restrict"), "must not be above quarantine")
      }
    }
    try reader.object("skillmap") { reader throws(ConfigurationFailure) in
      skillMap = SkillMapSetting(
        file: try reader.neededText("file"), base: reader.value("base") ?? .object([]))
    }
    try reader.finish()
    try check()
  }

  private mutating func readModels(_ reader: inout MemberReader) throws(ConfigurationFailure) {
    try reader.object("models") { reader throws(ConfigurationFailure) in
      models.allow = try reader.texts("allow")
      models.fallbackForNone = try reader.text("default")
      models.fallback = try reader.texts("fallback")
      if let aliases = reader.value("aliases") {
        guard let members = aliases.members else {
          throw ConfigurationFailure(reader.at("aliases"), "must be an object")
        }
        for member in members {
          guard let text = member.value.string else {
            throw ConfigurationFailure("\(reader.at("aliases")).\(member.name)", "must be a text")
          }
          models.aliases[member.name] = text
        }
      }
    }
  }

  private mutating func readBounds(_ reader: inout MemberReader) throws(ConfigurationFailure) {
    let most = 1 << 40
    try reader.object("limits") { reader throws(ConfigurationFailure) in
      limits.requestBytes = try reader.integer("request_bytes", 1...most) ?? limits.requestBytes
      limits.responseBytes = try reader.integer("response_bytes", 1...most) ?? limits.responseBytes
      limits.firstByteSeconds = try reader.integer("first_byte_seconds", 1...86_400) ?? limits.firstByteSeconds
      limits.idleSeconds = try reader.integer("idle_seconds", 1...86_400) ?? limits.idleSeconds
      limits.totalSeconds = try reader.integer("total_seconds", 1...86_400) ?? limits.totalSeconds
      limits.requestsPerMinute = try reader.integer("requests_per_minute", 0...most) ?? limits.requestsPerMinute
      limits.concurrent = try reader.integer("concurrent", 1...65_536) ?? limits.concurrent
    }
    try reader.object("retry") { reader throws(ConfigurationFailure) in
      retry.attempts = try reader.integer("attempts", 1...10) ?? retry.attempts
      retry.backoffMilliseconds = try reader.integer("backoff_ms", 0...60_000) ?? retry.backoffMilliseconds
    }
    try reader.object("budget") { reader throws(ConfigurationFailure) in
      func bound(_ number: Int?) -> Int? { number == 0 ? nil : number }
      budget.tokens = bound(try reader.integer("tokens", 0...most))
      budget.dollars = try reader.money("usd")
      budget.requests = bound(try reader.integer("requests", 0...most))
      budget.windowSeconds = try reader.integer("window_seconds", 1...31_622_400) ?? budget.windowSeconds
    }
    try reader.each("prices") { value, path throws(ConfigurationFailure) in
      var reader = try MemberReader(value, path)
      let model = try reader.neededText("model")
      guard let input = try reader.money("input"), let output = try reader.money("output") else {
        throw ConfigurationFailure(path, "must have input and output")
      }
      prices.append(Price(model: model, input: input, output: output, cached: try reader.money("cached")))
      try reader.finish()
    }
  }

  private mutating func readSurfaces(_ reader: inout MemberReader) throws(ConfigurationFailure) {
    try reader.each("egress") { value, path throws(ConfigurationFailure) in
      var reader = try MemberReader(value, path)
      egress.append(
        EgressHost(
          host: try reader.neededText("host"), port: try reader.integer("port", 1...65_535) ?? 443,
          surface: try reader.text("surface") ?? ""))
      try reader.finish()
    }
    try reader.each("services") { value, path throws(ConfigurationFailure) in
      var reader = try MemberReader(value, path)
      services.append(
        ServiceTarget(
          name: try reader.neededText("name"), url: try reader.neededText("url"),
          protocolName: try reader.text("protocol") ?? "rest", required: try reader.texts("require"),
          isPinned: try reader.bool("pin") ?? false))
      try reader.finish()
    }
  }

  private static func instance(_ value: JSONValue, _ path: String) throws(ConfigurationFailure) -> Instance {
    var reader = try MemberReader(value, path)
    let digits = try reader.neededText("token_sha256")
    guard let digest = Hash256(hex: digits) else {
      throw ConfigurationFailure(reader.at("token_sha256"), "must be 64 hexadecimal digits")
    }
    let name = try reader.neededText("name")
    let instance = Instance(name: name, service: try reader.text("service") ?? name, tokenDigest: digest)
    try reader.finish()
    return instance
  }

  private static func upstream(_ value: JSONValue, _ path: String) throws(ConfigurationFailure) -> Upstream {
    var reader = try MemberReader(value, path)
    let name = try reader.neededText("name")
    let url = try reader.neededText("url")
    guard url.utf8.starts(with: "http://".utf8) || url.utf8.starts(with: "https://".utf8) else {
      throw ConfigurationFailure(reader.at("url"), "must begin with http:// or https://")
    }
    let family = try reader.choice("api", Family.self) ?? .openai
    let keyFile = try reader.text("key_file")
    let header = try reader.choice("auth", KeyHeader.self) ?? (keyFile == nil ? .none : .bearer)
    guard header == .none || keyFile != nil else { throw ConfigurationFailure(reader.at("key_file"), "is missing") }
    try reader.finish()
    return Upstream(name: name, url: url, family: family, keyHeader: header, keyFile: keyFile)
  }

  private static func stage(_ value: JSONValue, _ path: String) throws(ConfigurationFailure) -> StageSetting {
    var reader = try MemberReader(value, path)
    guard let kind = try reader.choice("stage", StageSetting.Kind.self) else {
      throw ConfigurationFailure(reader.at("stage"), "is missing")
    }
    let setting = StageSetting(
      kind: kind, profile: try reader.neededText("profile"), bundle: try reader.text("bundle"),
      settings: reader.value("settings") ?? .object([]))
    if kind == .policy, setting.bundle == nil, setting.settings["evaluator"] == nil {
      throw ConfigurationFailure(reader.at("bundle"), "is missing")
    }
    try reader.finish()
    return setting
  }

  /// What members say of each other.
  private func check() throws(ConfigurationFailure) {
    guard !instances.isEmpty else { throw ConfigurationFailure("instances", "is empty") }
    guard log.bodies == .none || stages.contains(where: { $0.kind == .policy }) else {
      throw ConfigurationFailure("log.bodies", "nothing redacts bodies without a policy among the stages")
    }
    let names = Set(upstreams.map(\.name))
    guard names.count == upstreams.count else { throw ConfigurationFailure("upstreams", "has a name twice") }
    for reference in models.allow + models.fallback + models.aliases.values
      + [models.fallbackForNone].compactMap({ $0 })
    {
      let upstream = reference.utf8.firstIndex(of: 0x2F).map { String(reference[..<$0]) } ?? ""
      guard names.contains(upstream) else {
        throw ConfigurationFailure("models", "'\(reference)' is of no upstream that is there")
      }
    }
  }
}
