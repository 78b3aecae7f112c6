import ArgumentParser
import Diagnostics
import Driver
import IR
import Runtime
import Source

extension CompileInputs {
  /// The same inputs and services, where a first word that is no file is a service of the pod found here or above.
  func withServices(_ services: [String]) -> (CompileInputs, [String]) {
    guard let first = path, FileSearch.kind(of: first) == .missing, !first.utf8.contains(0x2F),
      FileKind(path: first, isNamed: true) == nil
    else { return (self, services) }
    var inputs = self
    inputs.path = nil
    return (inputs, [first] + services)
  }

  /// The same inputs, where a folder, or none, means the Clawfile in it rather than the pod beside that.
  var preferringClawfile: CompileInputs {
    guard file == nil, path == nil || FileSearch.kind(of: path ?? "") == .folder else { return self }
    let candidate = path.map { $0 == "." ? "Clawfile" : FilePath.join($0, "Clawfile") } ?? "Clawfile"
    guard FileSearch.kind(of: candidate) == .file else { return self }
    var inputs = self
    inputs.path = candidate
    return inputs
  }

  /// Compiles, reports, and throws the right status if nothing can come of it.
  func compiled(
    _ report: ReportOptions, buildArguments: [String: String] = [:], isQuiet: Bool = false, isVerbose: Bool = false,
    besidesData: Bool = false
  ) throws -> Compilation {
    let compilation = try compile(buildArguments: buildArguments, isVerbose: isVerbose)
    let status = report.report(compilation.bag, isQuiet: isQuiet, besidesData: besidesData)
    if status != .done { throw status }
    return compilation
  }
}

extension PodPlan {
  /// The names of each claw's instances.
  var instancesByService: [String: [String]] {
    Dictionary(claws.map { ($0.service, $0.instances.map(\.name)) }, uniquingKeysWith: { first, _ in first })
  }
}

extension Artifacts {
  /// Writes the artifacts, and the ignore files that BuildKit looks for beside them.
  @discardableResult
  static func writeAll(_ compilation: Compilation, isQuiet: Bool = false) throws -> [String] {
    let changed = try write(compilation, isQuiet: isQuiet)
    do throws(ArtifactStore.Failure) {
      if let pod = compilation.pod {
        for build in pod.builds {
          if let generated = build.generated { try IgnoreFile.update(for: build.source, generated: generated) }
        }
      } else if let source = compilation.sources.first, let artifact = compilation.artifacts.last {
        try IgnoreFile.update(for: source.path, generated: artifact.path)
      }
    } catch {
      Console.say("claw: '\(error.path)': \(error.reason)")
      throw Status.failed
    }
    return changed
  }
}

/// Names of claws and services on the command line.
enum Targets {
  /// The services that names mean, or the candidates and exit status 2.
  static func resolve(_ names: [String], instances: [String: [String]], services: [String]) throws -> [String] {
    do throws(TargetCatalog.Unknown) {
      return try TargetCatalog(instances: instances, services: services).resolve(names)
    } catch {
      let near = error.nearest.map { "; did you mean '\($0)'?" } ?? ""
      Console.say("claw: there is no claw or service '\(error.name)'\(near)")
      Console.say("  there are: \(error.candidates.joined(separator: ", "))")
      throw Status.usage
    }
  }
}

extension String {
  /// The path, written so that no program takes it for an option.
  var unlikeOption: String { utf8.first == 0x2D ? "./" + self : self }
}

extension CompileInputs {
  /// The inputs that `PATH` alone on the command line gives.
  static func named(_ path: String) throws -> CompileInputs { try CompileInputs.parse(["--file", path]) }
}

extension ReportOptions {
  /// What a command line without any of them gives.
  static func standard() throws -> ReportOptions { try ReportOptions.parse([]) }
}
