package import Guards
package import JSON

/// Something that an agent is about to do, as the host describes it.
package struct PolicyEvent: Sendable {
  /// The event's name; not blank.
  package var id: String
  /// What is done.
  package var action: PolicyAction
  /// When, as it was given (RFC 3339).
  package var timestamp: String
  /// In which session.
  package var sessionID: String?
  /// What the host says besides.
  package var metadata: LazyJSON?

  package init(
    id: String, action: PolicyAction, timestamp: String = "2026-01-01T00:00:00Z", sessionID: String? = nil,
    metadata: LazyJSON? = nil
  ) {
    self.id = id
    self.action = action
    self.timestamp = timestamp
    self.sessionID = sessionID
    self.metadata = metadata
  }
}

/// What is done.
package enum PolicyAction: Sendable {
  case fileRead(FileTarget)
  /// `content` is nil where the host did not give it.
  case fileWrite(FileTarget, content: [UInt8]?)
  case egress(host: String, port: Int, url: String?)
  case command(program: String, arguments: [String], folder: String?)
  case patch(FileTarget, content: [UInt8])
  case tool(ToolCall)
  case secret(name: String, scope: String)
  case custom(type: String, data: LazyJSON)

  /// A file as the event names it.
  package struct FileTarget: Sendable {
    /// The path as the agent said it.
    package var path: String
    /// Where it really leads, if the host followed links and folders.
    package var resolved: String?
    /// The folder that relative paths start from, if the host says.
    package var folder: String?

    package init(_ path: String, resolved: String? = nil, folder: String? = nil) {
      self.path = path
      self.resolved = resolved
      self.folder = folder
    }
  }

  /// A call of a tool.
  package struct ToolCall: Sendable {
    package var name: String
    /// Whether it is a tool of an MCP server, by what the host says or by its name.
    package var isMCP: Bool
    /// How many bytes the arguments have as JSON without white space.
    package let argumentsSize: Int
    /// The arguments.
    package var arguments: LazyJSON

    package init(name: String, isMCP: Bool, arguments: LazyJSON) {
      self.name = name
      self.isMCP = isMCP
      argumentsSize = arguments.compactSize
      self.arguments = arguments
    }
  }

  /// Its kind.
  package var kind: ActionKind {
    switch self {
    case .fileRead: .fileRead
    case .fileWrite: .fileWrite
    case .egress: .egress
    case .command: .command
    case .patch: .patch
    case .tool: .tool
    case .secret: .secret
    case .custom: .custom
    }
  }
}

/// Why an event is none.
package struct EventFailure: Error, Sendable, Equatable {
  /// What is wrong.
  package var message: String
  /// Where, in bytes of the event's text.
  package var offset: Int
}
