import JSON

extension SinkSetting {
  /// More of them would be a mistake.
  static let most = 8

  /// Reads `sinks`.
  static func all(_ reader: inout MemberReader) throws(ConfigurationFailure) -> [SinkSetting] {
    var sinks: [SinkSetting] = []
    try reader.each("sinks") { value, path throws(ConfigurationFailure) in
      let sink = try SinkSetting(value, path)
      guard !sinks.contains(where: { $0.name == sink.name }) else {
        throw ConfigurationFailure("\(path).name", "is there twice")
      }
      if case .standardOutput = sink.destination, sinks.contains(where: { $0.destination == .standardOutput }) {
        throw ConfigurationFailure("\(path).kind", "is there twice")
      }
      if let file = sink.file, sinks.contains(where: { $0.file == file }) {
        throw ConfigurationFailure("\(path).file", "is there twice")
      }
      sinks.append(sink)
    }
    guard sinks.count <= most else { throw ConfigurationFailure("sinks", "must not be more than \(most)") }
    return sinks
  }

  private init(_ value: JSONValue, _ path: String) throws(ConfigurationFailure) {
    var reader = try MemberReader(value, path)
    let name = try reader.neededText("name")
    guard name.utf8.count <= 64, name.utf8.allSatisfy(Self.isOfName) else {
      throw ConfigurationFailure(reader.at("name"), "must have at most 64 small letters, digits and '-'")
    }
    guard let kind = try reader.choice("kind", Kind.self) else {
      throw ConfigurationFailure(reader.at("kind"), "is missing")
    }
    self.init(name: name, destination: try Self.destination(kind, &reader))
    try reader.object("batch") { reader throws(ConfigurationFailure) in
      batch.count = try reader.integer("count", 1...10_000) ?? batch.count
      batch.bytes = try reader.integer("bytes", 1_024...(16 << 20)) ?? batch.bytes
      batch.milliseconds = try reader.integer("milliseconds", 0...60_000) ?? batch.milliseconds
    }
    queue = try reader.integer("queue", 1...10_000_000) ?? queue
    queueBytes = try reader.integer("queue_bytes", 1_024...(1 << 40)) ?? queueBytes
    attempts = try reader.integer("attempts", 1...100) ?? attempts
    backoffMilliseconds = try reader.integer("backoff_ms", 1...60_000) ?? backoffMilliseconds
    timeoutMilliseconds = try reader.integer("timeout_ms", 1...300_000) ?? timeoutMilliseconds
    stopMilliseconds = try reader.integer("stop_ms", 0...60_000) ?? stopMilliseconds
    deadLetterBytes = try reader.integer("dead_letter_bytes", 4_096...(1 << 40)) ?? deadLetterBytes
    try reader.finish()
  }

  private static func isOfName(_ byte: UInt8) -> Bool {
    0x61...0x7A ~= byte || 0x30...0x39 ~= byte || byte == 0x2D
  }

  private static func destination(_ kind: Kind, _ reader: inout MemberReader) throws(ConfigurationFailure)
    -> Destination
  {
    switch kind {
    case .stdout: return .standardOutput
    case .jsonl: return .file(try file(&reader))
    case .webhook: return .server(try server(.webhook, &reader))
    case .otlp: return .server(try server(.otlp, &reader))
    case .splunk: return .server(try server(.splunk, &reader))
    case .elastic: return .server(try server(.elastic, &reader))
    }
  }

  private static func file(_ reader: inout MemberReader) throws(ConfigurationFailure) -> FileTarget {
    var target = FileTarget(path: try reader.neededText("file"))
    guard target.path.utf8.first == 0x2F, target.path.utf8.last != 0x2F else {
      throw ConfigurationFailure(reader.at("file"), "must be the path of a file from the root")
    }
    let last = target.path.split(separator: "/").last ?? ""
    guard RecordFile.segment(last) == nil, !last.hasPrefix("sink-") else {
      throw ConfigurationFailure(reader.at("file"), "has a name that files of the record have")
    }
    target.bytes = try reader.integer("file_bytes", 4_096...(1 << 40)) ?? target.bytes
    target.kept = try reader.integer("keep_files", 1...1_000) ?? target.kept
    return target
  }

  private static func server(_ api: SinkAPI, _ reader: inout MemberReader) throws(ConfigurationFailure)
    -> ServerTarget
  {
    var target = ServerTarget(
      api: api, url: try reader.neededText("url"), tokenFile: try reader.text("token_file"))
    try check(target.url, api, at: reader.at("url"))
    switch api {
    case .webhook: target.secretFile = try reader.text("secret_file")
    case .otlp: break
    case .splunk:
      guard target.tokenFile != nil else { throw ConfigurationFailure(reader.at("token_file"), "is missing") }
      target.index = try reader.text("index")
    case .elastic: target.index = try reader.text("index") ?? "cllama"
    }
    return target
  }

  private static func check(_ url: String, _ api: SinkAPI, at path: String) throws(ConfigurationFailure) {
    guard url.utf8.starts(with: "http://".utf8) || url.utf8.starts(with: "https://".utf8),
      WebAddress(url) != nil, url.utf8.allSatisfy({ 0x21...0x7E ~= $0 && $0 != 0x5C && $0 != 0x23 })
    else { throw ConfigurationFailure(path, "must begin with http:// or https:// and a host") }
    let authority = url.utf8.drop { $0 != 0x2F }.dropFirst(2).prefix { $0 != 0x2F && $0 != 0x3F }
    // A name and a password in an address end up in everybody's messages.
    guard !authority.contains(0x40) else {
      throw ConfigurationFailure(path, "must hold no user: there are token files")
    }
    guard api == .webhook || !url.utf8.contains(0x3F) else { throw ConfigurationFailure(path, "must have no query") }
  }
}
