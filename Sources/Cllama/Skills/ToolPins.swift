package import JSON

/// The tools of services as they were when they were first looked at, and what people accepted since.
///
/// A tool is its name, its description and its schema: what a service says of a tool is read by a model, so that a description
/// that changes can turn a harmless tool into an order.
package struct ToolPins: Sendable, Equatable {
  /// A tool that is not as it was.
  package struct Change: Sendable, Equatable {
    package var service: String
    package var tool: String
    /// The digests; nil where it was not there, or is there no more.
    package var before: String?
    package var after: String?
  }

  /// A tool that a person accepted as it is now.
  package struct Acceptance: Sendable, Equatable {
    package var id: String
    package var service: String
    package var tool: String
    package var digest: String

    package init(id: String, service: String, tool: String, digest: String) {
      self.id = id
      self.service = service
      self.tool = tool
      self.digest = digest
    }
  }

  /// The digests by service and tool.
  private var pinned: [String: [String: String]] = [:]
  /// As they are now; nothing for a service that was not looked at since the start.
  private var current: [String: [String: String]] = [:]
  /// What was told of already, so that it is told once.
  private var told: Set<String> = []
  private var taken: Set<String> = []
  /// Whether what was pinned before can't be read: then nothing counts as seen.
  private let isLost: Bool

  package init() { isLost = false }

  /// Reads what `json` wrote; anything else is a list that was lost, after which every tool has to be accepted.
  package init(_ bytes: [UInt8]) {
    guard let value = try? JSONValue.strict(bytes), let services = value["services"]?.members else {
      isLost = true
      return
    }
    isLost = false
    for service in services {
      for tool in service.value.members ?? [] {
        pinned[service.name, default: [:]][tool.name] = tool.value.string ?? ""
      }
      pinned[service.name] = pinned[service.name] ?? [:]
    }
    taken = Set((value["accepted"]?.array ?? []).compactMap(\.string))
  }

  package var json: JSONValue {
    func object(_ tools: [String: String]) -> JSONValue {
      .object(tools.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) })
    }
    return [
      "schema": 1,
      "services": .object(pinned.sorted { $0.key < $1.key }.map { .init($0.key, object($0.value)) }),
      "accepted": .array(taken.sorted().map { .string($0) }),
    ]
  }

  /// Notes what a service offers; the first look pins it. Gives the changes that were not told of yet.
  ///
  /// - Parameter isPinned: whether a change counts only once somebody accepted it.
  package mutating func look(_ service: String, _ tools: [SkillMap.Tool], isPinned: Bool) -> [Change] {
    var now: [String: String] = [:]
    // Of two tools of one name nobody knows which one is called.
    for tool in tools { now[tool.name] = now[tool.name] == nil ? tool.digest : "twice" }
    current[service] = now
    guard let known = pinned[service] else {
      pinned[service] = isLost ? [:] : now
      return isLost ? look(service, tools, isPinned: isPinned) : []
    }
    var changes: [Change] = []
    for name in Set(known.keys).union(now.keys).sorted() where known[name] != now[name] {
      let change = Change(service: service, tool: name, before: known[name], after: now[name])
      if told.insert("\(service) \(name) \(now[name] ?? "-")").inserted { changes.append(change) }
    }
    if !isPinned { pinned[service] = now }
    return changes
  }

  /// Takes note of what a person accepted; false if that was done before.
  package mutating func accept(_ acceptance: Acceptance) -> Bool {
    guard taken.insert(acceptance.id).inserted else { return false }
    pinned[acceptance.service, default: [:]][acceptance.tool] = acceptance.digest
    return true
  }

  /// Why a tool of a pinned service must not be called now; nil if it is as it was.
  package func refusal(_ service: String, _ tool: String) -> String? {
    guard let now = current[service] else { return "the tools of '\(service)' were not looked at yet" }
    guard let digest = now[tool] else { return "'\(service)' does not list the tool" }
    guard pinned[service]?[tool] != digest else { return nil }
    return "the tool is not as it was when it was first looked at: 'claw skillmap --accept' accepts it"
  }

  /// The tools of a service that are not as they were.
  package func changed(_ service: String) -> Set<String> {
    Set((current[service] ?? [:]).filter { pinned[service]?[$0.key] != $0.value }.keys)
  }
}
