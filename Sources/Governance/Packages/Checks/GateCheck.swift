/// A check of the gate between deciding and doing.
private struct GateItem {
  var id: String
  var isRight: Bool
  var message: String
  var place: Place
}

extension PackageRun {
  private static let vague = [
    "work as expected", "works as expected", "should be fine", "seem correct", "seems correct", "look good",
    "looks good",
  ]

  /// Step 2: the definition of done can be verified, and the lock was approved and leaves nothing open. What
  /// `gate-result.json` says is only compared with what comes out here.
  mutating func checkGate() {
    let dodPlace = package.dod?.place ?? Place(.dod)
    let lockPlace = package.lock?.place ?? Place(.lock)
    let count = findings.errors.count
    require(package.dod != nil, .gate, .dodMissing, dodPlace, "dod-exists: there is no definition of done")
    require(package.lock != nil, .gate, .lockMissing, lockPlace, "lock-exists: there is no decision lock")
    if let dod = package.dod { checkItems(dod) }
    if let lock = package.lock { checkLock(lock) }
    if let result = package.gateResult {
      require(
        result.content.passed == true, .gate, .gateFailed, result.place.at("/passed"), "the gate was not passed")
      require(
        result.content.passed != true || findings.errors.count == count, .gate, .gateFailed, result.place.at("/passed"),
        "the gate is said to be passed, and it is not")
    }
  }

  private mutating func checkItems(_ dod: Artifact<DefinitionOfDone>) {
    var items: [GateItem] = [
      GateItem(
        id: "dod-has-items", isRight: !dod.content.items.isEmpty, message: "there is no item",
        place: dod.place.at("/items"))
    ]
    for (index, item) in dod.content.items.enumerated() {
      let place = dod.place.at("/items/\(index)")
      if let word = Self.vague.first(where: { PlainWords.contains(item.description, $0) }) {
        items.append(
          GateItem(
            id: "dod-item-verifiable-\(item.id)", isRight: false, message: "'\(word)' can't be verified",
            place: place.at("/description")))
      }
      if let missing = Self.missing(item) {
        items.append(
          GateItem(id: "dod-item-verifiable-\(item.id)", isRight: false, message: missing, place: place))
      }
    }
    items.append(
      GateItem(
        id: "dod-items-reverifiable", isRight: Self.areDistinct(dod.content.items.map(\.id)),
        message: "two items have the same id", place: dod.place.at("/items")))
    let texts = [dod.content.title] + dod.content.items.map(\.description)
    items += Self.placeholders("dod", texts, dod.place)
    add(items, .gateFailed)
  }

  /// What an item would need so that somebody else can verify it again.
  private static func missing(_ item: DefinitionOfDone.Item) -> String? {
    switch item.method {
    case .commandExitCode: item.command == nil ? "there is no command to run" : nil
    case .commandOutputMatch:
      item.command == nil || !item.hasExpectation ? "there is no command, or no output to expect" : nil
    case .fileExists: item.hasTarget ? nil : "there is no file to look for"
    case .fileHashMatch: item.hasTarget && item.hasExpectation ? nil : "there is no file, or no digest to expect"
    case .custom: item.procedure == nil && item.command == nil ? "there is no procedure" : nil
    case .artifactRecorded, nil: nil
    }
  }

  private mutating func checkLock(_ lock: Artifact<DecisionLock>) {
    let content = lock.content
    require(
      content.status == .approved, .gate, .lockNotApproved, lock.place.at("/status"),
      "lock-approved: the lock's status is \(content.status?.rawValue ?? "unknown")")
    require(
      content.approval != nil, .gate, .lockNotApproved, lock.place.at("/approvalMetadata"),
      "lock-has-approval-metadata: nothing says who approved the lock, and when")
    if let approval = content.approval {
      // Whoever is said to have approved must be one of those who signed.
      let approvals = package.approvalBundle?.content.signatures.filter { $0.artifact == .lock } ?? []
      require(
        approvals.contains { TextForms.same($0.approverID, approval.approvedBy) }, .gate, .lockNotApproved,
        lock.place.at("/approvalMetadata/approvedBy"),
        "lock-has-approval-metadata: '\(approval.approvedBy)' signed no approval of the lock")
      if let created = content.createdAt, let approved = approval.approvedAt {
        require(
          approved >= created, .gate, .lockNotApproved, lock.place.at("/approvalMetadata/approvedAt"),
          "lock-has-approval-metadata: the lock was approved before it was made")
      }
    }
    same(
      content.dodID, package.dod?.content.dodID, .gate, .idMismatch, lock.place.at("/dodId"),
      "lock-references-dod: the definition of done")
    add(Self.placeholders("lock", content.texts, lock.place), .gateFailed)
  }

  /// Words that stand for what somebody still has to think of.
  private static func placeholders(_ what: String, _ texts: [String], _ place: Place) -> [GateItem] {
    ["todo", "fixme", "tbd", "placeholder", "xxx"].compactMap { word in
      let isFound = texts.contains { text in
        word == "xxx" ? PlainWords.hasWord(text, "XXX", ignoresCase: false) : PlainWords.hasWord(text, word)
      }
      guard isFound else { return nil }
      return GateItem(id: "\(what)-no-\(word)", isRight: false, message: "'\(word)' stands in it", place: place)
    }
  }

  private mutating func add(_ items: [GateItem], _ code: PackageCode) {
    for item in items { require(item.isRight, .gate, code, item.place, "\(item.id): \(item.message)") }
  }
}
