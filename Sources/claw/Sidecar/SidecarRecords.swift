import Cllama
import Runtime

/// What the sidecars of a pod wrote down.
struct SidecarRecords {
  /// A sidecar and its record.
  struct Record {
    var sidecar: String
    var record: AuditRecord
    /// The files that it was read from.
    var files: [(name: String, bytes: [UInt8])]
  }

  let records: [Record]

  /// Reads the records of all sidecars of a pod, running or not.
  init(_ view: PodView) throws { try self.init(view.containers, view.tool) }

  /// Reads the records of those sidecars that are among containers.
  init(_ containers: [ContainerState], _ tool: DockerTool) throws {
    var records: [Record] = []
    for container in containers where container.labels["claw.role"] == "cllama" {
      let files = try Engine.run { () throws(EngineFailure) in
        try SidecarCopy.files(tool, container: container.id, folder: "/claw/audit")
      }
      let own = files.filter { RecordFile.segment($0.name) != nil }.sorted { $0.name < $1.name }
      records.append(Record(sidecar: container.service, record: AuditRecord(own.map(\.bytes)), files: own))
    }
    self.records = records.sorted { $0.sidecar < $1.sidecar }
  }

  /// The lines of some instances from a time on, in order; a line that names no instance belongs to all of its sidecar's.
  func lines(_ instances: Set<String>, since: Int? = nil) -> [AuditRecord.Line] {
    let lines = records.flatMap { one -> [AuditRecord.Line] in
      let isMeant =
        instances.isEmpty || one.record.lines.contains { $0.instance.map(instances.contains) ?? false }
        || instances.contains { one.sidecar == "\($0)-cllama" }
      guard isMeant else { return [] }
      return one.record.lines.filter { line in
        (since.map { line.time >= $0 } ?? true)
          && (line.instance.map { instances.isEmpty || instances.contains($0) } ?? true)
      }
    }
    return lines.sorted { $0.time < $1.time }
  }

  /// What is wrong with the records themselves, for people.
  var complaints: [String] {
    records.flatMap { one -> [String] in
      var complaints: [String] = []
      if let first = one.record.broken.first {
        complaints.append(
          "the record of '\(one.sidecar)' was changed: line \(first) does not follow from the one before it")
      }
      if one.record.malformed > 0 {
        complaints.append("the record of '\(one.sidecar)' has \(one.record.malformed) lines that are none")
      }
      return complaints
    }
  }
}
