package import Source

/// What a claw image says of itself: the directives of a stage and of the stages below it, understood and checked.
package struct ImageConfig: Sendable {
  /// A setting and where it was written.
  package struct Setting<Value: Sendable>: Sendable {
    /// The value.
    package var value: Value
    /// Where it stands in its file.
    package var origin: Location?

    /// Makes a setting.
    package init(_ value: Value, origin: Location?) {
      self.value = value
      self.origin = origin
    }
  }

  /// CLAW_TYPE: the runner type's name.
  package var type: Setting<String>?
  /// AGENT: the contract's file name.
  package var agent: Setting<[ValuePart]>?
  /// MODEL by slot, in the order written.
  package var models: [(slot: String, reference: Setting<[ValuePart]>)] = []
  /// CLLAMA, one chain a directive.
  package var cllama: [Setting<[ValuePart]>] = []
  /// PERSONA.
  package var persona: Setting<[ValuePart]>?
  /// CONFIGURE, in order.
  package var configure: [Setting<String>] = []
  /// INVOKE, in order.
  package var invoke: [Setting<Invocation>] = []
  /// TRACK: managers, each once.
  package var track: [Setting<String>] = []
  /// ACT, in order.
  package var act: [Setting<String>] = []
  /// SURFACE, in order.
  package var surfaces: [Setting<Surface>] = []
  /// PRIVILEGE, in order.
  package var privileges: [(mode: String, value: Setting<String>)] = []
  /// HANDLE: platforms.
  package var handles: [Setting<String>] = []
  /// SKILL: files.
  package var skills: [Setting<[ValuePart]>] = []

  /// An empty one.
  package init() {}

  /// Whether nothing is set.
  package var isEmpty: Bool {
    type == nil && agent == nil && models.isEmpty && cllama.isEmpty && persona == nil && configure.isEmpty
      && invoke.isEmpty && track.isEmpty && act.isEmpty && surfaces.isEmpty && privileges.isEmpty && handles.isEmpty
      && skills.isEmpty
  }

  /// The value of a privilege that may stand once.
  package func privilege(_ mode: String) -> Setting<String>? { privileges.first { $0.mode == mode }?.value }
}

/// A schedule and the message that it brings.
package struct Invocation: Sendable, Equatable {
  /// The schedule as written, fields parted by one blank.
  package var schedule: String
  /// The schedule, understood.
  package var fields: ScheduleFields
  /// The message, byte for byte.
  package var message: String
  /// A name, if the pod gives it one.
  package var name: String?
  /// Where the answer goes, if the pod says so.
  package var to: String?

  /// Joins the parts.
  package init(schedule: String, fields: ScheduleFields, message: String, name: String? = nil, to: String? = nil) {
    self.schedule = schedule
    self.fields = fields
    self.message = message
    self.name = name
    self.to = to
  }
}

/// When a schedule fires: each field is nil for always, else the numbers that match, rising.
package struct ScheduleFields: Sendable, Equatable {
  /// Minutes, 0 to 59.
  package var minutes: [Int]?
  /// Hours, 0 to 23.
  package var hours: [Int]?
  /// Days of the month, 1 to 31.
  package var days: [Int]?
  /// Months, 1 to 12.
  package var months: [Int]?
  /// Days of the week, 0 to 6 from Sunday.
  package var weekdays: [Int]?
  /// Whether a day matches if either of its two fields does, as cron has it when both are restricted.
  package var matchesEitherDay: Bool
  /// An IANA time zone; nil for the container's own.
  package var zone: String?

  /// Joins the fields.
  package init(
    minutes: [Int]?, hours: [Int]?, days: [Int]?, months: [Int]?, weekdays: [Int]?, matchesEitherDay: Bool,
    zone: String?
  ) {
    self.minutes = minutes
    self.hours = hours
    self.days = days
    self.months = months
    self.weekdays = weekdays
    self.matchesEitherDay = matchesEitherDay
    self.zone = zone
  }
}

/// Something outside that a claw uses.
package struct Surface: Sendable, Equatable {
  /// What kind of thing.
  package enum Kind: String, Sendable, CaseIterable {
    case volume, host, service, channel, egress
  }

  /// Whether a claw may write.
  package enum Access: String, Sendable {
    case readOnly = "read-only"
    case readWrite = "read-write"
  }

  /// What kind of thing.
  package var kind: Kind
  /// Its name, path or host.
  package var target: String
  /// The access that was written; nil where none was or none applies.
  package var access: Access?

  /// Joins the parts.
  package init(kind: Kind, target: String, access: Access?) {
    self.kind = kind
    self.target = target
    self.access = access
  }

  /// The surface as a URI.
  package var uri: String { "\(kind.rawValue)://\(target)" }
}
