import Diagnostics
import Emitters
import IR
import Lowering
import Source

/// A pod for Kubernetes: what its generated compose file means.
package enum PodManifests {
  /// What a pod is written for beside compose.
  package struct Target: Sendable {
    /// The version is 1.`minor`.
    package var minor: Int
    /// The fields that may be lost.
    package var waived: Set<String>

    /// Joins the two.
    package init(minor: Int, waived: Set<String>) {
      self.minor = minor
      self.waived = waived
    }
  }

  /// The manifest; nil where something would be lost that isn't waived, which is reported where the author wrote it.
  ///
  /// - Parameter compose: the generated file.
  static func manifest(
    _ compose: Artifact, of main: SourceFile, pod: PodPlan, for target: Target, files: some FileProvider,
    environment: Environment, into bag: inout DiagnosticBag
  ) -> [UInt8]? {
    let path = FilePath.join(FilePath.directory(of: main.path), GeneratedName.compose)
    let generated = SourceFile(path: path, bytes: compose.bytes)
    var environment = environment
    environment.values[SidecarFiles.keysVariable] = PodManifestLowering.keysFolder
    // The author's own mistakes were reported before.
    var ignored = DiagnosticBag()
    let project = ComposeLoader.load(
      main: generated, files: files, environment: environment, projectName: pod.name, into: &ignored)
    let plan = PodManifestLowering.lower(project, pod: pod)
    var isWhole = true
    for loss in plan.losses where !(loss.canBeWaived && target.waived.contains(loss.field)) {
      isWhole = false
      bag.report(
        PodRules.lost, at: place(of: loss, in: compose, main),
        "Kubernetes 1.\(target.minor) can't express '\(loss.field)': \(loss.reason)",
        help: loss.canBeWaived ? "remove it, or say --waive \(loss.field)" : "compose can: --target compose")
    }
    var workloads: [Document] = []
    for workload in pod.workloads where plan.workloads.contains(workload.service) {
      let emitted = WorkloadCompiler.emit(
        workload, for: .kubernetes(minor: target.minor), waived: target.waived, into: &bag)
      if !workload.alerts.isEmpty, !target.waived.contains("alerts") {
        isWhole = false
        bag.report(
          PodRules.lost, at: workload.origins["alerts"] ?? Location(main, SourceRange(0, 0)),
          "a manifest can't express 'alerts': rules are files of Prometheus's",
          help: "'claw workload emit' writes them; then say --waive alerts")
      }
      isWhole = isWhole && emitted != nil
      for document in Document.all(in: emitted?.files.first?.bytes ?? []) where !workloads.contains(document) {
        // Several workloads share a class of priority.
        workloads.append(document)
      }
    }
    guard isWhole else { return nil }
    let manifest = PodManifestEmitter.emit(
      plan, minor: target.minor, waived: target.waived, source: FilePath.name(of: main.path))
    return manifest + workloads.flatMap(\.bytes)
  }

  /// A document of a file that claw wrote, with the line that begins it; what stands before the first one is one too.
  private struct Document: Equatable {
    var bytes: [UInt8] = []

    static func all(in bytes: [UInt8]) -> [Document] {
      var documents = [Document()]
      for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast() {
        if line.elementsEqual("---".utf8) { documents.append(Document()) }
        documents[documents.count - 1].bytes += line + [0x0A]
      }
      return documents
    }
  }

  /// Where the author wrote what is lost, or the service that claw wrote it for.
  private static func place(of loss: PodManifestPlan.Loss, in compose: Artifact, _ main: SourceFile) -> Location {
    for location in [loss.location, loss.service].compactMap({ $0 }) {
      guard location.file.path.hasSuffix(GeneratedName.compose) else { return location }
      let line = location.file.lines.line(at: location.range.lower) - 1
      guard compose.origins.indices.contains(line), let origin = compose.origins[line] else { continue }
      return Self.trimmed(origin)
    }
    return Location(main, SourceRange(0, 0))
  }

  /// What a line says, without the blanks around it.
  private static func trimmed(_ location: Location) -> Location {
    let bytes = location.file.slice(location.range)
    let lead = bytes.prefix { $0 == 0x20 }.count
    let tail = bytes.reversed().prefix { $0 == 0x20 || $0 == 0x0A || $0 == 0x0D }.count
    guard lead + tail < bytes.count else { return location }
    return Location(
      location.file, SourceRange(location.range.lower + lead, location.range.upper - tail))
  }
}
