/// A type of event, and what its payload holds.
package struct EventType: Sendable {
  package var name: String
  /// The members of its payload; nil if an object with any members will do.
  package var fields: [PayloadField]?

  /// The types that every ledger knows, in the order of a run.
  package static let kernel: [EventType] = [
    EventType(
      name: "RunStarted",
      fields: [.init("intentId", .uuid, optional: true), .init("metadata", .metadata, optional: true)]),
    EventType(name: "RunCompleted", fields: [.init("summary", .emptyText(2000), optional: true)]),
    EventType(
      name: "RunFailed", fields: [.init("error", .text(2000)), .init("code", .emptyText(100), optional: true)]),
    EventType(
      name: "ContractRecorded",
      fields: [
        .init("contractType", .choice(["IntentContract", "StepContract", "WorkerTaskContract"])),
        .init("contract", .object),
      ]),
    EventType(
      name: "StepStarted",
      fields: [.init("stepId", .uuid), .init("stepIndex", .count), .init("name", .text(300))]),
    EventType(name: "StepCompleted", fields: [.init("stepId", .uuid), .init("result", .any(102_400), optional: true)]),
    EventType(
      name: "StepFailed",
      fields: [.init("stepId", .uuid), .init("error", .text(2000)), .init("code", .emptyText(100), optional: true)]),
    EventType(
      name: "ArtifactRecorded",
      fields: [
        .init("artifactId", .digest), .init("sha256", .digest), .init("size", .count), .init("mime", .text(200)),
        .init("label", .text(500)),
      ]),
    EventType(name: "ApprovalRequested", fields: [.init("stepId", .uuid), .init("reason", .text(1000))]),
    EventType(name: "ApprovalGranted", fields: [.init("stepId", .uuid), .init("approver", .text(200))]),
    EventType(
      name: "ApprovalDenied",
      fields: [
        .init("stepId", .uuid), .init("approver", .text(200)), .init("reason", .emptyText(1000), optional: true),
      ]),
  ]

  /// The types of ClawForge's sessions, whose payloads are documents of their own.
  package static let session: [EventType] = [
    "ExplorationStarted", "DoDRecorded", "DecisionLockRecorded", "DecisionLockApproved",
  ].map { EventType(name: $0, fields: nil) }

  /// Their names.
  package static let names = (kernel + session).map(\.name)

  /// The type of a name, if every ledger knows it.
  package static func known(_ name: String) -> EventType? { table[name] }

  private static let table: [String: EventType] = Dictionary(
    uniqueKeysWithValues: (kernel + session).map { ($0.name, $0) })
}
