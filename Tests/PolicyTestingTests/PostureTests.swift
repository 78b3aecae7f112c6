import Automata
import Driver
import IR
import JSON
import Lowering
import Source
import Testing

@testable import Policy

@Suite("The posture of a session")
struct PostureTests {
  private static let plan = PosturePlan(
    initial: "work",
    states: [
      .init(name: "locked", capabilities: ["file_access"], budgets: []),
      .init(
        name: "open", capabilities: ["egress", "file_access", "file_write", "shell"],
        budgets: [.init(name: "egress_calls", limit: 0)]),
      .init(
        name: "work", capabilities: ["egress", "file_access", "file_write"],
        budgets: [.init(name: "file_writes", limit: 2)]),
    ],
    transitions: [
      .init(from: nil, to: "locked", trigger: "critical_violation", after: nil),
      .init(from: "work", to: "open", trigger: "user_approval", after: nil),
      .init(from: "open", to: "work", trigger: "timeout", after: 60),
      .init(from: "work", to: "locked", trigger: "timeout", after: 600),
      .init(from: "work", to: "open", trigger: "budget_exhausted", after: nil),
      .init(from: "locked", to: "work", trigger: "any_violation", after: nil),
    ])

  private func engine(_ profile: PolicyProfile = .hardened) throws -> PolicyEngine {
    var program = PolicyProgram(profile: profile, name: "a")
    program.guards = [.egressAllowlist(.init(allow: [], block: [], otherwise: .block))]
    let secret = PatternTerm(text: "/secret", node: .literal("/secret"), location: nil)
    program.guards.append(.forbiddenPath(.init(patterns: [secret], exceptions: [])))
    program.posture = Self.plan
    return try PolicyEngine(program)
  }

  private func read(_ path: String) -> PolicyEvent { PolicyEvent(id: "r", action: .fileRead(.init(path))) }
  private let write = PolicyEvent(id: "w", action: .fileWrite(.init("/a"), content: []))
  private let connect = PolicyEvent(id: "n", action: .egress(host: "a.example", port: 1, url: nil))

  @Test("What the state does not list is refused, and that leads nowhere")
  func capability() throws {
    var machine = PostureMachine(Self.plan, at: 0)
    let command = PolicyEvent(id: "c", action: .command(program: "ls", arguments: [], folder: nil))
    let result = try engine().decide(command, in: &machine, at: 1)
    #expect(result.decision.overall.guardName == "posture" && result.decision.overall.severity == .error)
    #expect(result.transition == nil && machine.state == "work")
  }

  @Test("A budget counts what was allowed; the last one of it leads on, and the next state has its own")
  func budget() throws {
    var machine = PostureMachine(Self.plan, at: 0)
    let engine = try engine()
    #expect(engine.decide(write, in: &machine, at: 1).transition == nil)
    #expect(machine.budgets["file_writes"] == .init(used: 1, limit: 2))
    let second = engine.decide(write, in: &machine, at: 2)
    #expect(second.decision.outcome == .allowed && second.before == "work")
    #expect(second.transition == .init(from: "work", to: "open", trigger: "budget_exhausted", at: 2))
    // The budget of 0 is used up from the start.
    let none = engine.decide(connect, in: &machine, at: 3)
    #expect(
      none.decision.overall.guardName == "posture_budget"
        && machine.budgets == ["egress_calls": .init(used: 0, limit: 0)])
  }

  @Test("A block counts for no budget; a critical one fires its own trigger alone, another any_violation")
  func violations() throws {
    var machine = PostureMachine(Self.plan, at: 0)
    let engine = try engine()
    #expect(engine.decide(connect, in: &machine, at: 1).decision.outcome == .blocked)
    #expect(machine.state == "work" && machine.budgets["file_writes"]?.used == 0)
    let critical = engine.decide(read("/secret"), in: &machine, at: 2)
    #expect(critical.transition == .init(from: "work", to: "locked", trigger: "critical_violation", at: 2))
    // From 'locked' a critical one leads to 'locked' again, not by any_violation to 'work'.
    #expect(engine.decide(read("/secret"), in: &machine, at: 3).transition?.to == "locked")
  }

  @Test("Time brings transitions before the event is judged, and a clock that goes back brings none")
  func timeouts() throws {
    var machine = try #require(PostureMachine(Self.plan, state: "open", enteredAt: 0))
    let engine = try engine()
    #expect(engine.decide(read("/a"), in: &machine, at: 59).before == "open")
    #expect(engine.decide(read("/a"), in: &machine, at: -100).before == "open")
    let later = engine.decide(read("/a"), in: &machine, at: 60)
    #expect(later.before == "work" && later.transition?.trigger == "timeout" && machine.enteredAt == 60)
    #expect(engine.decide(write, in: &machine, at: 660).decision.overall.guardName == "posture")
    #expect(machine.history.map(\.to) == ["work", "locked"])
  }

  @Test("A circle of timeouts of no length ends")
  func circle() {
    var plan = Self.plan
    plan.transitions = [
      .init(from: "work", to: "open", trigger: "timeout", after: 0),
      .init(from: "open", to: "work", trigger: "timeout", after: 0),
    ]
    var machine = PostureMachine(plan, at: 0)
    #expect(machine.advance(to: 0) != nil && machine.history.count == 2)
    for _ in 0..<1000 { _ = machine.advance(to: 1) }
    #expect(machine.history.count == PostureMachine.historyLimit)
  }

  @Test("What a person says leads on from the states that wait for it")
  func approval() {
    var machine = PostureMachine(Self.plan, at: 0)
    #expect(machine.fire("user_denial", at: 1) == nil)
    #expect(machine.fire("user_approval", at: 2)?.to == "open" && machine.enteredAt == 2)
    #expect(machine.fire("user_approval", at: 3) == nil)
  }

  @Test("A session that is under way keeps what it used, but no more than there is, and no state that there is not")
  func seeds() {
    #expect(PostureMachine(Self.plan, state: "nowhere", enteredAt: 0) == nil)
    let machine = PostureMachine(Self.plan, state: "work", enteredAt: 0, used: ["file_writes": 9, "patches": 1])
    #expect(machine?.budgets == ["file_writes": .init(used: 2, limit: 2)])
  }

  @Test("A tool is what its host says in the reference alone")
  func tools() {
    let call = PolicyAction.tool(.init(name: "x", isMCP: false, arguments: LazyJSON(.object([]))))
    #expect(PostureUse(call, .compat).capability == "custom")
    #expect(PostureUse(call, .hardened).capability == "mcp_tool")
  }

  @Test("Sessions don't share states")
  func sessions() throws {
    let engine = try engine()
    var sessions = PostureSessions(Self.plan)
    func event(_ session: String?, _ path: String) -> PolicyEvent {
      PolicyEvent(id: "e", action: .fileRead(.init(path)), sessionID: session)
    }
    #expect(sessions.decide(event("a", "/secret"), by: engine).1.state == "locked")
    #expect(sessions.decide(event("b", "/x"), by: engine).1.state == "work")
    #expect(sessions.decide(event(nil, "/x"), by: engine).1.state == "work")
    #expect(sessions.decide(event("a", "/x"), by: engine).1.state == "locked")
  }

  @Test(
    "Times are written as they are read",
    arguments: [0, 951_782_399, 951_868_800, 1_709_164_800, -1, -62_167_219_200, 253_402_300_799])
  func times(seconds: Int) {
    #expect(Timestamp.seconds(Timestamp.text(seconds)) == seconds)
  }
}
