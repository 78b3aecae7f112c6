import Glibc
import Runtime
import TestSupport
import Testing

@Suite("Folders of tests")
struct TemporaryFolderTests {
  @Test("What a run left that was killed goes with the next; a folder that is in use stays")
  func sweep() throws {
    let mine = try TemporaryFolder.make("sweep")
    // No process has a number that high.
    let left = "/tmp/claw-tests.2000000000"
    try ArtifactStore.makeFolder(left + "/a test/below")
    _ = try ArtifactStore.write([(left + "/a test/below/file", [1])])
    symlink(mine, left + "/link")
    TemporaryFolder.sweep()
    #expect(FileSearch.kind(of: left) == .missing)
    #expect(FileSearch.kind(of: mine) == .folder)
    TemporaryFolder.remove(mine)
    #expect(FileSearch.kind(of: mine) == .missing)
  }
}
