/// What an image says of itself, as far as a build on top of it or a pod with it depends on that.
package struct ImageFacts: Sendable, Equatable {
  /// Its labels.
  package var labels: [String: String]
  /// Its entrypoint.
  package var entrypoint: [String]?
  /// Its command.
  package var command: [String]?
  /// Its user; empty for root.
  package var user: String

  /// Joins the facts.
  package init(
    labels: [String: String] = [:], entrypoint: [String]? = nil, command: [String]? = nil, user: String = ""
  ) {
    self.labels = labels
    self.entrypoint = entrypoint
    self.command = command
    self.user = user
  }
}
