public import Source

/// Collects findings. Passes report into it and go on; nobody throws for a user's mistake.
public struct DiagnosticBag: Sendable {
  /// What was reported, in the order of reporting.
  public private(set) var diagnostics: [Diagnostic] = []

  /// An empty bag.
  public init() {}

  /// Adds a finding.
  public mutating func add(_ diagnostic: Diagnostic) {
    diagnostics.append(diagnostic)
  }

  /// Adds a finding of a rule at a place.
  public mutating func report(
    _ rule: Rule, at location: Location, _ message: String, help: String? = nil, labels: [Diagnostic.Label] = [],
    fixes: [FixIt] = []
  ) {
    diagnostics.append(Diagnostic(rule, at: location, message, help: help, labels: labels, fixes: fixes))
  }

  /// Adds all of another bag.
  public mutating func add(contentsOf other: DiagnosticBag) {
    diagnostics.append(contentsOf: other.diagnostics)
  }

  /// Keeps the first of those that say the same of the same place: files that lie in one folder are read for each other.
  public mutating func removeDuplicates() {
    var seen: Set<String> = []
    diagnostics.removeAll { finding in
      let place = finding.location
      let key = "\(finding.rule.name) \(place.file.path) \(place.range.lower)-\(place.range.upper) \(finding.message)"
      return !seen.insert(key).inserted
    }
  }

  /// Keeps only what `isIncluded` accepts.
  public mutating func filter(_ isIncluded: (Diagnostic) -> Bool) {
    diagnostics.removeAll { !isIncluded($0) }
  }

  /// Changes every finding, for configured severities.
  public mutating func update(_ change: (inout Diagnostic) -> Void) {
    for index in diagnostics.indices { change(&diagnostics[index]) }
  }

  /// Whether any finding is an error: then no artifact is written.
  public var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }

  /// Whether nothing was reported.
  public var isEmpty: Bool { diagnostics.isEmpty }

  /// Everything by file (in the order of `files`, then by path), place and rule name: the order of all output.
  public func sorted(files: [SourceFile] = []) -> [Diagnostic] {
    var order: [ObjectIdentifier: Int] = [:]
    for (index, file) in files.enumerated() { order[ObjectIdentifier(file)] = index }
    func key(_ diagnostic: Diagnostic) -> (Int, String, Int, Int, String) {
      let location = diagnostic.location
      return (
        order[ObjectIdentifier(location.file)] ?? .max, location.file.path, location.range.lower, location.range.upper,
        diagnostic.rule.name
      )
    }
    return diagnostics.enumerated().sorted { left, right in
      let (first, second) = (key(left.element), key(right.element))
      return first == second ? left.offset < right.offset : first < second
    }.map(\.element)
  }
}
