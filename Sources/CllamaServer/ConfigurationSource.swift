import Cllama
import Glibc
import IR

/// Where a sidecar's configuration comes from, and when it changed.
struct ConfigurationSource {
  let path: String
  private var seen: [UInt8]?

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
    if seen == bytes { return nil }
    seen = bytes
    do throws(ConfigurationFailure) { return .success(try Self.serving(bytes, folder)) } catch {
      return .failure(error)
    }
  }

  /// Everything that a configuration names is there and sound, or it is refused as a whole.
  private static func serving(_ bytes: [UInt8], _ folder: String) throws(ConfigurationFailure) -> Sidecar.Serving {
    let configuration = try SidecarConfiguration(bytes)
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
