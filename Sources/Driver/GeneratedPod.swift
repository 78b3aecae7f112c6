import Diagnostics
import Lowering
package import Source

/// What a generated compose file says of its project, whatever state the pod file is in by now.
package struct GeneratedPod: Sendable {
  /// The project's name.
  package var name: String
  /// The services whose profiles are on, in the file's order.
  package var services: [String]

  /// Reads a generated file.
  package init(_ file: SourceFile, files: some FileProvider, options: CompileOptions) {
    var bag = DiagnosticBag()
    let project = ComposeLoader.load(
      main: file, files: files, environment: options.environment, folderName: options.folderName, into: &bag)
    name = project.model["name"]?.string ?? project.name
    services = project.services.filter(\.isActive).map(\.name)
  }
}
