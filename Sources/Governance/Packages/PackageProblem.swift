import JSON

/// One thing that is wrong with a package.
package struct PackageProblem: Sendable, Equatable {
  package var step: PackageStep
  package var code: PackageCode
  package var message: String
  package var artifact: ArtifactType
  /// Where in the artifact, as a JSON pointer; where several files have its type, the step's id stands first. Nil for the
  /// artifact as a whole.
  package var path: String?
  /// The file that it is in, if there is one.
  package var file: String?
  /// The JSON pointer in that file.
  package var pointer = ""
  /// The byte of the file, where that is known better than by the pointer.
  package var offset: Int?

  /// The order of reports: by step, artifact, code and place.
  static func isBefore(_ left: Self, _ right: Self) -> Bool {
    if left.step != right.step { return left.step < right.step }
    for (first, second) in [
      (left.artifact.rawValue, right.artifact.rawValue), (left.code.rawValue, right.code.rawValue),
      (left.path ?? "", right.path ?? ""), (left.message, right.message), (left.file ?? "", right.file ?? ""),
    ] where !first.utf8.elementsEqual(second.utf8) {
      return first.utf8.lexicographicallyPrecedes(second.utf8)
    }
    return false
  }
}

/// What was found so far.
struct Findings {
  private(set) var errors: [PackageProblem] = []
  private(set) var warnings: [PackageProblem] = []
  /// More would only hide the first ones.
  static let limit = 1000

  mutating func add(_ problem: PackageProblem) {
    if errors.count < Self.limit { errors.append(problem) }
  }

  mutating func warn(_ problem: PackageProblem) {
    if warnings.count < Self.limit { warnings.append(problem) }
  }

  /// Adds what was found elsewhere.
  mutating func add(_ others: Findings) {
    for error in others.errors { add(error) }
    for warning in others.warnings { warn(warning) }
  }

  /// Adds a problem of an artifact's file.
  mutating func add(
    _ step: PackageStep, _ code: PackageCode, _ place: Place, _ message: @autoclosure () -> String
  ) {
    add(place.problem(step, code, message()))
  }

  /// The same where something must hold and does not.
  mutating func require(
    _ isRight: Bool, _ step: PackageStep, _ code: PackageCode, _ place: @autoclosure () -> Place,
    _ message: @autoclosure () -> String
  ) {
    if !isRight { add(place().problem(step, code, message())) }
  }
}

/// A place in an artifact.
struct Place: Sendable {
  var artifact: ArtifactType
  var file: String?
  /// What stands before the pointer where several files have the same type: the id of a step.
  var scope = ""
  var pointer = ""

  init(_ artifact: ArtifactType, file: String? = nil, scope: String = "", _ pointer: String = "") {
    self.artifact = artifact
    self.file = file
    self.scope = scope
    self.pointer = pointer
  }

  /// A place further inside.
  func at(_ pointer: String) -> Place {
    var place = self
    place.pointer += pointer
    return place
  }

  func problem(_ step: PackageStep, _ code: PackageCode, _ message: String) -> PackageProblem {
    let path = (scope.isEmpty ? "" : "/" + JSONPointer.escaped(scope)) + pointer
    return PackageProblem(
      step: step, code: code, message: message, artifact: artifact, path: path.isEmpty ? nil : path, file: file,
      pointer: pointer)
  }
}
