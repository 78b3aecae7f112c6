import Canonical
import Glibc
import JSON
import Processes
import Source

/// The image of sidecars, which claw makes of the program beside it: nothing is pulled.
package struct SidecarImage: Sendable {
  /// Why there is no image.
  package struct Failure: Error, Sendable {
    /// What is wrong with the program.
    package var message: String

    static func program(_ message: String) -> Failure { Failure(message: message) }
  }

  /// The label with the digest of what an image was made of.
  package static let label = "claw.cllama.digest"
  /// The user and group that sidecars run as.
  private static let user = TarArchive.Owner(user: KeyFolder.reader, group: KeyFolder.reader)
  /// Where Debian and its like have the certificates of authorities, and where programs look for them.
  private static let certificates = "/etc/ssl/certs/ca-certificates.crt"

  /// What the image is built from.
  private let root: [UInt8]
  /// The SHA-256 of that in hexadecimal digits.
  package let digest: String

  /// The image of a program.
  ///
  /// - Parameter path: the static `cllama`.
  package init(program path: String) throws(Failure) {
    let program = try Self.read(path, limit: 512 << 20)
    guard let isStatic = Self.isStatic(program) else { throw .program("'\(path)' is no program for Linux") }
    guard isStatic else {
      throw .program("'\(path)' needs libraries, which the image does not have; scripts/build makes one that is static")
    }
    var archive = TarArchive()
    archive.add(file: "cllama", program, mode: 0o755)
    for folder in ["claw", "claw/config"] { archive.add(folder: folder) }
    // A volume takes the owner of the folder that it is mounted on.
    archive.add(folder: "claw/audit", owner: Self.user)
    archive.add(folder: "claw/skillmap", owner: Self.user)
    for folder in ["etc", "etc/ssl", "etc/ssl/certs"] { archive.add(folder: folder) }
    archive.add(file: String(Self.certificates.dropFirst()), try Self.read(Self.certificates, limit: 16 << 20))
    let number = Self.user.user
    archive.add(file: "etc/passwd", Array("cllama:x:\(number):\(number)::/:/cllama\n".utf8))
    archive.add(file: "etc/group", Array("cllama:x:\(number):\n".utf8))
    for folder in ["run", "run/secrets"] { archive.add(folder: folder) }
    archive.add(folder: "run/claw", owner: Self.user)
    root = archive.finished()
    digest = Digest.sha256Hex(root)
  }

  private static func read(_ path: String, limit: Int) throws(Failure) -> [UInt8] {
    do throws(FileFailure) { return try DiskFiles().read(path, within: nil, limit: limit).bytes } catch {
      throw .program("'\(path)' \(error.reason)")
    }
  }

  /// The program beside claw's own; nil if there is none.
  package static var programBeside: String? {
    guard let own = DiskFiles.realPath("/proc/self/exe") else { return nil }
    let path = FilePath.join(FilePath.directory(of: own), "cllama")
    return Programs.isExecutable(path) ? path : nil
  }

  /// Whether an ELF file asks for no loader; nil if it is none. Source: elf(5).
  static func isStatic(_ bytes: [UInt8]) -> Bool? {
    guard bytes.starts(with: [0x7F, 0x45, 0x4C, 0x46, 2, 1]), bytes.count >= 64 else { return nil }
    func number(_ offset: Int, _ count: Int) -> Int? {
      guard offset >= 0, offset + count <= bytes.count else { return nil }
      return (0..<count).reversed().reduce(0) { $0 << 8 | Int(bytes[offset + $1]) }
    }
    guard let table = number(32, 7), let size = number(54, 2), let count = number(56, 2) else { return nil }
    for index in 0..<count {
      guard let type = number(table + index * size, 4) else { return nil }
      // PT_INTERP
      if type == 3 { return false }
    }
    return true
  }

  // MARK: The engine

  /// Whether the engine has the image under a name.
  package func isThere(_ name: String, _ tool: DockerTool) throws(EngineFailure) -> Bool {
    let labels = try tool.inspect("image", [name]).first?["Config"]?["Labels"]
    return labels?[Self.label]?.string == digest
  }

  /// Builds the image. The same program gives the same image, at any time.
  package func build(_ name: String, _ tool: DockerTool) throws(EngineFailure) {
    var context = TarArchive()
    let major = try tool.output(["version", "--format", "{{.Server.Version}}"]).prefix { $0 != "." }
    context.add(file: "Dockerfile", Array(Self.recipe(startsFast: (Int(major) ?? 0) >= 25).utf8))
    context.add(file: "rootfs.tar", root)
    var child = tool.call([
      "build", "--progress", "plain", "--build-arg", "SOURCE_DATE_EPOCH=0", "--label", "\(Self.label)=\(digest)", "-t",
      name, "-",
    ])
    // An attestation holds the time.
    child.environment["BUILDX_NO_DEFAULT_ATTESTATIONS"] = "1"
    child.environment["DOCKER_BUILDKIT"] = "1"
    _ = try tool.output(child, input: context.finished(), timeout: .seconds(300))
  }

  /// An archive that is added keeps owners and times.
  ///
  /// - Parameter startsFast: whether the engine knows a health check that comes sooner while a container starts.
  private static func recipe(startsFast: Bool) -> String {
    let fast = startsFast ? " --start-interval=250ms" : ""
    return """
      FROM scratch
      ADD rootfs.tar /
      USER \(user.user):\(user.group)
      HEALTHCHECK --interval=15s --timeout=5s --start-period=10s\(fast) --retries=3 CMD ["/cllama", "health", "--json"]
      ENTRYPOINT ["/cllama", "serve", "--config", "/claw/config/cllama.json"]

      """
  }
}
