package import Source

/// A workload as it was written.
package struct WorkloadDeclaration: Sendable {
  /// The file that it stands in.
  package var file: SourceFile
  /// Its fields, as `WorkloadLanguage` declares them.
  package var fields: RulesetRecord

  /// Joins the two.
  package init(file: SourceFile, fields: RulesetRecord) {
    self.file = file
    self.fields = fields
  }
}

/// A fleet as it was written.
package struct FleetDeclaration: Sendable {
  /// The file that it stands in.
  package var file: SourceFile
  /// Its fields, as `FleetLanguage` declares them.
  package var fields: RulesetRecord

  /// Joins the two.
  package init(file: SourceFile, fields: RulesetRecord) {
    self.file = file
    self.fields = fields
  }
}

/// A tenancy as it was written.
package struct TenancyDeclaration: Sendable {
  /// The file that it stands in.
  package var file: SourceFile
  /// Its fields, as `TenancyLanguage` declares them.
  package var fields: RulesetRecord

  /// Joins the two.
  package init(file: SourceFile, fields: RulesetRecord) {
    self.file = file
    self.fields = fields
  }
}
