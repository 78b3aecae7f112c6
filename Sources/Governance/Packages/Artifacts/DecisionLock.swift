/// What was decided and approved (`decision-lock.json`).
struct DecisionLock: Sendable {
  enum Status: String, CaseIterable { case draft, approved, rejected }
  enum InterfaceType: String, CaseIterable { case api, cli, file, event, schema, other }
  enum Severity: String, CaseIterable { case low, medium, high }

  struct Approval: Sendable {
    var approvedBy: String
    var approvedAt: Instant?
  }

  var lockID: String
  var sessionID: String
  var dodID: String
  var goal: String
  var status: Status?
  var approval: Approval?
  var planHash: String?
  var createdAt: Instant?
  /// Every text that says what was decided.
  var texts: [String]

  init(_ object: ArtifactReader.Object, _ reader: inout ArtifactReader) {
    sessionID = reader.session(object)
    lockID = reader.id(object, "lockId")
    dodID = reader.id(object, "dodId")
    goal = reader.text(object, "goal", 1...5000)
    status = reader.word(object, "status", Status.self)
    planHash = reader.optionalHash(object, "planHash")
    createdAt = reader.time(object, "createdAt")
    reader.actor(object, "createdBy")
    texts = [goal]
    texts += reader.texts(object, "nonGoals", count: 1...50)
    texts += reader.texts(object, "invariants", count: 1...50)
    texts += reader.texts(object, "constraints", count: 0...50)
    for interface in reader.objects(object, "interfaces", count: 0...50) {
      texts.append(reader.text(interface, "name", 1...300))
      texts.append(reader.text(interface, "description", 1...2000))
      _ = reader.word(interface, "type", InterfaceType.self)
    }
    for mode in reader.objects(object, "failureModes", count: 0...50) {
      texts.append(reader.text(mode, "description"))
      texts.append(reader.text(mode, "mitigation"))
    }
    for risk in reader.objects(object, "risksAndTradeoffs", count: 0...50) {
      texts.append(reader.text(risk, "description"))
      _ = reader.word(risk, "severity", Severity.self)
      _ = reader.bool(risk, "accepted")
    }
    if let approval = reader.optionalObject(object, "approvalMetadata") {
      _ = reader.text(approval, "approvalMethod", 1...200)
      self.approval = Approval(
        approvedBy: reader.text(approval, "approvedBy", 1...200), approvedAt: reader.time(approval, "approvedAt"))
    }
  }
}
