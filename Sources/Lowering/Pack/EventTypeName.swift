/// The types of events that every ledger knows; a test holds them against the ledger's own table.
package enum EventTypeName {
  package static let known = [
    "RunStarted", "RunCompleted", "RunFailed", "ContractRecorded", "StepStarted", "StepCompleted", "StepFailed",
    "ArtifactRecorded", "ApprovalRequested", "ApprovalGranted", "ApprovalDenied", "ExplorationStarted", "DoDRecorded",
    "DecisionLockRecorded", "DecisionLockApproved",
  ]
}
