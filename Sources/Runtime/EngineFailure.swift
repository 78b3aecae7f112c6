import Processes
import Source

/// Why something that Docker should have done was not done.
package struct EngineFailure: Error, Sendable {
  /// What kind of trouble it is.
  package enum Kind: Sendable, Equatable {
    /// There is no docker client, no compose plugin, or no engine answers.
    case missing
    /// Docker said no.
    case failed
    /// The user stopped us.
    case interrupted
  }

  /// What kind of trouble it is.
  package var kind: Kind
  /// What to tell the user: what was wrong, what to do, and what docker said.
  package var message: String

  /// Joins the two.
  package init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }

  /// What to make of a child that gave no result.
  init(_ failure: ChildProcess.Failure, running what: String) {
    switch failure {
    case .notStarted(let reason): self.init(.missing, "'\(what)' could not be started: \(reason)")
    case .tooMuchOutput: self.init(.failed, "'\(what)' wrote more than can be right")
    case .timedOut: self.init(.missing, "'\(what)' took too long and was ended: is the Docker engine alive?")
    case .interrupted: self.init(.interrupted, "interrupted")
    }
  }

  /// What to make of what docker said when it failed.
  package init(status: Int32, complaint: String, running what: String) {
    let said = Self.lastLines(of: complaint)
    if complaint.contains("permission denied") && complaint.contains("docker.sock") {
      self.init(.missing, "this user may not talk to the Docker engine: add them to the group 'docker'\n\(said)")
    } else if complaint.contains("Cannot connect to the Docker daemon") || complaint.contains("error during connect")
      || complaint.contains("docker.sock") && complaint.contains("connect")
    {
      self.init(.missing, "no Docker engine answers: start it, or set DOCKER_HOST to where it is\n\(said)")
    } else if complaint.contains("is not a docker command") || complaint.contains("unknown command: docker")
      || complaint.contains("unknown shorthand flag: 'f'")
    {
      self.init(
        .missing, "this docker has no 'compose' plugin, or not the one that is needed: see 'claw doctor'\n\(said)")
    } else {
      self.init(.failed, "'\(what)' failed with status \(status)" + (said.isEmpty ? "" : "\n\(said)"))
    }
  }

  private static func lastLines(of text: String) -> String {
    text.trimmed.split(separator: "\n").suffix(12).map { "  docker: \($0)" }.joined(separator: "\n")
  }
}
