/// The instructions of the Dockerfile language: a closed set, so that a new one makes the compiler list every switch.
///
/// Source: BuildKit's instruction table; names are compared without regard to ASCII case.
package enum DockerInstruction: String, Sendable, CaseIterable {
  case add, arg, cmd, copy, entrypoint, env, expose, from, healthcheck, label, maintainer, onbuild, run, shell
  case stopsignal, user, volume, workdir

  /// The instruction that `word` spells, or nil.
  package init?(_ word: ArraySlice<UInt8>) {
    guard word.count <= 11, let key = Self.key(word) else { return nil }
    for (known, instruction) in Self.table where known == key {
      self = instruction
      return
    }
    return nil
  }

  /// A bit of its own, so that a pass can ask for several at once.
  package var bit: UInt32 {
    switch self {
    case .add: 1 << 0
    case .arg: 1 << 1
    case .cmd: 1 << 2
    case .copy: 1 << 3
    case .entrypoint: 1 << 4
    case .env: 1 << 5
    case .expose: 1 << 6
    case .from: 1 << 7
    case .healthcheck: 1 << 8
    case .label: 1 << 9
    case .maintainer: 1 << 10
    case .onbuild: 1 << 11
    case .run: 1 << 12
    case .shell: 1 << 13
    case .stopsignal: 1 << 14
    case .user: 1 << 15
    case .volume: 1 << 16
    case .workdir: 1 << 17
    }
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

  /// Few enough that looking at all costs less than hashing; the most frequent first.
  private static let table: [(UInt64, DockerInstruction)] = {
    let frequent: [DockerInstruction] = [.run, .env, .copy, .label, .workdir, .arg]
    return (frequent + allCases.filter { !frequent.contains($0) }).compactMap { instruction in
      key(Array(instruction.rawValue.utf8)[...]).map { ($0, instruction) }
    }
  }()

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
