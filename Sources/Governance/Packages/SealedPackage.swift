import JSON

/// What an artifact's file holds, read into typed values.
protocol ArtifactContent: Sendable {
  init(_ object: ArtifactReader.Object, _ reader: inout ArtifactReader)
}

extension DefinitionOfDone: ArtifactContent {}
extension DecisionLock: ArtifactContent {}
extension ExecutionPlan: ArtifactContent {}
extension RepoSnapshot: ArtifactContent {}
extension PromptCapsule: ArtifactContent {}
extension ModelResponse: ArtifactContent {}
extension StepPacket: ArtifactContent {}
extension PacketReceipt: ArtifactContent {}
extension PatchArtifact: ArtifactContent {}
extension PatchApplyReport: ArtifactContent {}
extension ReviewerReport: ArtifactContent {}
extension RunnerIdentity: ArtifactContent {}
extension RunnerAttestation: ArtifactContent {}
extension ApprovalPolicy: ArtifactContent {}
extension ApprovalBundle: ArtifactContent {}
extension PolicyEvaluation: ArtifactContent {}
extension SymbolIndex: ArtifactContent {}
extension Verdict: ArtifactContent {}
extension SessionRecord: ArtifactContent {}
extension SessionAnchor: ArtifactContent {}
extension SealedChangePackage: ArtifactContent {}

/// An artifact: where it was found, its JSON, and what that means. A reference, so that every check can have it without a
/// copy; immutable.
final class Artifact<Content: Sendable>: Sendable {
  let place: Place
  let json: JSONValue
  let content: Content

  init(place: Place, json: JSONValue, content: Content) {
    self.place = place
    self.json = json
    self.content = content
  }
}

/// The files of a sealed change package, read.
struct SealedPackage: Sendable {
  var seal: Artifact<SealedChangePackage>?
  var dod: Artifact<DefinitionOfDone>?
  var lock: Artifact<DecisionLock>?
  var plan: Artifact<ExecutionPlan>?
  var snapshot: Artifact<RepoSnapshot>?
  var capsule: Artifact<PromptCapsule>?
  var response: Artifact<ModelResponse>?
  var packets: [Artifact<StepPacket>] = []
  var receipts: [Artifact<PacketReceipt>] = []
  var patches: [Artifact<PatchArtifact>] = []
  var patchReport: Artifact<PatchApplyReport>?
  var reviews: [Artifact<ReviewerReport>] = []
  /// One artifact for each link.
  var evidence: [Artifact<RunnerEvidence>] = []
  /// The whole chain.
  var evidenceFile: Place?
  var identity: Artifact<RunnerIdentity>?
  var attestation: Artifact<RunnerAttestation>?
  var approvalPolicy: Artifact<ApprovalPolicy>?
  var approvalBundle: Artifact<ApprovalBundle>?
  var policyEvaluation: Artifact<PolicyEvaluation>?
  var symbolIndex: Artifact<SymbolIndex>?
  var symbolValidation: Artifact<Verdict>?
  var gateResult: Artifact<Verdict>?
  var anchor: Artifact<SessionAnchor>?
  var session: Artifact<SessionRecord>?
  /// Whether a member's name may be a whole number, which the reference sorts otherwise.
  private(set) var hasNumericNames = false

  /// Reads files; what is wrong with their shape becomes findings.
  ///
  /// - Parameter names: the files' names, in their order.
  init(_ files: PackageFiles, names: [String], _ findings: inout Findings) {
    for refusal in files.refusals {
      findings.add(.schema, .schemaInvalid, Place(.file, file: refusal.name), "'\(refusal.name)' \(refusal.reason)")
    }
    for name in names {
      guard let bytes = files.files[name], name != PackageFiles.signatures else { continue }
      read(name, bytes, &findings)
    }
  }

