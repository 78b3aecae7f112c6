import Glibc
import Processes
import Source
import TestSupport
import Testing

@testable import Runtime

@Suite("The image of sidecars")
struct SidecarImageTests {
  @Test("tar reads the archive as it was meant, and the bytes depend on nothing else")
  func archive() async throws {
    func make() -> [UInt8] {
      var archive = TarArchive()
      archive.add(folder: "claw")
      archive.add(folder: "claw/audit", owner: .init(user: 65_532, group: 65_533))
      archive.add(file: "cllama", Array("program".utf8), mode: 0o755)
      archive.add(file: "empty", [])
      return archive.finished()
    }
    #expect(make() == make() && make().count % 512 == 0)
    let folder = try TemporaryFolder.make("tar")
    defer { TemporaryFolder.remove(folder) }
    _ = try ArtifactStore.write([(folder + "/a.tar", make())])
    let tar = try #require(Programs.find("tar", environment: ProcessEnvironment.current))
    let listed = try await OwnThread.run {
      try ChildProcess(tar, ["--numeric-owner", "--utc", "-tvf", folder + "/a.tar"]).capture()
    }
    let lines = listed.text.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
    #expect(
      lines == [
        "drwxr-xr-x 0/0 0 1970-01-01 00:00 claw/", "drwxr-xr-x 65532/65533 0 1970-01-01 00:00 claw/audit/",
        "-rwxr-xr-x 0/0 7 1970-01-01 00:00 cllama", "-rw-r--r-- 0/0 0 1970-01-01 00:00 empty",
      ], "\(listed.text)\(listed.complaint)")
  }

  @Test("A program that needs libraries is none for an image without them")
  func dynamic() throws {
    let own = try DiskFiles().read("/bin/sh", within: nil, limit: 1 << 24)
    #expect(SidecarImage.isStatic(own.bytes) == false)
    #expect(SidecarImage.isStatic(Array("#!/bin/sh\n".utf8)) == nil)
    #expect(SidecarImage.isStatic(Array(own.bytes.prefix(63))) == nil)
    #expect(SidecarImage.isStatic(Array(own.bytes.prefix(100))) != false, "a table that ends early")
    #expect(throws: SidecarImage.Failure.self) { try SidecarImage(program: "/bin/sh") }
    #expect(throws: SidecarImage.Failure.self) { try SidecarImage(program: "/none") }
  }
}
