import IR
import JSON
import Policy
import Runtime
import Source

/// Events of a file.
enum PolicyEvents {
  /// Each event of a file with one a line; what is none is said with its line, and ends the command.
  static func lines(_ path: String) throws -> [PolicyEvent] {
    let file = try read(path)
    var events: [PolicyEvent] = []
    for (index, line) in file.bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated()
    where line.contains(where: { $0 > 0x20 }) {
      do throws(EventFailure) { events.append(try EventReader.read(line)) } catch {
        Console.say("claw: \(path):\(index + 1):\(error.offset + 1): \(error.message)")
        throw Status.invalid
      }
    }
    return events
  }

  /// The one event of a file.
  static func one(_ path: String) throws -> PolicyEvent {
    let file = try read(path)
    do throws(EventFailure) { return try EventReader.read(file.bytes) } catch {
      let place = file.position(at: error.offset)
      Console.say("claw: \(path):\(place.line):\(place.column): \(error.message)")
      throw Status.invalid
    }
  }

  /// The sessions of a run; nil where no posture is looked at.
  ///
  /// In the hardened profile a ruleset's posture always holds; in the reference only who asks for it gets it.
  static func sessions(_ engine: PolicyEngine, asked: Bool) -> PostureSessions? {
    guard let plan = engine.program.posture, asked || engine.program.profile == .hardened else { return nil }
    return PostureSessions(plan)
  }

  /// A decision as JSON, in the reference's form.
  static func entry(_ event: PolicyEvent, _ decision: Decision, _ posture: (PostureDecision, PostureMachine)?)
    -> JSONValue
  {
    var members: [JSONValue.Member] = [
      .init("eventId", .string(event.id)), .init("outcome", .string(decision.outcome.rawValue)),
      .init("decision", decision.json), .init("report", decision.report),
    ]
    if let (decided, machine) = posture {
      members.append(
        .init(
          "posture",
          [
            "before": .string(decided.before), "after": .string(machine.state),
            "transition": decided.transition.map(\.json) ?? .null, "state": machine.json,
          ]))
    }
    return .object(members)
  }

  private static func read(_ path: String) throws -> SourceFile {
    if path == "-" { return SourceFile(path: "<stdin>", bytes: try DiskFiles.readAll(0, sizeHint: 0, limit: 1 << 30)) }
    var status = Status.done
    guard let file = Inputs.read(path, &status) else { throw status }
    return file
  }
}
