import Cllama

/// Counts of a sidecar, as Prometheus reads them (text format 0.0.4).
struct Metrics {
  /// Upper bounds of the histogram of times, in milliseconds.
  private static let bounds = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000]

  private var requests: [Key: Int] = [:]
  private var interventions: [Key: Int] = [:]
  private var tokens: [String: Int] = [:]
  private var nanodollars = 0
  private var unpriced = 0
  private var retries = 0
  private var durations = [Int](repeating: 0, count: Metrics.bounds.count + 1)
  private var durationSum = 0
  private var firstBytes = [Int](repeating: 0, count: Metrics.bounds.count + 1)
  private var firstByteSum = 0
  private var names = 0
  private var connections: [String: Int] = [:]

  private struct Key: Hashable, Comparable {
    var first: String
    var second: String
    static func < (left: Key, right: Key) -> Bool { (left.first, left.second) < (right.first, right.second) }
  }

  mutating func count(_ api: String, status: Int, milliseconds: Int, firstByte: Int?) {
    requests[Key(first: api, second: String(status)), default: 0] += 1
    Self.put(milliseconds, &durations)
    durationSum += milliseconds
    if let firstByte {
      Self.put(firstByte, &firstBytes)
      firstByteSum += firstByte
    }
  }

  private static func put(_ milliseconds: Int, _ counts: inout [Int]) {
    counts[bounds.firstIndex { milliseconds <= $0 } ?? bounds.count] += 1
  }

  mutating func count(_ intervention: Intervention) {
    interventions[Key(first: intervention.stage, second: intervention.action.rawValue), default: 0] += 1
  }

  mutating func count(_ usage: Usage?, _ cost: Money?) {
    guard let usage else { return }
    tokens["input", default: 0] += usage.input
    tokens["output", default: 0] += usage.output
    tokens["cached", default: 0] += usage.cached
    if let cost { nanodollars += cost.nanodollars } else { unpriced += 1 }
  }

  mutating func countRetry() { retries += 1 }
  mutating func countName() { names += 1 }
  mutating func countConnection(_ verdict: String) { connections[verdict, default: 0] += 1 }

  /// The text that Prometheus reads.
  func text(running: Int, isServing: Bool, log: RecordLog, sinks: Sinks) -> String {
    var text = ""
    func family(_ name: String, _ type: String, _ help: String, _ samples: [(labels: String, value: String)]) {
      text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
      for sample in samples { text += "\(name)\(sample.labels.isEmpty ? "" : "{\(sample.labels)}") \(sample.value)\n" }
    }
    func histogram(_ name: String, _ help: String, _ counts: [Int], _ sum: Int) {
      text += "# HELP \(name) \(help)\n# TYPE \(name) histogram\n"
      var total = 0
      for (index, count) in counts.enumerated() {
        total += count
        let bound = index < Self.bounds.count ? Self.seconds(Self.bounds[index]) : "+Inf"
        text += "\(name)_bucket{le=\"\(bound)\"} \(total)\n"
      }
      text += "\(name)_sum \(Self.seconds(sum))\n\(name)_count \(total)\n"
    }
    family(
      "cllama_requests_total", "counter", "Requests by API and status.",
      requests.sorted { $0.key < $1.key }.map {
        ("api=\"\($0.key.first)\",status=\"\($0.key.second)\"", String($0.value))
      })
    family(
      "cllama_interventions_total", "counter", "What stages did.",
      interventions.sorted { $0.key < $1.key }.map {
        ("stage=\"\($0.key.first)\",action=\"\($0.key.second)\"", String($0.value))
      })
    family(
      "cllama_tokens_total", "counter", "Tokens, as upstreams counted them.",
      ["cached", "input", "output"].map { ("kind=\"\($0)\"", String(tokens[$0] ?? 0)) })
    family(
      "cllama_cost_dollars_total", "counter", "Cost of priced calls.",
      [("", Money(nanodollars: nanodollars).description)])
    family("cllama_unpriced_total", "counter", "Calls of models without a price.", [("", String(unpriced))])
    family("cllama_retries_total", "counter", "Attempts beyond the first.", [("", String(retries))])
    family(
      "cllama_names_refused_total", "counter", "Names that were asked for and are not resolved.", [("", String(names))])
    family(
      "cllama_connections_total", "counter", "Connections through the sidecar.",
      connections.sorted { $0.key < $1.key }.map { ("verdict=\"\($0.key)\"", String($0.value)) })
    family("cllama_running", "gauge", "Calls that are under way.", [("", String(running))])
    family("cllama_serving", "gauge", "1 if calls are served, 0 if all are denied.", [("", isServing ? "1" : "0")])
    family(
      "cllama_record_groups_total", "counter", "Groups of records brought to the disk.", [("", String(log.groups))])
    family(
      "cllama_record_seconds_total", "counter", "Time that took.",
      [("", Money(nanodollars: log.nanoseconds).description)])
    let counts = sinks.counts
    func sink(_ name: String, _ type: String, _ help: String, _ value: (SinkWorker.Counts, Int) -> Int) {
      if counts.isEmpty { return }
      family(
        "cllama_sink_\(name)", type, help,
        counts.map { ("sink=\"\($0.name)\"", String(value($0.counts, $0.waiting))) })
    }
    sink("sent_total", "counter", "Records that a sink took.") { counts, _ in counts.sent }
    sink("failures_total", "counter", "Attempts that failed.") { counts, _ in counts.failures }
    sink("dead_letters_total", "counter", "Records put to the dead letters.") { counts, _ in counts.dead }
    sink("lost_total", "counter", "Records that the record dropped unread.") { counts, _ in counts.lost }
    sink("queued", "gauge", "Records that wait.") { _, waiting in waiting }
    histogram("cllama_request_seconds", "Time of requests.", durations, durationSum)
    histogram("cllama_first_byte_seconds", "Time to the first byte of an answer.", firstBytes, firstByteSum)
    return text
  }

  private static func seconds(_ milliseconds: Int) -> String {
    Money(nanodollars: milliseconds * 1_000_000).description
  }
}
