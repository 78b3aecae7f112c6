extension Guard {
  /// Which input an agent may make.
  package static let inputInjectionCapability = Guard(
    "input_injection_capability", "Refuses input of types that are not allowed", since: "1.2.0", actions: [.custom],
    isAlwaysOn: false,
    fields: [
      GuardField(
        "allowed_input_types", .texts(.name), default: .texts(["keyboard", "mouse", "touch"]),
        "The types that are allowed"),
      GuardField(
        "require_postcondition_probe", .bool, default: .bool(false),
        "Whether an input must name the hash of a probe of its effect"),
    ],
    example: """
      input_injection_capability:
        allowed_input_types: [mouse]
      """)
}
