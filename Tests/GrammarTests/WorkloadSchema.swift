import Guards
import JSON

/// The JSON Schemas of workloads and fleets, made of the records that the parser is made of.
enum WorkloadSchema {
  static let workload = "grammars/workload.schema.json"
  static let fleet = "grammars/fleet.schema.json"

  static func value(_ path: String) -> JSONValue {
    let isFleet = path == fleet
    let root: JSONValue =
      isFleet
      ? FieldSchema.record(FleetLanguage.file, "A fleet")
      : [
        "type": "object",
        "properties": ["workload": FieldSchema.record(WorkloadLanguage.workload, "What runs, and what it needs")],
        "required": ["workload"], "additionalProperties": false,
      ]
    return .object(
      [
        .init("$schema", "https://json-schema.org/draft/2020-12/schema"),
        .init("title", isFleet ? "A fleet of claw" : "A workload of claw"),
      ]
        + (root.members ?? []).filter { $0.name != "description" }
        + [.init("description", "What a schema can't say, 'claw check' does.")])
  }
}
