/// The instructions of the Dockerfile language: a closed set, so that a new one makes the compiler list every switch.
///
/// Source: BuildKit's instruction table; names are compared without regard to ASCII case.
package enum DockerInstruction: String, Sendable, CaseIterable {
  case add, arg, cmd, copy, entrypoint, env, expose, from, healthcheck, label, maintainer, onbuild, run, shell
  case stopsignal, user, volume, workdir

  /// The instruction that `word` spells, or nil.
  package init?(_ word: ArraySlice<UInt8>) {
    guard word.count <= 11, let key = Self.key(word),
      let index = Self.keys.firstIndex(of: key)
    else { return nil }
    self = Self.allCases[index]
  }

  /// Whether a heredoc can start on its line.
  var takesHeredoc: Bool { self == .run || self == .copy || self == .add }

  /// Whether `[` starts its JSON form and so rules heredocs out.
  var takesJSON: Bool {
    switch self {
    case .add, .cmd, .copy, .entrypoint, .run, .shell, .volume: true
    default: false
    }
  }

  /// In the order of `allCases`; few enough that looking at all costs less than hashing.
  private static let keys = allCases.map { key(Array($0.rawValue.utf8)[...]) ?? 0 }

  /// Up to eleven letters, five bits each: a perfect hash. Nil if `word` holds anything but ASCII letters.
  private static func key(_ word: ArraySlice<UInt8>) -> UInt64? {
    var key: UInt64 = 0
    for byte in word {
      let letter = byte | 0x20
      guard letter >= 0x61, letter <= 0x7A else { return nil }
      key = key << 5 | UInt64(letter - 0x60)
    }
    return key
  }
}
