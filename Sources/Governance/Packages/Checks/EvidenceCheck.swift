extension PackageRun {
  /// Step 10: every step of the plan has evidence, and each piece names the one before.
  mutating func checkEvidence() {
    guard let file = package.evidenceFile, !package.evidence.isEmpty else {
      return fail(.evidence, .evidenceRequired, package.evidenceFile ?? Place(.evidence), "there is no evidence")
    }
    require(
      Self.areDistinct(package.evidence.map(\.content.evidenceID)), .evidence, .evidenceInvalid, file,
      "two pieces of evidence have the same id")
    let plan = package.plan?.content
    var previous: Instant?
    for (index, link) in package.evidence.enumerated() {
      let place = link.place
      same(
        link.content.evidenceHash, hashes.evidence[index], .evidence, .evidenceChainInvalid, place.at("/evidenceHash"),
        "the digest")
      if index == 0 {
        require(
          link.content.previousHash == nil, .evidence, .evidenceChainInvalid, place.at("/prevEvidenceHash"),
          "the first piece of evidence names one before it")
      } else {
        require(
          link.content.previousHash.map { TextForms.same($0, hashes.evidence[index - 1]) } ?? false, .evidence,
          .evidenceChainInvalid, place.at("/prevEvidenceHash"), "the piece of evidence before is another one")
      }
      require(
        link.content.planHash != nil, .evidence, .evidenceInvalid, place.at("/planHash"), "the evidence is for no plan")
      same(
        link.content.planHash, hashes.plan?.value, .evidence, .planHashMismatch, place.at("/planHash"),
        "the plan's digest")
      if let plan {
        require(
          plan.steps.contains { TextForms.same($0.stepID, link.content.stepID) }, .evidence, .evidenceInvalid,
          place.at("/stepId"), "'\(link.content.stepID)' is no step of the plan")
      }
      if let time = link.content.timestamp {
        if let previous {
          require(
            time >= previous, .evidence, .evidenceChainInvalid, place.at("/timestamp"),
            "this is older than the piece of evidence before")
        }
        previous = max(previous ?? time, time)
      }
    }
    for step in plan?.steps ?? [] {
      require(
        package.evidence.contains { TextForms.same($0.content.stepID, step.stepID) }, .evidence, .evidenceRequired,
        file,
        "there is no evidence of the step '\(step.stepID)'")
    }
  }
}
