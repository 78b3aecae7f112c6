/// Where the record goes too, beside the sidecar's own files: one entry of `sinks` in `cllama.json`.
package struct SinkSetting: Sendable, Equatable {
  /// What takes the record.
  package enum Kind: String, Sendable, CaseIterable {
    /// A file of JSON lines.
    case jsonl
    case stdout
    /// A JSON array by POST.
    case webhook
    /// OpenTelemetry logs over HTTP, in JSON.
    case otlp
    /// Splunk's HTTP Event Collector.
    case splunk
    /// The bulk API of Elasticsearch and OpenSearch.
    case elastic
  }

  /// Where it is.
  package enum Destination: Sendable, Equatable {
    case file(FileTarget)
    case standardOutput
    case server(ServerTarget)
  }

  /// A file that is followed by another one when it is full: `NAME` becomes `NAME.1`, that `NAME.2`, …
  package struct FileTarget: Sendable, Equatable {
    package var path: String
    /// How large it may become.
    package var bytes = 64 << 20
    /// How many old ones are kept.
    package var kept = 4

    package init(path: String) { self.path = path }
  }

  /// Something that is spoken to over HTTP.
  package struct ServerTarget: Sendable, Equatable {
    package var api: SinkAPI
    /// A webhook's whole address; for all others what the API's own path is put behind.
    package var url: String
    /// What proves who sends: the content of this file.
    package var tokenFile: String?
    /// A webhook's bodies are signed with the content of this file.
    package var secretFile: String?
    /// Splunk's index, Elastic's index or data stream.
    package var index: String?

    package init(api: SinkAPI, url: String, tokenFile: String? = nil) {
      self.api = api
      self.url = url
      self.tokenFile = tokenFile
    }
  }

  /// When what waits is sent: whatever comes first.
  package struct Batch: Sendable, Equatable {
    package var count = 500
    package var bytes = 256 << 10
    package var milliseconds = 1_000

    package init() {}
  }

  /// Letters, digits and `-`: files are named for it.
  package var name: String
  package var destination: Destination
  package var batch = Batch()
  /// How many records may wait, on the disk; what does not fit goes to the dead letters.
  package var queue = 100_000
  package var queueBytes = 64 << 20
  /// How often a batch is tried.
  package var attempts = 8
  /// The first pause between two attempts; each one after it is twice as long.
  package var backoffMilliseconds = 500
  /// How long an answer may take.
  package var timeoutMilliseconds = 10_000
  /// How long a stop waits for what is not sent yet.
  package var stopMilliseconds = 5_000
  /// How large the file of dead letters may become.
  package var deadLetterBytes = 256 << 20

  package init(name: String, destination: Destination) {
    self.name = name
    self.destination = destination
  }

  /// The file that it writes.
  var file: String? { if case .file(let target) = destination { target.path } else { nil } }

  /// The files of secrets that it reads.
  package var secretFiles: [String] {
    guard case .server(let target) = destination else { return [] }
    return [target.tokenFile, target.secretFile].compactMap { $0 }
  }
}
