import Source

/// Reads privileges: the same rules in Clawfiles and pods.
package enum PrivilegeParser {
  /// A privilege that was understood.
  package struct Privilege: Sendable {
    /// The mode, lower-case.
    package var mode: String
    /// The value in its normal spelling.
    package var value: String
    /// Whether it ends the sandbox.
    package var isDangerous = false
  }

  /// Why a privilege can't be read.
  package struct Failure: Error, Sendable {
    /// What is wrong.
    package var message: String
    /// What to do.
    package var help: String
    /// Whether it is about the value and not the mode.
    package var isAboutValue = false
  }

  /// Modes in the order of the documentation.
  package static let modes = ["runtime", "worker", "rootfs", "cap", "egress", "docker-socket"]

  /// The privilege that a mode and a value are.
  package static func parse(_ mode: String, _ value: String) -> Result<Privilege, Failure> {
    let mode = mode.lowercased()
    func fail(_ message: String, _ help: String) -> Result<Privilege, Failure> {
      .failure(Failure(message: message, help: help, isAboutValue: true))
    }
    func only(_ allowed: String) -> Result<Privilege, Failure> {
      value.lowercased() == allowed
        ? .success(Privilege(mode: mode, value: allowed, isDangerous: mode == "docker-socket"))
        : fail("'\(mode)' can't be '\(value)'", "write '\(mode) \(allowed)', or leave it out")
    }
    switch mode {
    case "runtime", "worker":
      return isUser(value)
        ? .success(Privilege(mode: mode, value: value))
        : fail("'\(value)' is no user", "write a name or number, and perhaps ':' and a group")
    case "rootfs": return only("rw")
    case "egress": return only("open")
    case "docker-socket": return only("true")
    case "cap":
      let bare = bare(value)
      guard capabilities.contains(bare) else {
        return fail("'\(value)' is no capability", "write a name such as NET_BIND_SERVICE")
      }
      return .success(Privilege(mode: mode, value: bare, isDangerous: dangerous.contains(bare)))
    default:
      return .failure(
        Failure(message: "there is no privilege '\(mode)'", help: "the modes are \(modes.joined(separator: ", "))"))
    }
  }

  /// Whether a capability, with or without `CAP_`, makes a container's root the host's.
  static func isDangerous(_ capability: String) -> Bool { dangerous.contains(bare(capability)) }

  /// A capability's name without `CAP_`.
  private static func bare(_ capability: String) -> String {
    let name = capability.uppercased()
    return name.utf8.starts(with: "CAP_".utf8) ? String(name.dropFirst(4)) : name
  }

  /// Whether a text is `user` or `user:group`.
  package static func isUser(_ text: String) -> Bool {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    return (1...2).contains(parts.count)
      && parts.allSatisfy { part in
        guard let first = part.utf8.first, part.utf8.count <= 32, first != 0x2D, first != 0x2E else { return false }
        return part.utf8.allSatisfy {
          $0.isASCIIAlphanumeric || "_.-".utf8.contains($0)
        }
      }
  }

  /// Source: capabilities(7).
  private static let capabilities: Set = [
    "AUDIT_CONTROL", "AUDIT_READ", "AUDIT_WRITE", "BLOCK_SUSPEND", "BPF", "CHECKPOINT_RESTORE", "CHOWN",
    "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "IPC_LOCK", "IPC_OWNER", "KILL", "LEASE",
    "LINUX_IMMUTABLE", "MAC_ADMIN", "MAC_OVERRIDE", "MKNOD", "NET_ADMIN", "NET_BIND_SERVICE", "NET_BROADCAST",
    "NET_RAW", "PERFMON", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYSLOG", "SYS_ADMIN", "SYS_BOOT", "SYS_CHROOT",
    "SYS_MODULE", "SYS_NICE", "SYS_PACCT", "SYS_PTRACE", "SYS_RAWIO", "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG",
    "WAKE_ALARM", "ALL",
  ]
  /// Those with which a container's root is, or can become, the host's.
  private static let dangerous: Set = [
    "ALL", "BPF", "DAC_READ_SEARCH", "MAC_ADMIN", "MAC_OVERRIDE", "MKNOD", "NET_ADMIN", "PERFMON", "SYS_ADMIN",
    "SYS_BOOT", "SYS_MODULE", "SYS_PTRACE", "SYS_RAWIO", "SYS_TIME",
  ]
}
