import Policy

extension PackageRun {
  /// Step 3, the capsule and what the model answered: they are of this lock and plan, and stay within their bounds.
  mutating func checkCapsule() {
    guard let capsule = package.capsule else {
      fail(.planLint, .capsuleInvalid, Place(.capsule), "there is no prompt capsule")
      if let response = package.response {
        fail(.planLint, .responseInvalid, response.place, "there is no capsule that this answers")
      }
      return
    }
    let place = capsule.place
    same(capsule.content.lockID, package.lock?.content.lockID, .planLint, .idMismatch, place.at("/lockId"), "the lock")
    same(
      capsule.content.planHash, hashes.plan?.value, .planLint, .planHashMismatch, place.at("/planHash"),
      "the plan's digest")
    if let goal = package.lock?.content.goal {
      require(
        Self.contains(goal, capsule.content.goalExcerpt) || Self.contains(capsule.content.goalExcerpt, goal), .planLint,
        .capsuleLintFailed,
        place.at("/intent/goalExcerpt"), "the excerpt is not of the lock's goal")
    }
    if let items = package.dod?.content.items.map(\.id).exact {
      for item in capsule.content.allowedDoDItems where !items.contains(Exact(item)) {
        fail(
          .planLint, .capsuleInvalid, place.at("/boundaries/allowedDoDItems"),
          "'\(item)' is no item of the definition of done")
      }
    }
    if let steps = package.plan?.content.steps.map(\.stepID).exact {
      for step in capsule.content.allowedPlanStepIDs where !steps.contains(Exact(step)) {
        fail(.planLint, .capsuleInvalid, place.at("/boundaries/allowedPlanStepIds"), "'\(step)' is no step of the plan")
      }
    }
    for path in capsule.content.allowedFiles where !TextForms.isPath(path) {
      fail(
        .planLint, .boundaryViolation, place.at("/boundaries/allowedFiles"), "'\(path)' is no path below the repository"
      )
    }
    let allowed = capsule.content.allowedFiles.exact
    let digests = capsule.content.fileDigests.map(\.path)
    require(
      Self.areDistinct(digests), .planLint, .capsuleInvalid, place.at("/inputs/fileDigests"), "a path is there twice")
    for path in digests where !allowed.contains(Exact(path)) {
      fail(.planLint, .boundaryViolation, place.at("/inputs/fileDigests"), "'\(path)' is not among the allowed files")
    }
    if capsule.content.isPartial == false {
      require(
        digests.exact == allowed, .planLint, .capsuleInvalid, place.at("/inputs/fileDigests"),
        "coverage is said to be whole, and not every allowed file has a digest")
    }
    checkResponse(capsule.content)
  }

  private mutating func checkResponse(_ capsule: PromptCapsule) {
    guard let response = package.response else {
      return fail(.planLint, .responseInvalid, Place(.response), "there is no model response")
    }
    let place = response.place
    same(response.content.capsuleID, capsule.capsuleID, .planLint, .idMismatch, place.at("/capsuleId"), "the capsule")
    require(
      response.content.model == capsule.model, .planLint, .responseInvalid, place.at("/model"),
      "another model answered than the capsule asks for")
    let (files, items) = (capsule.allowedFiles.exact, capsule.allowedDoDItems.exact)
    let (steps, symbols) = (capsule.allowedPlanStepIDs.exact, capsule.allowedSymbols.exact)
    for (index, change) in response.content.changes.enumerated() {
      let own = place.at("/output/proposedChanges/\(index)")
      require(
        files.contains(Exact(change.path)), .planLint, .boundaryViolation, own.at("/targetPath"),
        "'\(change.path)' is not among the allowed files")
      func within(_ texts: [String], _ set: Set<Exact>, _ name: String, _ what: String) {
        for text in texts where !set.contains(Exact(text)) {
          fail(.planLint, .boundaryViolation, own.at(name), "'\(text)' is not among the allowed \(what)")
        }
      }
      within(change.dodItems, items, "/referencedDoDItems", "items of the definition of done")
      within(change.planSteps, steps, "/referencedPlanStepIds", "steps")
      within(change.symbols, symbols, "/referencedSymbols", "symbols")
      if let patch = change.patch { checkPatterns(in: patch, own.at("/patch"), .planLint) }
    }
  }

  /// What a capsule forbids must not be in the lines that a patch adds.
  mutating func checkPatterns(in diff: String, _ place: Place, _ step: PackageStep) {
    guard let capsule = package.capsule?.content, !capsule.disallowedPatterns.isEmpty else { return }
    let added = UnifiedDiff(Array(diff.utf8)).additions.map { String(decoding: $0, as: UTF8.self) }
    for pattern in capsule.disallowedPatterns {
      let isFound = added.contains { Self.contains($0, pattern) }
      if isFound {
        fail(step, .forbiddenToken, place, "a line that is added has '\(pattern)', which the capsule disallows")
      }
    }
  }
}
