package import Source

/// What Dockerfile.generated is made of: the author's file, what is taken out of it, and what is put in.
package struct ImagePlan: Sendable {
  /// The author's file, whose other bytes pass through unchanged.
  package var source: SourceFile
  /// Its escape character.
  package var escape: UInt8
  /// Edits, sorted by place, none overlapping.
  package var edits: [Edit] = []

  /// A plan that changes nothing.
  package init(source: SourceFile, escape: UInt8) {
    self.source = source
    self.escape = escape
  }

  /// One change to the source.
  package struct Edit: Sendable {
    /// The bytes taken out; empty to insert.
    package var range: SourceRange
    /// What takes their place.
    package var insertion: Insertion?

    /// Makes an edit.
    package init(_ range: SourceRange, _ insertion: Insertion?) {
      self.range = range
      self.insertion = insertion
    }
  }

  /// What an edit puts in.
  package enum Insertion: Sendable {
    /// The generated block of a stage.
    case block(StageBlock)
    /// A build step of worker mode.
    case run(String, origin: SourceRange)
  }
}

/// The generated block at the end of a stage.
package struct StageBlock: Sendable {
  /// Labels, in the order in which they are written.
  package var labels: [Label] = []
  /// Folders that volumes are mounted on, with the owner that they get.
  package var folders: [Folder] = []
  /// Files to write.
  package var files: [File] = []
  /// Those of the folders that exist before and whose owner must be changed.
  package var ownedFolders: [Folder] = []
  /// The user to go back to after changing owners.
  package var restoredUser = ""
  /// Whether claw's entrypoint is put in.
  package var usesWrapper = false
  /// Whether the scheduler is put in.
  package var usesScheduler = false
  /// Time zones that the image must have.
  package var zones: [String] = []
  /// Commands that get a wrapper which logs.
  package var trackedCommands: [String] = []
  /// A folder put in front of PATH.
  package var pathPrefix: String?
  /// The entrypoint, if claw's wrapper stands in front of it.
  package var entrypoint: [String]?
  /// The command that goes with `entrypoint`.
  package var command: [String]?

  /// Where claw's wrapper lies in an image.
  package static let wrapperPath = "/claw/entrypoint.sh"
  /// Where the scheduler does.
  package static let schedulerPath = "/claw/scheduler.sh"

  /// An empty block.
  package init() {}

  /// A label.
  package struct Label: Sendable {
    /// The key: lower-case letters, digits, `.`, `-` and `_`.
    package var key: String
    /// The value.
    package var value: [ValuePart]
    /// The directive that it comes from; nil for claw's own.
    package var origin: SourceRange?

    /// Makes a label.
    package init(_ key: String, _ value: [ValuePart], origin: SourceRange?) {
      self.key = key
      self.value = value
      self.origin = origin
    }
  }

  /// A folder.
  package struct Folder: Sendable, Equatable {
    /// Its absolute path.
    package var path: String
    /// `user` or `user:group`, names or numbers.
    package var owner: String

    /// Makes a folder.
    package init(path: String, owner: String) {
      self.path = path
      self.owner = owner
    }
  }

  /// A file.
  package struct File: Sendable {
    /// Its absolute path.
    package var path: String
    /// Its mode, in octal digits.
    package var mode: String
    /// `user:group`, if not root's.
    package var owner: String?
    /// Its text; ends with a line end unless empty.
    package var text: String
    /// The directive that it comes from; nil for claw's own.
    package var origin: SourceRange?

    /// Makes a file.
    package init(path: String, mode: String, owner: String? = nil, text: String, origin: SourceRange? = nil) {
      self.path = path
      self.mode = mode
      self.owner = owner
      self.text = text
      self.origin = origin
    }
  }
}

/// A part of a value that Docker may complete at build time.
package enum ValuePart: Sendable, Equatable {
  /// Text as it is.
  case literal(String)
  /// `${NAME}`, which the build expands.
  case variable(String)
}
