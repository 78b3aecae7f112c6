import Diagnostics
import Driver
import Emitters
import Runtime
import Source
import TestSupport
import Testing

@Suite("What pods become for Kubernetes")
struct PodManifestTests {
  /// A pod's manifest with everything waived that may be; nil where something is lost that may not, or the pod is unsound.
  private static func manifest(_ path: String, minor: Int) -> [UInt8]? {
    guard let file = try? DiskFiles().read(path, within: nil, limit: 1 << 24) else { return nil }
    var options = CompileOptions()
    options.folderName = "pod"
    options.manifests = .init(minor: minor, waived: [])
    let first = Compiler.compile(file, kind: .pod, files: DiskFiles(), options: options)
    let lost = first.bag.diagnostics.filter { $0.rule.name == "pod/lost-field" }.compactMap { finding in
      finding.help.flatMap { help in help.ranges(of: "--waive ").last.map { String(help[$0.upperBound...]) } }
    }
    options.manifests = .init(minor: minor, waived: Set(lost))
    let second = Compiler.compile(file, kind: .pod, files: DiskFiles(), options: options)
    return second.artifacts.last { $0.path.hasSuffix(GeneratedName.manifest) }?.bytes
  }

  @Test("Each pod of the golden cases is valid for its version, and its agents reach no more than their sidecars")
  func isValid() async throws {
    let folder = Repository.path("Tests/Golden/pod")
    var manifests: [(minor: Int, bytes: [UInt8])] = []
    for name in (FileSearch.names(in: folder) ?? []).sorted() {
      // What becomes of a pod is the same for all versions but for the version's name.
      let minor = WorkloadTarget.kubernetesMinors.lowerBound + manifests.count % WorkloadTarget.kubernetesMinors.count
      guard let bytes = Self.manifest("\(folder)/\(name)/input/claw-pod.yml", minor: minor) else { continue }
      manifests.append((minor, bytes))
    }
    #expect(manifests.count > 50)
    let (findings, documents) = try await KubernetesPython.findings(manifests)
    #expect(findings.prefix(5) == [])
    #expect(documents > 5 * manifests.count)
  }

  @Test("No value of whoever compiles is in a manifest")
  func holdsNoSecret() throws {
    let path = Repository.path("Tests/Golden/pod/kubernetes-plain/input/claw-pod.yml")
    let file = try DiskFiles().read(path, within: nil, limit: 1 << 20)
    var options = CompileOptions()
    options.environment.values = ["TOKEN": "hunter2", "MODE": "hunter2"]
    let waived = "restart,ulimits,pids_limit,tmpfs,sysctls,dns,devices,depends_on,ports,volumes"
    options.manifests = .init(minor: 37, waived: Set(waived.split(separator: ",").map(String.init)))
    let compilation = Compiler.compile(file, kind: .pod, files: DiskFiles(), options: options)
    let text = String(decoding: try #require(compilation.artifacts.last).bytes, as: UTF8.self)
    #expect(text.contains("secretKeyRef") && !text.contains("hunter2"))
  }
}
