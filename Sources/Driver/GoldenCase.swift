import Diagnostics
import Emitters
import IR
import Source

/// One golden case: an input folder, and what the compiler makes of it.
///
/// The input lies in memory, under paths as seen from the input folder, so that what comes out does not depend on where
/// the case lies.
package struct GoldenCase: Sendable {
  /// Where a person finds it: the path of its folder.
  package var path: String
  /// The files of `input/`, by their paths in it.
  package var input: [String: [UInt8]]
  /// The files of `expected/`, by their paths in it.
  package var expected: [String: [UInt8]]
  /// The text of the file `options` beside `input/`, if there is one.
  package var options: String?

  /// Takes the parts as they were read.
  package init(path: String, input: [String: [UInt8]], expected: [String: [UInt8]], options: String? = nil) {
    self.path = path
    self.input = input
    self.expected = expected
    self.options = options
  }

  /// The name under which findings are kept beside the artifacts.
  package static let diagnosticsName = "diagnostics.txt"

  /// The file that is compiled: the pod file, or else the first Clawfile, suite or ruleset, of the input's top folder.
  package var main: (path: String, kind: FileKind)? {
    let candidates = input.keys.filter { !$0.utf8.contains(0x2F) }
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      .compactMap { path in
        FileKind(SourceFile(path: path, bytes: input[path] ?? []), isNamed: true).map { (path: path, kind: $0) }
      }
    // A pod builds Clawfiles, a suite tests rulesets, and of several rulesets 'policy.yml' extends the others.
    for kind in [FileKind.pod, .clawfile, .suite] {
      if let first = candidates.first(where: { $0.kind == kind }) { return first }
    }
    return candidates.first { $0.path == "policy.yml" } ?? candidates.first
  }

  /// What the compiler makes of the input: every artifact by its path, and the findings as a terminal without colour
  /// shows them.
  package func outputs() throws(GoldenFailure) -> [String: [UInt8]] {
    guard let main, let bytes = input[main.path] else {
      throw GoldenFailure("input/ holds no claw-pod.yml, Clawfile, Dockerfile, ruleset or test suite")
    }
    let file = SourceFile(path: main.path, bytes: bytes)
    var compilation = Compiler.compile(
      file, kind: main.kind, files: GoldenFiles(input), options: try compileOptions())
    if main.kind == .workload || main.kind == .tenancy { try emit(file, main.kind, into: &compilation) }
    if main.kind == .tenancy { count(file, into: &compilation) }
    var outputs: [String: [UInt8]] = [:]
    for artifact in compilation.artifacts {
      let bytes = main.kind == .ruleset ? RulesetArtifact.shortened(artifact.bytes) : artifact.bytes
      if outputs.updateValue(bytes, forKey: FilePath.normalize(artifact.path)) != nil {
        throw GoldenFailure("two artifacts have the path '\(artifact.path)'")
      }
    }
    // What 'up' tells the sidecars, without what it makes anew on each machine.
    let isForCompose = try compileOptions().manifests == nil
    for sidecar in compilation.artifacts.isEmpty || !isForCompose ? [] : compilation.pod?.sidecars ?? [] {
      outputs["\(SidecarFiles.folder)/\(sidecar.folder).json"] = SidecarEmitter.emit(
        sidecar, pod: compilation.pod?.name ?? "",
        tokens: Dictionary(
          sidecar.instances.map { ($0.name, String(repeating: "0", count: 64)) },
          uniquingKeysWith: { first, _ in first })
      )
    }
    let diagnostics = compilation.bag.sorted(files: compilation.sources)
    let renderer = TerminalRenderer(isColoured: false)
    let text = renderer.render(diagnostics) + renderer.summary(diagnostics)
    if !text.isEmpty { outputs[Self.diagnosticsName] = Array(text.utf8) }
    return outputs
  }

  /// Adds what a workload or a tenancy becomes for the engines that `options` names: `emit slurm`, `emit slurm
  /// waived,fields`.
  private func emit(_ file: SourceFile, _ kind: FileKind, into compilation: inout Compilation) throws(GoldenFailure) {
    for words in optionLines.map({ $0.split(separator: " ") }) where words.first == "emit" {
      guard words.count >= 2, let target = WorkloadTarget(String(words[1])) else {
        throw GoldenFailure("options: an engine is \(WorkloadTarget.words)")
      }
      var ignored = DiagnosticBag()
      let waived = Set(words.count > 2 ? words[2].split(separator: ",").map(String.init) : [])
      let emitted: EmittedWorkload?
      if kind == .tenancy {
        guard case .kubernetes(let minor) = target else { throw GoldenFailure("options: a tenancy is for Kubernetes") }
        emitted = TenancyCompiler.compile(file, into: &ignored).flatMap {
          TenancyCompiler.emit($0, minor: minor, waived: waived, into: &compilation.bag)
        }
      } else {
        emitted = WorkloadCompiler.compile(file, into: &ignored).flatMap {
          WorkloadCompiler.emit($0, for: target, waived: waived, into: &compilation.bag)
        }
      }
      for made in emitted?.files ?? [] { compilation.artifacts.append(.init(path: made.name, bytes: made.bytes)) }
    }
  }

  /// Counts the workloads of the input against the tenants that `options` names: `count research`.
  private func count(_ file: SourceFile, into compilation: inout Compilation) {
    for words in optionLines.map({ $0.split(separator: " ").map(String.init) }) where words.first == "count" {
      var ignored = DiagnosticBag()
      guard let tenancy = TenancyCompiler.compile(file, into: &ignored), words.count >= 2 else { continue }
      let files = input.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        .map { SourceFile(path: $0, bytes: input[$0] ?? []) }
        .filter { FileKind($0, isNamed: true) == .workload }
      let plans = files.compactMap { WorkloadCompiler.compile($0, into: &compilation.bag) }
      compilation.sources += files
      _ = TenancyCompiler.count(
        plans, against: tenancy, tenant: words[1], namespace: words.count > 2 ? words[2] : nil,
        into: &compilation.bag)
    }
  }

  private var optionLines: [Substring] {
    (options ?? "").split(separator: "\n").filter { $0.utf8.first != 0x23 }
  }

  /// `options` holds a line each: `worker`, `target kubernetes@1.37 waived,fields` for a pod, or `NAME=value` for a variable
  /// that the pod file may name.
  private func compileOptions() throws(GoldenFailure) -> CompileOptions {
    var result = CompileOptions()
    for line in optionLines where !line.utf8.starts(with: "emit ".utf8) && !line.utf8.starts(with: "count ".utf8) {
      let words = line.split(separator: " ").map(String.init)
      if line == "worker" {
        result.isWorker = true
      } else if words.count >= 2, words[0] == "target" {
        guard case .kubernetes(let minor)? = WorkloadTarget(words[1]) else {
          throw GoldenFailure("options: a pod's other target is kubernetes@1.37")
        }
        result.manifests = .init(
          minor: minor, waived: Set(words.count > 2 ? words[2].split(separator: ",").map(String.init) : []))
      } else if let equals = line.utf8.firstIndex(of: 0x3D) {
        result.environment.values[String(line[..<equals])] = String(line[line.utf8.index(after: equals)...])
      } else {
        throw GoldenFailure("options: '\(line)' is neither 'worker' nor 'NAME=value'")
      }
    }
    return result
  }
}

/// Why a golden case can't be run.
package struct GoldenFailure: Error, Sendable, Equatable {
  /// The reason, for people.
  package var message: String

  /// Wraps a reason.
  package init(_ message: String) { self.message = message }
}

/// The input of a case as the compiler reads it: paths are taken as text, and nothing outside of it exists.
struct GoldenFiles: FileProvider {
  private let files: [String: SourceFile]

  init(_ input: [String: [UInt8]]) {
    files = Dictionary(uniqueKeysWithValues: input.map { ($0, SourceFile(path: $0, bytes: $1)) })
  }

  func read(_ path: String, within root: String?, limit: Int) throws(FileFailure) -> SourceFile {
    let normal = FilePath.normalize(path)
    if let root {
      let base = FilePath.normalize(root.isEmpty ? "." : root)
      let inside = base == "." ? !FilePath.escapes(normal) : normal.utf8.starts(with: (base + "/").utf8)
      guard inside else { throw .outside }
    }
    if let file = files[normal] {
      guard file.bytes.count <= limit else { throw .tooLarge(limit: limit) }
      return file
    }
    throw files.keys.contains { $0.utf8.starts(with: (normal + "/").utf8) } ? .notRegular : .missing
  }
}
