import AST
import IR
import JSON
import Lexer
import Source

/// A text of an x-claw block, variables expanded, and where it stands.
struct PodText: Sendable {
  var value: String
  var location: Location
}

/// The x-claw block at the top of a pod file.
struct PodBlock {
  var pod: PodText?
  var master: PodText?
  var handleDefaults: [HandleBlock] = []
  var networkRange: PodText?
  var upstreams: [UpstreamBlock] = []
  var policies: [PolicyBlock] = []
  var stages: [StageSettings] = []
  var gateway = GatewayBlock()
}

/// The x-claw block of a service.
struct ClawBlock {
  /// Where the block's key stands.
  var location: Location
  var agent: PodText?
  var persona: PodText?
  /// nil if not written; `none` makes it empty.
  var cllama: [PodText]?
  var cllamaEnvironment: [(name: String, value: PodText)] = []
  var count: Int?
  var surfaces: [(surface: Surface, location: Location)] = []
  /// Settings of channels by platform.
  var channels: [String: JSONValue] = [:]
  var skills: [PodText] = []
  var handles: [HandleBlock] = []
  /// nil if not written; an empty list clears the image's.
  var invoke: [(invocation: Invocation, location: Location)]?
  var includes: [IncludeBlock] = []
  var models: [(slot: String, reference: PodText)] = []
  var gateway = GatewayBlock()
  var privileges: [(privilege: PrivilegeParser.Privilege, location: Location)] = []
  /// The modes that are written, also without a value: 'cap: []' takes the image's capabilities away.
  var privilegeModes: Set<String> = []
  var describe: DescribeBlock?
  var expose: ExposeBlock?
  var requireCllama: [PodText] = []
  /// What a scheduler is to know of it.
  var workload: WorkloadDeclaration?
  /// The names of the fields that are there.
  var fields: Set<String> = []

  /// Whether the service is a claw: a plain one's block has only what it offers.
  var isClaw: Bool { !fields.isSubset(of: ["expose", "require_cllama", "describe", "workload"]) || fields.isEmpty }
}

/// An identity on a chat platform.
struct HandleBlock {
  var platform: String
  var id: PodText?
  var username: PodText?
  var guilds: [String] = []
  var location: Location
}

/// A file that becomes part of the contract, or a skill.
struct IncludeBlock {
  enum Mode: String, CaseIterable { case enforce, guide, reference }
  var id: PodText
  var file: PodText
  var mode: Mode
  var description: PodText?
}

/// What a service or claw is for.
struct DescribeBlock {
  var role: PodText?
  var lists: [(name: String, items: [PodText])] = []
}

/// How a plain service is reached.
struct ExposeBlock {
  var protocolName: String
  var port: Int
  /// Whether tools that change are denied until somebody accepts them.
  var isPinned = false
}
