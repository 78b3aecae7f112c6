/// What the exit status says. One table for all commands; `claw help exit-codes` prints it.
enum Status: Int32, Error, CaseIterable {
  case done = 0
  case failed = 1
  case usage = 2
  case invalid = 3
  case refused = 4
  case engine = 5
  case unhealthy = 6
  case bug = 70
  case interrupted = 130

  var meaning: String {
    switch self {
    case .done: "done"
    case .failed: "the operation failed, or findings reached --fail-on"
    case .usage: "wrong usage"
    case .invalid: "the input can't be parsed or is invalid; findings were printed"
    case .refused: "refused by an invariant: no contract, privileges, egress, volumes, a signature"
    case .engine: "Docker or another engine is missing or failed"
    case .unhealthy: "a claw or the machine is unhealthy"
    case .bug: "a bug in claw"
    case .interrupted: "interrupted"
    }
  }
}
