import Driver
import Runtime
import Source
import TestSupport
import Testing

@Suite("Where the lines of generated files are from")
struct ArtifactOriginTests {
  private static let folder = Repository.path("Tests/Golden/pod")
  static let pods = (FileSearch.names(in: folder) ?? []).filter {
    FileSearch.kind(of: "\(folder)/\($0)/input/claw-pod.yml") == .file
  }

  @Test("Each line has one origin, and a line that the author wrote has its own", arguments: pods)
  func each(name: String) throws {
    let path = "\(Self.folder)/\(name)/input/claw-pod.yml"
    let file = try DiskFiles().read(path, within: nil, limit: 1 << 24)
    let compilation = Compiler.compile(file, kind: .pod, files: DiskFiles())
    for artifact in compilation.artifacts {
      guard let origins = compilation.origins[artifact.path] else { continue }
      let made = SourceFile(path: "made", bytes: artifact.bytes)
      #expect(origins.count == made.lines.count, "\(artifact.path)")
      for (index, origin) in origins.enumerated() {
        guard let origin, origin.file.path == path else { continue }
        let line = origin.file.slice(origin.range)
        // A copied line is the very same; a key that claw wrote anew has the place of the author's.
        guard line.last == 0x0A,
          origin.file.lines.range(ofLine: origin.file.lines.line(at: origin.range.lower)) == origin.range
        else { continue }
        let text = made.slice(made.lines.range(ofLine: index + 1))
        #expect(line.elementsEqual(text), "\(artifact.path):\(index + 1)")
      }
    }
  }
}
