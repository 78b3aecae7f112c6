import Lexer

/// The flags that each instruction knows. Source: BuildKit's instruction parser.
enum InstructionFlags {
  /// What a flag takes.
  enum Kind {
    /// Nothing, `true` or `false`.
    case bool
    /// One value, once.
    case string
    /// One value, as often as one likes.
    case list
  }

  /// A flag's name and what it takes.
  typealias Flag = (name: String, kind: Kind)

  /// The flags of an instruction; nil where BuildKit never looks at them and drops them.
  static func of(_ instruction: DockerInstruction) -> [Flag]? {
    switch instruction {
    case .from: from
    case .run: run
    case .add: add
    case .copy: copy
    case .healthcheck: healthcheck
    case .arg, .stopsignal: nil
    case .cmd, .entrypoint, .env, .expose, .label, .maintainer, .onbuild, .shell, .user, .volume, .workdir: []
    }
  }

  private static let from: [Flag] = [("platform", .string)]
  private static let run: [Flag] = [("device", .list), ("mount", .list), ("network", .string), ("security", .string)]
  private static let add: [Flag] = [
    ("checksum", .string), ("chmod", .string), ("chown", .string), ("exclude", .list), ("keep-git-dir", .bool),
    ("link", .bool), ("unpack", .bool),
  ]
  private static let copy: [Flag] = [
    ("chmod", .string), ("chown", .string), ("exclude", .list), ("from", .string), ("link", .bool), ("parents", .bool),
  ]
  private static let healthcheck: [Flag] = [
    ("interval", .string), ("retries", .string), ("start-interval", .string), ("start-period", .string),
    ("timeout", .string),
  ]
}
