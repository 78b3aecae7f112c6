import Policy

extension PackageRun {
  /// Step 5, the patches: each is of a step, changes only what the step may, and fits the snapshot.
  mutating func checkPatches() {
    if let changes = package.response?.content.changes,
      changes.contains(where: { $0.type != ModelResponse.ChangeType.none })
    {
      require(
        !package.patches.isEmpty, .patches, .patchInvalid, Place(.patch),
        "the model proposed changes, and there is no patch")
    }
    require(
      Self.areDistinct(package.patches.map(\.content.stepID)), .patches, .patchInvalid, Place(.patch),
      "two patches are of the same step")
    require(
      Self.areDistinct(package.patches.map(\.content.patchID)), .patches, .patchInvalid, Place(.patch),
      "two patches have the same id")
    for patch in package.patches { check(patch) }
    if let report = package.patchReport { check(report) }
  }

  private mutating func check(_ patch: Artifact<PatchArtifact>) {
    let place = patch.place
    // The reference names the files in two ways.
    require(
      TextForms.same(patch.content.stepID, place.scope) || TextForms.same("step-" + patch.content.stepID, place.scope),
      .patches,
      .patchInvalid, place.at("/stepId"),
      "the patch is of the step '\(patch.content.stepID)', and its file is not named so")
    if let plan = package.plan?.content {
      require(
        plan.steps.contains { TextForms.same($0.stepID, patch.content.stepID) }, .patches, .patchInvalid,
        place.at("/stepId"),
        "'\(patch.content.stepID)' is no step of the plan")
    }
    let packet = package.packets.first { TextForms.same($0.content.stepID, patch.content.stepID) }?.content
    let allowed = packet?.allowedFiles.exact ?? []
    let known = package.snapshot?.content.files.map(\.path).exact
    for (index, file) in patch.content.files.enumerated() {
      let own = place.at("/filesChanged/\(index)")
      if !TextForms.isPath(file.path) || !allowed.contains(Exact(file.path)) {
        fail(.patches, .boundaryViolation, own.at("/path"), "the packet does not allow '\(file.path)'")
      }
      if let known, let type = file.type {
        let isThere = known.contains(Exact(file.path))
        require(
          isThere != (type == .create), .patches, .patchApplyFailed, own.at("/changeType"),
          isThere
            ? "'\(file.path)' is created, and is in the snapshot" : "'\(file.path)' is not in the snapshot")
      }
      checkDiff(file, own.at("/diff"))
      checkPatterns(in: file.diff, own.at("/diff"), .patches)
    }
    guard let modules = package.capsule?.content.allowedExternalModules.exact else { return }
    for (name, texts) in [
      ("declaredNewDependencies", patch.content.dependencies), ("declaredImports", patch.content.imports),
    ] {
      // What begins with a dot is of the repository itself.
      for text in texts where text.utf8.first != 0x2E && !modules.contains(Exact(text)) {
        fail(
          .patches, .importBoundaryViolation, place.at("/\(name)"), "the capsule does not allow the module '\(text)'")
      }
    }
  }

  private mutating func checkDiff(_ file: PatchArtifact.File, _ place: Place) {
    let diff = UnifiedDiff(Array(file.diff.utf8))
    require(
      diff.hasHunks || file.type != .modify, .patches, .patchInvalid, place, "the diff has no hunk")
    require(
      diff.isWhole, .patches, .patchInvalid, place, "a hunk of the diff has another number of lines than it says")
    for target in diff.targets where !target.elementsEqual(file.path.utf8) {
      fail(
        .patches, .boundaryViolation, place,
        "the diff is of '\(String(decoding: target, as: UTF8.self))', not '\(file.path)'")
    }
  }

  private mutating func check(_ report: Artifact<PatchApplyReport>) {
    let place = report.place
    require(
      report.content.isApplied == true, .patches, .patchApplyFailed, place.at("/applied"),
      "the patches were not applied")
    require(
      report.content.conflicts == 0, .patches, .patchApplyFailed, place.at("/conflicts"),
      "there are \(report.content.conflicts) conflicts")
    same(
      report.content.baseSnapshotHash, hashes.snapshot?.value, .patches, .patchBaseMismatch,
      place.at("/baseSnapshotHash"),
      "the snapshot's digest")
    require(
      package.patches.contains { TextForms.same($0.content.patchID, report.content.patchID) }, .patches,
      .patchApplyFailed,
      place.at("/patchId"), "there is no patch '\(report.content.patchID)'")
    let changed = package.patches.flatMap { $0.content.files.map(\.path) }.exact
    for path in report.content.touched where !changed.contains(Exact(path)) {
      fail(.patches, .patchApplyFailed, place.at("/touchedFiles"), "'\(path)' is touched, and no patch changes it")
    }
  }
}
