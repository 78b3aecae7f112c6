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

  /// The flags of an instruction; nil where BuildKit never looks at them and drops them.
  static func of(_ instruction: DockerInstruction) -> [String: Kind]? {
    switch instruction {
    case .from: ["platform": .string]
    case .run: ["mount": .list, "network": .string, "security": .string, "device": .list]
    case .add:
      [
        "chown": .string, "chmod": .string, "link": .bool, "keep-git-dir": .bool, "checksum": .string, "unpack": .bool,
        "exclude": .list,
      ]
    case .copy:
      ["from": .string, "chown": .string, "chmod": .string, "link": .bool, "parents": .bool, "exclude": .list]
    case .healthcheck:
      ["interval": .string, "timeout": .string, "start-period": .string, "start-interval": .string, "retries": .string]
    case .arg, .stopsignal: nil
    case .cmd, .entrypoint, .env, .expose, .label, .maintainer, .onbuild, .shell, .user, .volume, .workdir: [:]
    }
  }
}
