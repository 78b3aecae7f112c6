package import Lexer
package import Source

/// What a pod file means to compose: everything merged, in long form, each part with the place where an author wrote it.
package struct ComposeProject: Sendable {
  /// The project's name.
  package var name: String
  /// The whole model: the file's top-level mapping after all merges.
  package var model: ComposeValue
  /// All services in the order in which they first appear, also those of inactive profiles.
  package var services: [ComposeService]
  /// Every file that was read, the main one first.
  package var files: [SourceFile]
  /// The YAML documents of the main file and of all that it includes and extends.
  package let documents: [YAMLDocument]
  /// Every `x-claw` as it was written, in all files, in order, also where compose has no extensions.
  package let claws: [ClawExtension]

  /// The declared networks; a value may be null.
  package var networks: [ComposeEntry] { model["networks"]?.entries ?? [] }
  /// The declared volumes; a value may be null.
  package var volumes: [ComposeEntry] { model["volumes"]?.entries ?? [] }
  /// The declared secrets.
  package var secrets: [ComposeEntry] { model["secrets"]?.entries ?? [] }
  /// The declared configs.
  package var configs: [ComposeEntry] { model["configs"]?.entries ?? [] }
  /// The declared models.
  package var models: [ComposeEntry] { model["models"]?.entries ?? [] }

  /// The service of a name.
  package subscript(service name: String) -> ComposeService? { services.first { $0.name.isSame(as: name) } }

  /// A project without services.
  init(name: String, model: ComposeValue, files: [SourceFile], documents: [YAMLDocument]) {
    self.name = name
    self.model = model
    services = []
    self.files = files
    self.documents = documents
    claws = documents.enumerated().flatMap { index, document in
      ClawExtension.find(in: document, number: index, isMain: document.file == files.first)
    }
  }
}

/// An `x-claw` as it was written, before any merge.
package struct ClawExtension: Sendable {
  /// The keys that lead to the mapping that it stands in: [] for the file, ["services", "web"] for a service.
  package var path: [String]
  /// The `x-claw` key and what stands under it.
  package var entry: YAMLEntry
  /// The file.
  package var file: SourceFile
  /// Which of the project's documents it is in, from 0.
  package var document: Int
  /// Whether it stands in the pod file itself, not in one that it includes or extends.
  package var isInMainFile: Bool

  /// All of a document; lists and other extensions are searched too, aliases are not followed.
  static func find(in document: YAMLDocument, number: Int, isMain: Bool) -> [ClawExtension] {
    var found: [ClawExtension] = []
    var path: [String] = []
    func search(_ node: YAMLNode, at step: @autoclosure () -> String) {
      switch node.content {
      case .scalar, .alias: return
      case .sequence, .mapping: break
      }
      path.append(step())
      defer { path.removeLast() }
      search(in: node)
    }
    func search(in node: YAMLNode) {
      switch node.content {
      case .sequence(let elements, _):
        for (index, element) in elements.enumerated() { search(element, at: "[\(index)]") }
      case .mapping(let entries, _):
        for entry in entries {
          let key = entry.key.text ?? ""
          if key.isSame(as: "x-claw") {
            found.append(
              ClawExtension(
                path: path, entry: entry, file: document.file, document: number, isInMainFile: isMain))
          } else {
            search(entry.value, at: key)
          }
        }
      case .scalar, .alias: return
      }
    }
    search(in: document.root)
    return found
  }
}
