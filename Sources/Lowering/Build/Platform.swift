import Source

/// A platform as containerd reads it: `os[/arch[/variant]]`, or one of the two alone.
struct Platform: Equatable {
  /// The operating system.
  var os: String
  /// The architecture.
  var architecture: String

  /// Reads a platform; nil where containerd refuses it. What is missing is linux and amd64, so that no answer depends on
  /// the machine.
  init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard (1...3).contains(parts.count) else { return nil }
    for (index, part) in parts.enumerated() {
      var name = part
      // An operating system may carry its version: `windows(10.0.17763)`.
      if index == 0, let open = part.firstIndex(of: "("), part.hasSuffix(")") { name = String(part[..<open]) }
      guard !name.isEmpty, name.utf8.allSatisfy(Self.isName) else { return nil }
    }
    let head = parts[0].split(separator: "(").first.map { $0.lowercased() } ?? ""
    if parts.count == 1 {
      if Self.systems.contains(Self.system(head)) {
        os = Self.system(head)
        architecture = "amd64"
      } else if let known = Self.architecture(head), Self.architectures.contains(known) {
        os = "linux"
        architecture = known
      } else {
        return nil
      }
    } else {
      os = Self.system(head)
      architecture = Self.architecture(parts[1].lowercased()) ?? parts[1].lowercased()
    }
  }

  private static func isName(_ byte: UInt8) -> Bool {
    byte.isASCIIAlphanumeric || byte == 0x5F || byte == 0x2E
      || byte == 0x2D
  }

  private static func system(_ name: String) -> String { name == "macos" ? "darwin" : name }

  private static func architecture(_ name: String) -> String? {
    switch name {
    case "i386": "386"
    case "x86_64", "x86-64": "amd64"
    case "aarch64": "arm64"
    case "armhf", "armel": "arm"
    default: name
    }
  }

  private static let systems: Set = [
    "aix", "android", "darwin", "dragonfly", "freebsd", "hurd", "illumos", "ios", "js", "linux", "nacl", "netbsd",
    "openbsd", "plan9", "solaris", "windows", "zos",
  ]
  private static let architectures: Set = [
    "386", "amd64", "amd64p32", "arm", "armbe", "arm64", "arm64be", "ppc64", "ppc64le", "loong64", "mips", "mipsle",
    "mips64", "mips64le", "mips64p32", "mips64p32le", "ppc", "riscv", "riscv64", "s390", "s390x", "sparc", "sparc64",
    "wasm",
  ]
}
