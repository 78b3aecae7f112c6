import Canonical
import JSON

extension PackageRun {
  /// Member names that would tell a worker how to do things.
  private static let names = [
    "cmd", "command", "shell", "exec", "curl", "http", "https", "spawn", "write", "delete",
  ]
  /// Most bytes of a packet.
  private static let limit = 200 << 10

  /// Step 3, the packets: one for each step of the plan, made from this lock, plan, capsule and snapshot.
  mutating func checkPackets() {
    let plan = package.plan?.content
    if let plan, let place = package.plan?.place {
      for (index, step) in plan.steps.enumerated() {
        let count = package.packets.count { TextForms.same($0.content.stepID, step.stepID) }
        require(
          count == 1, .planLint, .packetInvalid, place.at("/steps/\(index)"),
          "the step '\(step.stepID)' has \(count == 0 ? "no packet" : "\(count) packets")")
      }
    }
    for packet in package.packets {
      checkBindings(packet)
      checkBounds(packet)
      lint(packet)
    }
    for receipt in package.receipts { check(receipt) }
    let nonces = package.receipts.map(\.content.nonce)
    require(
      Self.areDistinct(nonces), .planLint, .receiptInvalid, Place(.receipt), "two receipts have the same nonce")
  }

  private mutating func checkBindings(_ packet: Artifact<StepPacket>) {
    let place = packet.place
    require(
      TextForms.same(packet.content.stepID, place.scope), .planLint, .packetInvalid, place.at("/stepId"),
      "the packet is of the step '\(packet.content.stepID)', and its file is not named so")
    same(packet.content.lockID, package.lock?.content.lockID, .planLint, .idMismatch, place.at("/lockId"), "the lock")
    same(
      packet.content.dodID, package.dod?.content.dodID, .planLint, .idMismatch, place.at("/dodId"),
      "the definition of done")
    same(
      packet.content.planHash, hashes.plan?.value, .planLint, .planHashMismatch, place.at("/planHash"),
      "the plan's digest")
    same(
      packet.content.capsuleHash, hashes.capsule?.value, .planLint, .capsuleHashMismatch, place.at("/capsuleHash"),
      "the capsule's digest")
    same(
      packet.content.snapshotHash, hashes.snapshot?.value, .planLint, .snapshotHashMismatch, place.at("/snapshotHash"),
      "the snapshot's digest")
    if let goal = package.lock?.content.goal {
      require(
        Self.contains(packet.content.goalReference, goal), .planLint, .packetInvalid, place.at("/goalReference"),
        "the packet does not have the goal of the lock")
    }
    guard let plan = package.plan?.content else { return }
    guard let step = plan.steps.first(where: { TextForms.same($0.stepID, packet.content.stepID) }) else {
      return fail(.planLint, .packetInvalid, place.at("/stepId"), "'\(packet.content.stepID)' is no step of the plan")
    }
    require(
      ExactTexts(packet.content.dodItemRefs).isSame(as: ExactTexts(step.references)), .planLint, .packetInvalid,
      place.at("/dodItemRefs"),
      "the packet is for other items of the definition of done than its step")
    require(
      ExactTexts(packet.content.capabilities ?? []).isSame(as: ExactTexts(step.capabilities)), .capabilities,
      .boundaryViolation,
      place.at("/requiredCapabilities"), "the packet needs other capabilities than its step")
  }

  private mutating func checkBounds(_ packet: Artifact<StepPacket>) {
    let place = packet.place
    require(
      Set(packet.content.reviewers).count == packet.content.reviewers.count, .planLint, .reviewerDuplicate,
      place.at("/reviewerSequence"), "a reviewer is there twice")
    let allowed = ExactTexts(packet.content.allowedFiles)
    for path in packet.content.allowedFiles where !TextForms.isPath(path) {
      fail(.planLint, .boundaryViolation, place.at("/allowedFiles"), "'\(path)' is no path below the repository")
    }
    for digest in packet.content.fileDigests where !allowed.contains(digest.path) {
      fail(
        .planLint, .boundaryViolation, place.at("/context/fileDigests"),
        "'\(digest.path)' is not among the allowed files")
    }
    for excerpt in packet.content.excerpts where !allowed.contains(excerpt.path) {
      fail(
        .planLint, .boundaryViolation, place.at("/context/excerpts"), "'\(excerpt.path)' is not among the allowed files"
      )
    }
    require(
      Self.areDistinct(packet.content.fileDigests.map(\.path)), .planLint, .packetInvalid,
      place.at("/context/fileDigests"),
      "a path is there twice")
    guard let capsule = package.capsule?.content else { return }
    let (files, symbols) = (ExactTexts(capsule.allowedFiles), ExactTexts(capsule.allowedSymbols))
    for path in packet.content.allowedFiles where !files.contains(path) {
      fail(.planLint, .boundaryViolation, place.at("/allowedFiles"), "the capsule does not allow '\(path)'")
    }
    for symbol in packet.content.allowedSymbols where !symbols.contains(symbol) {
      fail(.planLint, .boundaryViolation, place.at("/allowedSymbols"), "the capsule does not allow '\(symbol)'")
    }
    require(
      capsule.allowedPlanStepIDs.has(packet.content.stepID), .planLint, .boundaryViolation, place.at("/stepId"),
      "the capsule does not allow the step '\(packet.content.stepID)'")
  }

  private mutating func lint(_ packet: Artifact<StepPacket>) {
    if let pointer = Self.member(packet.json, among: Self.names, "") {
      fail(.planLint, .packetLintFailed, packet.place.at(pointer), "a packet has no member of this name")
    }
    let size = packet.place.file.flatMap { files.files[$0]?.count } ?? 0
    // White space does not count.
    if size > Self.limit, let bytes = try? CanonicalJSON.bytes(packet.json), bytes.count > Self.limit {
      fail(
        .planLint, .packetLintFailed, packet.place, "the packet has \(bytes.count) bytes, and \(Self.limit) are allowed"
      )
    }
  }

  private static func member(_ value: JSONValue, among names: [String], _ pointer: String) -> String? {
    switch value {
    case .array(let elements):
      for (index, element) in elements.enumerated() {
        if case .string = element { continue }
        if let found = member(element, among: names, "\(pointer)/\(index)") { return found }
      }
    case .object(let members):
      for member in members {
        if names.has(member.name) { return pointer + "/" + member.name }
        switch member.value {
        case .array, .object:
          if let found = self.member(member.value, among: names, pointer + "/" + JSONPointer.escaped(member.name)) {
            return found
          }
        default: break
        }
      }
    default: break
    }
    return nil
  }

  private mutating func check(_ receipt: Artifact<PacketReceipt>) {
    let index = package.packets.firstIndex { TextForms.same($0.content.stepID, receipt.place.scope) }
    guard let index else {
      return fail(.planLint, .receiptInvalid, receipt.place, "the receipt is for no packet")
    }
    same(
      receipt.content.packetHash, hashes.packets[index].hash, .planLint, .receiptInvalid,
      receipt.place.at("/packetHash"),
      "the packet's digest")
    if let made = package.packets[index].content.createdAt, let taken = receipt.content.timestamp {
      require(
        taken >= made, .planLint, .receiptInvalid, receipt.place.at("/timestamp"),
        "the packet was taken up before it was made")
    }
  }
}
