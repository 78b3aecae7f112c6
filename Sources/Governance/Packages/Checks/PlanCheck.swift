import JSON

extension PackageRun {
  /// What a plan has no use for if it says what is to be done, and not how.
  private static let forbidden = ForbiddenWords(
    words: ["rm", "mv", "cp", "sh", "go"], exactWords: ["POST", "PUT", "PATCH", "DELETE"],
    parts: [
      "$(", "`", ";", "&&", "||", "|", "sudo", "chmod", "chown", "bash", "zsh", "powershell", "cmd.exe", "npm", "pnpm",
      "yarn", "node", "python", "cargo", "make", "docker", "kubectl", "helm", "terraform", "ansible", "http://",
      "https://", "ftp://", "ssh", "scp", "rsync", "curl", "wget", "write", "delete", "remove", "modify", "create file",
      "touch", "mkdir", "rmdir",
    ])

  /// Step 3, the plan: it is of this lock, covers the definition of done, and holds nothing that could be run.
  mutating func checkPlan() {
    guard let plan = package.plan else {
      return fail(.planLint, .planLintFailed, Place(.plan), "there is no execution plan")
    }
    let content = plan.content
    let lock = package.lock?.content
    same(
      content.dodID, package.dod?.content.dodID, .planLint, .idMismatch, plan.place.at("/dodId"),
      "the definition of done")
    same(content.lockID, lock?.lockID, .planLint, .idMismatch, plan.place.at("/lockId"), "the lock")
    if let lock {
      let place = package.lock?.place ?? Place(.lock)
      require(
        lock.planHash != nil, .planLint, .planHashMismatch, place.at("/planHash"),
        "the lock does not say which plan it is for")
      same(lock.planHash, hashes.plan?.value, .planLint, .planHashMismatch, place.at("/planHash"), "the plan's digest")
      require(
        Self.hasText(plan.json, containing: lock.goal), .planLint, .planLintFailed, plan.place,
        "the plan does not have the goal of the lock")
    }
    require(
      Self.areDistinct(content.steps.map(\.stepID)), .planLint, .planLintFailed, plan.place.at("/steps"),
      "two steps have the same id")
    if let dod = package.dod?.content {
      let items = dod.items.map(\.id).exact
      for (index, step) in content.steps.enumerated() {
        for reference in step.references where !items.contains(Exact(reference)) {
          fail(
            .planLint, .planLintFailed, plan.place.at("/steps/\(index)/references"),
            "'\(reference)' is no item of the definition of done")
        }
      }
      let covered = content.steps.flatMap(\.references).exact
      for item in dod.items where !covered.contains(Exact(item.id)) {
        fail(.planLint, .planLintFailed, plan.place.at("/steps"), "no step is for the item '\(item.id)'")
      }
    }
    if !content.hasGuarantees {
      findings.warn(
        plan.place.problem(.planLint, .planLintFailed, "the plan has no 'nonExecutableGuarantees'"))
    }
    lintPlan(plan)
  }

  private mutating func lintPlan(_ plan: Artifact<ExecutionPlan>) {
    // The text of the plan as one: names and ids count too, as in the reference.
    guard let text = plan.place.file.flatMap({ files.files[$0] }) else { return }
    for word in Self.forbidden.found(in: text) {
      fail(.planLint, .forbiddenToken, plan.place, "a plan says what is done, not how: '\(word)' stands in it")
    }
  }

  /// Whether some text in a value has another in it.
  static func hasText(_ value: JSONValue, containing text: String) -> Bool {
    switch value {
    case .string(let own): own.utf8.count == text.utf8.count ? TextForms.same(own, text) : contains(own, text)
    case .array(let elements): elements.contains { hasText($0, containing: text) }
    case .object(let members): members.contains { hasText($0.value, containing: text) }
    default: false
    }
  }

  /// Whether a text has another in it, byte for byte.
  static func contains(_ text: String, _ part: String) -> Bool {
    var (text, part) = (text, part)
    return text.withUTF8 { text in
      part.withUTF8 { PlainWords.find(text, $0, isWhole: false, ignoresCase: false) }
    }
  }
}
