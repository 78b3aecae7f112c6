import Cllama
import Glibc
import IR

/// Where a sidecar's configuration comes from, and when it changed.
struct ConfigurationSource {
  let path: String
  private var seen: [UInt8]?
  /// What the files of keys were when they were read.
  private var keys: [String: KeyStamp] = [:]
  /// When the first of its policies is out of date, in seconds since 1970: then they are read anew, and refused as expired
  /// until there are others.
  private var expires = Int.max
  /// Why it could not be taken; it is tried again until it can, because what is wrong may be a file beside it.
  private var failure: ConfigurationFailure?

  /// What tells that a file is another one.
  private struct KeyStamp: Equatable {
    var inode: UInt64
    var size: Int
    var seconds: Int
    var nanoseconds: Int

    init?(_ path: String) {
      var status = stat()
      guard stat(path, &status) == 0 else { return nil }
      (inode, size) = (UInt64(status.st_ino), Int(status.st_size))
      (seconds, nanoseconds) = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
    }
  }

  init(_ path: String) { self.path = path }

  private var folder: String {
    path.utf8.lastIndex(of: 0x2F).map { String(path[..<$0]) } ?? "."
  }

  /// What people allowed again.
  var lifts: [Lifts.Lift] { Lifts.read(folder) }

  /// Tools that people accepted.
  var acceptances: [ToolPins.Acceptance] { ToolPins.Acceptance.read(folder) }

  /// The configuration, if it is another one than was last read.
  mutating func changed() -> Result<Sidecar.Serving, ConfigurationFailure>? {
    let bytes: [UInt8]
    do throws(RecordFile.Failure) { bytes = try RecordFile.contents(path) } catch {
      if seen == [] { return nil }
      seen = []
      return .failure(ConfigurationFailure("", error.message))
    }
    let isSame = seen == bytes
    let isCurrent = RecordTime.now / 1_000 < expires && keys.allSatisfy { KeyStamp($0.key) == $0.value }
    if isSame, failure == nil, isCurrent { return nil }
    seen = bytes
    do throws(ConfigurationFailure) {
      let serving = try Self.serving(bytes, folder)
      failure = nil
      expires = serving.policies.compactMap(\.expires).min() ?? .max
      keys = [:]
      for path in serving.configuration.upstreams.compactMap(\.keyFile) { keys[path] = KeyStamp(path) }
      return .success(serving)
    } catch {
      if isSame, failure == error { return nil }
      failure = error
      return .failure(error)
    }
  }

  /// Everything that a configuration names is there and sound, or it is refused as a whole.
  private static func serving(_ bytes: [UInt8], _ folder: String) throws(ConfigurationFailure) -> Sidecar.Serving {
    let configuration = try SidecarConfiguration(bytes)
    let instances = configuration.instances
    guard Set(instances.map(\.name)).count == instances.count,
      Set(instances.map(\.tokenDigest)).count == instances.count
    else { throw ConfigurationFailure("instances", "two have the same name or token") }
    var keys: [String: UpstreamKey] = [:]
    for upstream in configuration.upstreams {
      if let file = upstream.keyFile { keys[upstream.name] = try UpstreamKey(file: file) }
    }
    for sink in configuration.sinks {
      for file in sink.secretFiles { _ = try UpstreamKey(file: file) }
    }
    var files = try PolicyFiles(folder: folder, keys: configuration.policyKeys)
    let now = RecordTime.now / 1_000
    let pipeline = try StageBuilder.pipeline(configuration.stages) { bundle throws(ConfigurationFailure) in
      try files.program(bundle, now: now)
    }
    return .init(
      configuration, pipeline: pipeline, keys: keys, policies: files.loaded, claims: files.claims)
  }
}
