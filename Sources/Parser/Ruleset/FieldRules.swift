import Diagnostics

/// The rules under which a file's fields are reported, and what its language is called.
struct FieldRules: Sendable {
  var noun: String
  /// What to do where merge keys would share something.
  var sharingHelp: String
  var unknownKey: Rule
  var twice: Rule
  var missingKey: Rule
  var fieldType: Rule
  var fieldValue: Rule

  static let policy = FieldRules(
    noun: "ruleset",
    sharingHelp: "write the fields out, or put what is shared into a ruleset of its own and extend it",
    unknownKey: PolicyRules.unknownKey, twice: PolicyRules.twice, missingKey: PolicyRules.missingKey,
    fieldType: PolicyRules.fieldType, fieldValue: PolicyRules.fieldValue)

  static let pack = FieldRules(
    noun: "pack", sharingHelp: "write the fields out", unknownKey: PackRules.unknownKey, twice: PackRules.unknownKey,
    missingKey: PackRules.missingKey, fieldType: PackRules.fieldType, fieldValue: PackRules.fieldValue)

  static let workload = FieldRules(
    noun: "workload", sharingHelp: "write the fields out", unknownKey: WorkloadRules.unknownKey,
    twice: WorkloadRules.twice, missingKey: WorkloadRules.missingKey, fieldType: WorkloadRules.fieldType,
    fieldValue: WorkloadRules.fieldValue)

  static let fleet = FieldRules(
    noun: "fleet", sharingHelp: "write the fields out", unknownKey: FleetRules.unknownKey, twice: FleetRules.twice,
    missingKey: FleetRules.missingKey, fieldType: FleetRules.fieldType, fieldValue: FleetRules.fieldValue)

  static let tenancy = FieldRules(
    noun: "tenancy", sharingHelp: "write the fields out", unknownKey: TenancyRules.unknownKey,
    twice: TenancyRules.twice, missingKey: TenancyRules.missingKey, fieldType: TenancyRules.fieldType,
    fieldValue: TenancyRules.fieldValue)
}
