import JSON

/// What a step changes (`patch-<stepId>.json`).
struct PatchArtifact: Sendable {
  enum ChangeType: String, CaseIterable { case create, modify, delete }

  struct File: Sendable {
    var path: String
    var type: ChangeType?
    var diff: String
  }

  var sessionID: String
  var patchID: String
  var stepID: String
  var files: [File]
  var imports: [String]
  var dependencies: [String]

  init(_ object: ArtifactReader.Object, _ reader: inout ArtifactReader) {
    sessionID = reader.session(object)
    patchID = reader.id(object, "patchId")
    stepID = reader.id(object, "stepId")
    files = reader.objects(object, "filesChanged", count: 1...Int.max).map { file in
      File(
        path: reader.text(file, "path", 1...1000), type: reader.word(file, "changeType", ChangeType.self),
        diff: reader.text(file, "diff", 0...200_000))
    }
    if Set(files.map { Exact($0.path) }).count < files.count {
      reader.complain([.name("filesChanged")], "a path is there twice")
    }
    imports = reader.texts(object, "declaredImports")
    dependencies = reader.texts(object, "declaredNewDependencies")
  }
}

/// Whether the patches fit the snapshot (`patch-apply-report.json`).
struct PatchApplyReport: Sendable {
  var sessionID: String
  var patchID: String
  var baseSnapshotHash: String
  var reportHash: String?
  var isApplied: Bool?
  var touched: [String]
  var conflicts: Int

  init(_ object: ArtifactReader.Object, _ reader: inout ArtifactReader) {
    sessionID = reader.session(object)
    patchID = reader.text(object, "patchId", 1...200)
    baseSnapshotHash = reader.hash(object, "baseSnapshotHash")
    reportHash = reader.optionalHash(object, "reportHash")
    isApplied = reader.bool(object, "applied")
    conflicts = reader.objects(object, "conflicts").count
    // A touched file is a path, or an object with one.
    touched = []
    guard let files = object["touchedFiles"]?.array else {
      reader.complain([.name("touchedFiles")], "an array must stand here")
      return
    }
    for (index, file) in files.enumerated() {
      if let path = file.string ?? file["path"]?.string {
        touched.append(path)
      } else {
        reader.complain([.name("touchedFiles"), .index(index)], "a path must stand here")
      }
    }
  }
}

/// What a reviewer found in a step's patch (`reviewer-<stepId>-<role>.json`).
struct ReviewerReport: Sendable {
  var sessionID: String
  var stepID: String
  var role: ReviewerRole?
  var passed: Bool?
  var violations: [(rule: String, message: String)]

  init(_ object: ArtifactReader.Object, _ reader: inout ArtifactReader) {
    sessionID = reader.session(object)
    stepID = reader.id(object, "stepId")
    role = reader.word(object, "reviewerRole", ReviewerRole.self)
    passed = reader.bool(object, "passed")
    violations = reader.objects(object, "violations").map { violation in
      (reader.text(violation, "ruleId", 1...100), reader.text(violation, "message", 1...5000))
    }
    _ = reader.optionalTexts(object, "notes", length: 0...Int.max)
  }
}