  private mutating func read(_ name: String, _ bytes: [UInt8], _ findings: inout Findings) {
    func load<Content: ArtifactContent>(
      _ type: ArtifactType, scope: Substring = "", _: Content.Type = Content.self
    ) -> Artifact<Content>? {
      let place = Place(type, file: name, scope: String(scope))
      guard let json = Self.json(bytes, place, &findings, &hasNumericNames) else { return nil }
      var reader = ArtifactReader(place, findings)
      let content = Content(reader.object(json), &reader)
      findings = reader.findings
      return Artifact(place: place, json: json, content: content)
    }
    switch name {
    case PackageFiles.seal: seal = load(.seal)
    case "dod.json": dod = load(.dod)
    case "decision-lock.json": lock = load(.lock)
    case "execution-plan.json": plan = load(.plan)
    case "repo-snapshot.json": snapshot = load(.snapshot)
    case "prompt-capsule.json": capsule = load(.capsule)
    case "model-response.json": response = load(.response)
    case "patch-apply-report.json": patchReport = load(.patchReport)
    case "runner-identity.json": identity = load(.identity)
    case "runner-attestation.json": attestation = load(.attestation)
    case "approval-policy.json": approvalPolicy = load(.approvalPolicy)
    case "approval-bundle.json": approvalBundle = load(.approvalBundle)
    case "policy-evaluation.json": policyEvaluation = load(.policyEvaluation)
    case "symbol-index.json": symbolIndex = load(.symbolIndex)
    case "symbol-validation.json": symbolValidation = load(.symbolValidation)
    case "gate-result.json": gateResult = load(.gateResult)
    case "session-anchor.json": anchor = load(.anchor)
    case "session.json": session = load(.session)
    case "runner-evidence.json": readEvidence(name, bytes, &findings)
    default:
      if let id = Self.middle(name, "packets/step-", ".json") {
        if let packet = load(.packet, scope: id, StepPacket.self) { packets.append(packet) }
      } else if let id = Self.middle(name, "packets/receipt-", ".json") {
        if let receipt = load(.receipt, scope: id, PacketReceipt.self) { receipts.append(receipt) }
      } else if let id = Self.middle(name, "patch-", ".json") {
        if let patch = load(.patch, scope: id, PatchArtifact.self) { patches.append(patch) }
      } else if let id = Self.middle(name, "reviewer-", ".json") {
        if let review = load(.review, scope: id, ReviewerReport.self) { reviews.append(review) }
      } else {
        // Nothing asks for the others. What is no JSON is told all the same, because the reference reads some of them.
        let place = Place(.file, file: name)
        if name.hasSuffix(".json") { _ = Self.json(bytes, place, &findings) }
        if !Self.others.contains(name) {
          findings.warn(place.problem(.seal, .sealBindingViolation, "'\(name)' is no file of a package"))
        }
      }
    }
  }

  /// What else a session's folder may hold.
  private static let others: Set<String> = [
    "runner-evidence.template.json", "used-nonces.json", "used-approval-nonces.json",
  ]

  private static func middle(_ name: String, _ start: String, _ end: String) -> Substring? {
    guard name.utf8.count > start.utf8.count + end.utf8.count, name.hasPrefix(start), name.hasSuffix(end) else {
      return nil
    }
    return name.dropFirst(start.count).dropLast(end.count)
  }

  private mutating func readEvidence(_ name: String, _ bytes: [UInt8], _ findings: inout Findings) {
    let place = Place(.evidence, file: name)
    evidenceFile = place
    guard let json = Self.json(bytes, place, &findings, &hasNumericNames) else { return }
    guard case .array(let elements) = json else {
      return findings.add(.schema, .schemaInvalid, place, "an array must stand here")
    }
    var reader = ArtifactReader(place, findings)
    for (index, element) in elements.enumerated() {
      let content = RunnerEvidence(reader.object(element, [.index(index)]), &reader)
      evidence.append(Artifact(place: place.at("/\(index)"), json: element, content: content))
    }
    findings = reader.findings
  }

  /// The value of a file, if it is JSON that has one meaning only.
  static func json(_ bytes: [UInt8], _ place: Place, _ findings: inout Findings) -> JSONValue? {
    var hasDigits = false
    return json(bytes, place, &findings, &hasDigits)
  }

  /// The same; says whether a name may be a whole number.
  private static func json(
    _ bytes: [UInt8], _ place: Place, _ findings: inout Findings, _ hasDigits: inout Bool
  ) -> JSONValue? {
    do throws(JSONFailure) {
      var names = UnusualNames()
      let value = try JSONValue.strict(bytes, &names)
      if names.hasDigits { hasDigits = true }
      // The reference's objects lose such a member, so that no digest covers it.
      if names.hasPrototype, let pointer = prototype(value, "") {
        findings.add(.schema, .schemaInvalid, place.at(pointer), "no digest covers a member named '__proto__'")
      }
      return value
    } catch {
      var problem = place.problem(.schema, .schemaInvalid, "the file is no JSON with one meaning: \(error.message)")
      problem.offset = error.offset
      findings.add(problem)
      return nil
    }
  }

  /// Where a member of this name stands.
  private static func prototype(_ value: JSONValue, _ pointer: String) -> String? {
    switch value {
    case .array(let elements):
      for (index, element) in elements.enumerated() {
        if let found = prototype(element, "\(pointer)/\(index)") { return found }
      }
    case .object(let members):
      for member in members {
        if TextForms.same(member.name, "__proto__") { return pointer + "/__proto__" }
        if let found = prototype(member.value, pointer + "/" + JSONPointer.escaped(member.name)) { return found }
      }
    default: break
    }
    return nil
  }
}
