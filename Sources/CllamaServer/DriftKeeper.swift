import Cllama
import JSON

/// The drift of an instance, and what follows from it.
struct DriftKeeper {
  private(set) var drift = Drift()
  private(set) var level = Drift.Level.free
  /// Lifts that were taken note of already.
  private(set) var lifts: Set<String> = []
  private let instance: String

  init(_ instance: String) { self.instance = instance }

  /// Counts a call; gives a record where the level changed.
  ///
  /// A level only rises by itself; down again it goes by a person's word alone.
  mutating func add(_ call: Drift.Call, _ thresholds: Drift.Thresholds) -> CallRecord? {
    drift.add(call, thresholds)
    let reached = drift.level(thresholds)
    guard Self.rank(reached) > Self.rank(level) else { return nil }
    level = reached
    return record("score")
  }

  /// A person lets the claw go on; nil if that was done before.
  mutating func lift(_ id: String, reason: String) -> CallRecord? {
    guard lifts.insert(id).inserted else { return nil }
    level = .free
    drift.reset()
    var record = record(reason)
    record.set("lift", id)
    return record
  }

  /// What the record of before says.
  mutating func restore(_ line: JSONValue) {
    level = line["level"]?.string.flatMap { Drift.Level(rawValue: $0) } ?? level
    if let id = line["lift"]?.string { lifts.insert(id) }
  }

  private static func rank(_ level: Drift.Level) -> Int { Drift.Level.allCases.firstIndex(of: level) ?? 0 }

  private func record(_ reason: String) -> CallRecord {
    var record = CallRecord(.quarantine)
    record.set("gen_ai.agent.id", instance)
    record.set("level", level.rawValue)
    record.set("drift_score", Self.text(drift.score))
    record.set("reason", reason)
    return record
  }

  /// A score with three digits.
  static func text(_ score: Double) -> String {
    let thousandths = Int((score * 1_000).rounded())
    let digits = String(thousandths % 1_000)
    return "\(thousandths / 1_000)." + String(repeating: "0", count: 3 - digits.utf8.count) + digits
  }
}

/// What people allowed again: `lifts.json` beside the configuration.
enum Lifts {
  struct Lift: Sendable, Equatable {
    var id: String
    var instance: String
    var reason: String
  }

  static func read(_ folder: String) -> [Lift] {
    guard let bytes = try? RecordFile.contents("\(folder)/lifts.json"), let value = try? JSONValue.strict(bytes) else {
      return []
    }
    return (value["lifts"]?.array ?? []).compactMap { entry in
      guard let id = entry["id"]?.string, let instance = entry["instance"]?.string else { return nil }
      return Lift(id: id, instance: instance, reason: entry["reason"]?.string ?? "")
    }
  }
}
