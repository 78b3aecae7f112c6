import Source

/// Which paths of the host a claw must never see.
enum HostPaths {
  private static let exact: Set = ["/", "/home", "/var", "/usr", "/mnt", "/media", "/opt", "/srv", "/tmp"]
  private static let below = [
    "/etc", "/proc", "/sys", "/dev", "/root", "/boot", "/run", "/var/run", "/var/lib/docker", "/var/lib/containerd",
    "/bin", "/sbin", "/lib", "/lib64", "/usr/bin", "/usr/sbin", "/usr/lib",
  ]
  private static let secretNames: Set = [
    ".ssh", ".aws", ".gnupg", ".kube", ".docker", ".config", ".netrc", ".git-credentials",
  ]

  private static let sockets: Set = ["docker.sock", "containerd.sock", "podman.sock", "crio.sock"]
  /// Folders with which whoever has them has the host.
  private static let powerful: Set = [
    "/", "/boot", "/dev", "/etc", "/home", "/proc", "/root", "/run", "/sys", "/usr", "/var", "/var/lib",
    "/var/lib/containerd",
    "/var/lib/docker", "/var/run",
  ]

  /// What of the host's a mount hands over to a plain service, or nil if that is nothing much.
  static func power(_ path: String) -> String? {
    guard FilePath.isAbsolute(path) else { return nil }
    let normal = FilePath.normalize(path)
    if sockets.contains(FilePath.name(of: normal)) { return "the engine's socket" }
    return powerful.contains(normal) ? "'\(normal)' of the host" : nil
  }

  /// Why a path is refused, or nil if it is not.
  static func refusal(_ path: String) -> String? {
    if path.utf8.first == 0x7E { return "a home folder" }
    guard FilePath.isAbsolute(path) else { return nil }
    let normal = FilePath.normalize(path)
    if path.split(separator: "/").contains("..") { return "a path with '..'" }
    if sockets.contains(FilePath.name(of: normal)) { return "the engine's socket" }
    if exact.contains(normal) || below.contains(where: { $0.utf8.starts(with: (normal + "/").utf8) }) {
      return "'\(normal)' of the host"
    }
    if let system = below.first(where: { normal == $0 || normal.utf8.starts(with: ($0 + "/").utf8) }) {
      return "'\(system)' of the host"
    }
    let parts = normal.split(separator: "/").map(String.init)
    if parts.first == "home", parts.count == 2 { return "a home folder" }
    if let secret = parts.first(where: secretNames.contains) { return "'\(secret)'" }
    return nil
  }
}
