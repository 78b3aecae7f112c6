import Diagnostics
import Driver
import Guards
import Source
import Testing
import TestSupport

@Suite("A field that is made invalid is caught before an engine sees it")
struct MutationTests {
  /// A workload that says every field, in two kinds since some are for one of them.
  static let job = """
    workload:
      name: train
      kind: job
      image: example.org/train/llama:1.4
      command: [torchrun, train.py]
      env: {EPOCHS: "3"}
      secrets: [{secret: hub, key: token, env: HUB_TOKEN}]
      cpu: 16
      memory: 64GiB
      gpus: {count: 4, type: h100, memory: 80GiB, model: HBM3, selector: device.index < 6, link: nvlink, fallback: [{count: 8, type: a100}]}
      workers: {count: 8, parallelism: 8, indexed: true, gang: true}
      placement: {labels: {zone: a}, conditions: {Ready: "true"}, gates: [{name: quota, reason: waits}], within: rack, strict: true, workers_per_node: 2}
      queue: batch
      priority: {class: urgent, value: 800}
      preemption: {take: true, protected: true, grace: 60s}
      retries: {limit: 3, per_worker: 1, on_interruption: true}
      time_limit: 4h
      finish_by: "2026-12-24T18:00:00Z"
      volumes: [{path: /data, claim: corpus, read_only: true}, {path: /scratch, scratch: 10GiB}]
      ports: [{port: 8000, name: http, protocol: tcp}]
      probes: {startup: {http: {path: /, port: 8000}, interval: 10s, timeout: 1s, failures: 3, delay: 0s}, liveness: {command: [true]}}
      egress: ["10.0.0.0/8:443"]
      user: 1000
      alerts: [{name: Slow, expr: up == 0, for: 5m, severity: warning, summary: It is slow}]

    """
  static let service = """
    workload:
      name: chat
      kind: service
      image: example.org/serve:1
      ports: [8000]
      probes: {readiness: {tcp: 8000}}
      rollout: {strategy: canary, percent: 5, duration: 10m, environment: production, criticality: 60, past_failures: 1}
      scaling: {min: 1, max: 4, cpu: 70, up_after: 1m, down_after: 5m}

    """

  /// What is wrong wherever it stands in place of a value, by what the value was.
  static func wrong(_ value: String) -> [String] {
    if Int(value) != nil { return ["-1", "many", "1.5", "99999999999", "[]"] }
    switch value {
    case "true", "false", "\"true\"": return ["perhaps", "17", "[]"]
    case "job", "service", "tcp", "nvlink", "warning", "canary", "production": return ["\(value)s", "17", "{}"]
    case "4h", "60s", "10s", "1s", "0s", "10m", "5m", "1m": return ["soon", "\(value)x", "-5s", "999999h", "[]"]
    case "64GiB", "80GiB", "10GiB": return ["64GB!", "-1GiB", "0.5GiB", "99999999TiB", "{}"]
    case "train", "chat", "hub", "batch", "urgent", "corpus", "rack", "h100", "a100", "http", "quota":
      return ["\"\"", "-\(value)", "\(value)_\u{E4}", "[\(value)]", "\"\(value) \(value)\""]
    case "/data", "/scratch": return ["data", "/../etc", "\"/a:b\"", "/", "[]"]
    default: return ["[]", "{}"]
    }
  }

  /// Texts of any kind that are taken as they are: emptiness is all that can be wrong.
  static let free = ["torchrun", "train.py", "\"3\"", "HBM3", "waits", "It is slow", "true]"]

  @Test("Of all single fields, at least 95 of 100 changes are caught")
  func mutations() throws {
    var caught = 0
    var missed: [String] = []
    for text in [Self.job, Self.service] {
      try #require(isSound(text), "the text itself must be sound")
      for (range, value) in values(of: text) where !Self.free.contains(value) {
        for replacement in Self.wrong(value) + Self.special(value) {
          var changed = text
          changed.replaceSubrange(range, with: replacement)
          if isSound(changed) { missed.append("\(value) -> \(replacement)") } else { caught += 1 }
        }
      }
      // Keys: misspelt, or gone to another place.
      for (range, key) in keys(of: text) {
        var changed = text
        changed.replaceSubrange(range, with: key + "x")
        // Keys that the author chooses may be anything.
        if ["EPOCHS", "zone", "Ready"].contains(key) { continue }
        if isSound(changed) { missed.append("key \(key)") } else { caught += 1 }
      }
    }
    let share = Double(caught) / Double(caught + missed.count)
    #expect(share >= 0.95, "\(caught) caught, missed: \(missed)")
    #expect(caught > 300)
  }

  /// What is wrong with one particular value.
  static func special(_ value: String) -> [String] {
    switch value {
    case "example.org/train/llama:1.4":
      ["example.org/train/llama:", "example.org/Train:1", "\"a b\"", ":1", "a@sha256:12", "\"\""]
    case "device.index < 6": ["device.index <", "index < 6", "device.memory < 6", "\"\"", "device.index < 6 &&"]
    case "\"2026-12-24T18:00:00Z\"": ["tomorrow", "\"2026-13-24T18:00:00Z\"", "\"2026-12-24\""]
    case "\"10.0.0.0/8:443\"": ["example.org", "10.0.0.0/33", "\"10.0.0.0/8:99999\"", "10.0.0/8"]
    case "up == 0": ["\"\"", "\"up{\"", "\"up)\""]
    case "HUB_TOKEN": ["1HUB", "\"\"", "HUB-TOKEN", "SLURM_JOB_ID", "EPOCHS"]
    case "Slow": ["1Slow", "\"\"", "So-slow"]
    case "token": ["\"\"", "../x"]
    default: []
    }
  }

  private func isSound(_ text: String) -> Bool {
    var bag = DiagnosticBag()
    return WorkloadCompiler.compile(SourceFile(path: "workload.yml", bytes: Array(text.utf8)), into: &bag) != nil
  }

  /// The scalars behind colons and in lists, as far as this text is written.
  private func values(of text: String) -> [(Range<String.Index>, String)] {
    text.matches(of: /(?:: |\[|, )("[^"\n]*"|[^\[\]{},:\n" ][^\[\]{},:\n"]*(?::[^\[\]{},:\n" ]+)?)(?=[,\]}\n])/)
      .compactMap { match in
        let value = match.output.1
        return (value.startIndex..<value.endIndex, String(value))
      }
  }

  private func keys(of text: String) -> [(Range<String.Index>, String)] {
    text.ranges(of: /[A-Za-z_]+(?=: |:\n)/).map { ($0, String(text[$0])) }
  }
}
