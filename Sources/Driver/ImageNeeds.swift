import AST
package import Diagnostics
import Lexer
import Lowering
import Parser
package import Source

/// Which images a compile must know that it does not make itself.
package enum ImageNeeds {
  /// What claws' services have that plain ones have not.
  private static let plainFields: Set<String> = ["expose", "require_cllama", "describe"]

  /// The references, as written, sorted by bytes, without the plain distributions that claw knows: images of a pod's
  /// claws, and the bases of the Clawfiles that they build, or of the one Clawfile.
  package static func references(
    of file: SourceFile, kind: FileKind, files: some FileProvider, environment: Environment,
    into bag: inout DiagnosticBag
  ) -> [String] {
    var needed: Set<String> = []
    switch kind {
    case .clawfile: needed = bases(of: file, [:], into: &bag)
    case .pod:
      let project = ComposeLoader.load(main: file, files: files, environment: environment, into: &bag)
      for claw in project.claws where claw.path.count == 2 && claw.path[0] == "services" {
        let fields = Set((claw.entry.value.entries ?? []).compactMap { $0.key.text })
        guard !fields.isSubset(of: plainFields) || fields.isEmpty, let service = project[service: claw.path[1]] else {
          continue
        }
        if let build = service.build {
          let context = build["context"]?.string ?? build.string ?? "."
          let folder = FilePath.join(FilePath.directory(of: file.path), context)
          if let found = try? BuildFile.find(context: folder, dockerfile: build["dockerfile"]?.string, in: files) {
            needed.formUnion(bases(of: found.source, service.buildArguments(environment), into: &bag))
          }
        } else if let image = service.image?.string {
          needed.insert(image)
        }
      }
    case .ruleset, .suite, .pack, .workload, .fleet, .tenancy: break
    }
    let known = BaseImages()
    return needed.filter { known.facts(of: $0) == nil }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  private static func bases(of file: SourceFile, _ arguments: [String: String], into bag: inout DiagnosticBag)
    -> Set<String>
  {
    let tree = ClawfileParser.parse(file, into: &bag)
    let model = BuildWalk.run(tree, arguments: arguments, into: &bag)
    return Set(model.stages.filter { $0.parent == nil && $0.isValid && $0.base != "scratch" }.map(\.base))
  }
}
