import ArgumentParser
import Canonical
import Driver
import Glibc
import Policy
import Runtime
import Source

/// Says why something is not trusted or a key is not used, and with which status that ends.
enum TrustRun {
  static func run<Result>(_ body: () throws -> Result) throws -> Result {
    do { return try body() } catch let failure as TrustFailure {
      Console.say("claw: \(failure.message) [\(failure.rule.rawValue)]")
      throw Status.refused
    } catch let failure as KeyFileFailure {
      switch failure {
      case .trust(let failure):
        Console.say("claw: \(failure.message) [\(failure.rule.rawValue)]")
        throw Status.refused
      case .key(let path, let failure):
        Console.say("claw: '\(path)': \(failure.message)")
        throw Status.invalid
      }
    } catch let failure as KeyFailure {
      Console.say("claw: \(failure.message)")
      throw Status.invalid
    } catch let failure as ArtifactStore.Failure {
      Console.say("claw: '\(failure.path)': \(failure.reason)")
      throw Status.failed
    }
  }

  /// Puts a file in place, or on standard output for `-`.
  static func write(_ bytes: [UInt8], to path: String) throws {
    if path == "-" { return Console.write(bytes) }
    try run { _ = try ArtifactStore.write([(path, bytes)]) }
  }
}

/// A time on the command line: RFC 3339, or how long from now on (`90d`, `12h`).
struct TimeArgument: ExpressibleByArgument {
  enum Value {
    case at(Int)
    case after(Int)
  }

  let value: Value

  init?(argument: String) {
    if let seconds = Timestamp.seconds(argument) {
      value = .at(seconds)
      return
    }
    let units: [Character: Int] = ["d": 86_400, "h": 3600, "m": 60]
    guard let unit = argument.last.flatMap({ units[$0] }), let count = Int(argument.dropLast()), 0...100_000 ~= count
    else { return nil }
    value = .after(count * unit)
  }

  func seconds(from start: Int) -> Int {
    switch value {
    case .at(let seconds): seconds
    case .after(let seconds): start + seconds
    }
  }
}

/// The clock.
enum Now {
  static var seconds: Int { time(nil) }

  /// When something is made: SOURCE_DATE_EPOCH, if it is set, so that two builds give the same bytes.
  static func made() throws -> Int {
    guard let text = Console.variable("SOURCE_DATE_EPOCH"), !text.isEmpty else { return seconds }
    guard let value = Int(text), value >= 0 else {
      Console.say("claw: SOURCE_DATE_EPOCH is '\(text)', which is no number of seconds")
      throw Status.usage
    }
    return value
  }
}

/// Keys that sign.
struct SigningOptions: ParsableArguments {
  @Option(
    name: .customLong("key"),
    help: ArgumentHelp(
      "A private key that signs, or a public one whose private half ssh-agent has; can be repeated.", valueName: "file"),
    completion: .file())
  var keys: [String] = []
  @OptionGroup var passphrase: PassphraseOption

  func signers() throws -> [any Signer] {
    guard !keys.isEmpty else {
      Console.say("claw: name a key that signs with --key; 'claw key new' makes one")
      throw Status.usage
    }
    return try keys.map { path in try passphrase.signer(path) }
  }
}

/// Where passphrases come from.
struct PassphraseOption: ParsableArguments {
  @Option(
    name: .customLong("passphrase-fd"),
    help: ArgumentHelp(
      "The descriptor that a passphrase is read from; without it the terminal is asked.", valueName: "n"))
  var descriptor: Int32?

  func ask(_ question: String) throws(KeyFailure) -> [UInt8] {
    if let descriptor { return try Passphrase.read(descriptor: descriptor) }
    return try Passphrase.ask(question)
  }

  func signer(_ path: String) throws -> any Signer {
    try TrustRun.run { try KeyFiles.signer(path) { () throws(KeyFailure) in try ask("passphrase of \(path): ") } }
  }
}

/// Keys that are trusted.
struct PinnedOptions: ParsableArguments {
  @Option(
    name: .customLong("pubkey"),
    help: ArgumentHelp("A public key to trust, instead of the trust root's; can be repeated.", valueName: "file"),
    completion: .file())
  var keys: [String] = []
  @Option(help: ArgumentHelp("How many of the keys given must have signed.", valueName: "n")) var threshold = 1
  @Option(
    name: .customLong("state"),
    help: ArgumentHelp("Where the trust root and the sequences seen are kept.", valueName: "folder"),
    completion: .directory)
  var state: String?
  @Option(name: .customLong("at"), help: ArgumentHelp("The time to judge by, instead of now.", valueName: "time"))
  var at: TimeArgument?

  func validate() throws {
    guard threshold >= 1 else { throw ValidationError("--threshold must be 1 or more.") }
    guard threshold == 1 || !keys.isEmpty else {
      throw ValidationError("--threshold counts keys that --pubkey names; a trust root has its own.")
    }
  }

  var store: TrustStore { TrustStore(folder: state) }
  var now: Int { at.map { $0.seconds(from: Now.seconds) } ?? Now.seconds }

  /// The keys for a role: those given, else those of the trust root; none if there is neither.
  func trusted(for role: TrustRoot.Role) throws -> TrustedKeys {
    try TrustRun.run {
      if !keys.isEmpty {
        let pinned = TrustedKeys(pinned: try keys.map { try KeyFiles.publicKey($0) }, threshold: threshold)
        let distinct = Set(pinned.keys.map { $0.key.id }).count
        guard distinct >= threshold else {
          Console.say("claw: --threshold \(threshold) asks for more keys than --pubkey names: \(distinct)")
          throw Status.usage
        }
        return pinned
      }
      return try store.root()?.trusted(for: role, now: now) ?? TrustedKeys([])
    }
  }
}
