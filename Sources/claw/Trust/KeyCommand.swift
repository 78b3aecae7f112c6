import ArgumentParser
import Canonical
import JSON
import Runtime

/// `claw key`
struct KeyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "key",
    abstract: "Makes signing keys, shows them, and says which are trusted.",
    discussion: """
      EXAMPLES
        claw key new signer.pem --encrypt
        claw key trust root.json --fingerprint 5d0c…
      """,
    subcommands: [KeyNew.self, KeyShow.self, KeyTrust.self, KeyRoot.self])
}

/// `claw key new`
struct KeyNew: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new",
    abstract: "Makes an Ed25519 key: FILE, which only you can read, and FILE.pub.",
    discussion: """
      The private half is PKCS#8 and the public one SubjectPublicKeyInfo, both PEM, as openssl reads them.

      EXAMPLES
        claw key new signer.pem
        claw key new release.pem --encrypt
      """)

  /// How a key is written.
  enum Form: String, ExpressibleByArgument, CaseIterable {
    case pem, hex
  }

  @Argument(help: "Where the key goes; nothing is overwritten.", completion: .file()) var path: String
  @Flag(help: "Encrypt the key with a passphrase.") var encrypt = false
  @Option(help: ArgumentHelp("How it is written: hex for clawdstrike.", valueName: "form")) var form: Form = .pem
  @OptionGroup var passphrase: PassphraseOption

  func run() throws {
    guard form == .pem || !encrypt else {
      Console.say("claw: only the PEM form can be encrypted")
      throw Status.usage
    }
    try TrustRun.run {
      let key = try PrivateKey(seed: RandomBytes.make(32))
      var secret = KeyFile.pem(key)
      if encrypt {
        let words = try passphrase.ask("passphrase for \(path): ")
        if passphrase.descriptor == nil, try passphrase.ask("once more: ") != words {
          throw KeyFailure("the two differ")
        }
        secret = try KeyFile.pem(key, passphrase: words, salt: RandomBytes.make(16))
      } else if form == .hex {
        secret = Digest.hexadecimal(key.seed)
      }
      let shown = form == .hex ? Digest.hexadecimal(key.publicKey.point) : KeyFile.pem(key.publicKey)
      try KeyFiles.write(path, private: secret, public: shown)
      Console.say("wrote \(path) and \(path).pub: key \(key.publicKey.id)")
    }
  }
}

/// `claw key show`
struct KeyShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Shows a public key: its identity, or the form that another tool reads.",
    discussion: """
      EXAMPLES
        claw key show signer.pem.pub
        claw key show signer.pem.pub --form openssh
      """)

  /// The forms.
  enum Form: String, ExpressibleByArgument, CaseIterable {
    case id, pem, openssh, minisign, hex
  }

  @Argument(help: "A public key's file: PEM, OpenSSH or 64 hexadecimal digits.", completion: .file()) var path: String
  @Option(help: ArgumentHelp("What is shown.", valueName: "form")) var form: Form = .id
  @Flag(help: "Write JSON.") var json = false

  func run() throws {
    let key = try TrustRun.run { try KeyFiles.publicKey(path) }
    if json {
      let document: JSONValue = [
        "schema": 1, "keyid": .string(key.id), "algorithm": .string(key.algorithm.rawValue),
        "spki": .string(Base64.encode(key.spki)), "openssh": .string(KeyFile.openSSH(key)),
      ]
      return Console.write(document.text(indented: true) + "\n")
    }
    switch form {
    case .id: Console.write("\(key.id) \(key.algorithm.rawValue)\n")
    case .pem: Console.write(KeyFile.pem(key))
    case .openssh: Console.write(KeyFile.openSSH(key) + "\n")
    case .minisign, .hex:
      guard key.algorithm == .ed25519 else {
        Console.say("claw: '\(path)' is no Ed25519 key, and \(form.rawValue) is a form of those")
        throw Status.invalid
      }
      Console.write(form == .hex ? Digest.hexadecimal(key.point) + "\n" : Minisign.publicKeyFile(key))
    }
  }
}
