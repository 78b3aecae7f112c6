/// What a runner can be allowed to do: a closed list.
struct Capability: Sendable {
  var name: String
  /// The reviewers of whom one must look at a step that uses it; none if any will do.
  var reviewers: [ReviewerRole] = []

  static let all: [Capability] = [
    .init(name: "read_only"), .init(name: "read_file"), .init(name: "list_directory"), .init(name: "compute_hash"),
    .init(name: "validate_schema"), .init(name: "validate_syntax"), .init(name: "validate_references"),
    .init(name: "validate"), .init(name: "normalize_data"), .init(name: "canonicalize"),
    .init(name: "verify_hash_match"),
    .init(name: "verify_signature", reviewers: [.security]),
    .init(name: "verify_chain", reviewers: [.security, .e2e]), .init(name: "extract_metadata"),
    .init(name: "parse_evidence"),
  ]

  static func named(_ name: String) -> Capability? { all.first { TextForms.same($0.name, name) } }
}

extension PackageRun {
  /// Step 7: only capabilities that are known, that the plan allows, and that the runner has.
  mutating func checkCapabilities() {
    guard let plan = package.plan else { return }
    let allowed = plan.content.allowedCapabilities.exact
    for name in plan.content.allowedCapabilities where Capability.named(name) == nil {
      fail(.capabilities, .boundaryViolation, plan.place.at("/allowedCapabilities"), "there is no capability '\(name)'")
    }
    for (index, step) in plan.content.steps.enumerated() {
      let place = plan.place.at("/steps/\(index)/requiredCapabilities")
      for name in step.capabilities {
        require(
          allowed.contains(Exact(name)), .capabilities, .boundaryViolation, place, "the plan does not allow '\(name)'")
        guard let capability = Capability.named(name), !capability.reviewers.isEmpty else { continue }
        let packet = package.packets.first { TextForms.same($0.content.stepID, step.stepID) }
        require(
          packet?.content.reviewers.contains { capability.reviewers.contains($0) } ?? false, .capabilities,
          .boundaryViolation, place,
          "'\(name)' needs a review by \(capability.reviewers.map(\.rawValue).joined(separator: " or "))")
      }
    }
    if let capsule = package.capsule {
      for name in capsule.content.allowedCapabilities where !allowed.contains(Exact(name)) {
        fail(
          .capabilities, .boundaryViolation, capsule.place.at("/boundaries/allowedCapabilities"),
          "the plan does not allow '\(name)'")
      }
    }
    if let identity = package.identity {
      require(
        identity.content.capabilities.exact == allowed, .capabilities, .identityInvalid,
        identity.place.at("/allowedCapabilitiesSnapshot"), "the runner has other capabilities than the plan allows")
    }
    for link in package.evidence {
      let step = plan.content.steps.first { TextForms.same($0.stepID, link.content.stepID) }
      guard let step else { continue }
      require(
        step.capabilities.has(link.content.capability), .capabilities, .boundaryViolation,
        link.place.at("/capabilityUsed"),
        "the step '\(step.stepID)' does not need '\(link.content.capability)'")
    }
  }
}
