import IR

/// Values of manifests. Kubernetes gives `$` no meaning in a file, so that no text needs compose's escapes.
extension ComposePlan.Value {
  /// A text as it is.
  static func plain(_ text: String) -> Self { .interpolated(text) }

  /// Texts as they are.
  static func plains(_ texts: [String]) -> Self { .list(texts.map { .plain($0) }) }

  /// A mapping in the order in which it is written here.
  static func map(_ pairs: KeyValuePairs<String, Self>) -> Self {
    .mapping(pairs.map { ComposePlan.Entry($0.key, $0.value) })
  }
}

/// An object of Kubernetes.
struct KubernetesObject {
  var apiVersion: String
  var kind: String
  var name: String
  /// The namespace; nil for the one that it is applied to, and for what stands in none.
  var namespace: String?
  var labels: [ComposePlan.Entry] = []
  var annotations: [ComposePlan.Entry] = []
  /// What follows the metadata.
  var body: [ComposePlan.Entry]

  init(
    _ apiVersion: String, _ kind: String, _ name: String, namespace: String? = nil, labels: [ComposePlan.Entry] = [],
    annotations: [ComposePlan.Entry] = [], _ body: [ComposePlan.Entry]
  ) {
    self.apiVersion = apiVersion
    self.kind = kind
    self.name = name
    self.namespace = namespace
    self.labels = labels
    self.annotations = annotations
    self.body = body
  }

  /// An object that has a specification and nothing else.
  init(
    _ apiVersion: String, _ kind: String, _ name: String, namespace: String? = nil, labels: [ComposePlan.Entry] = [],
    spec: [ComposePlan.Entry]
  ) {
    self.init(
      apiVersion, kind, name, namespace: namespace, labels: labels, [.init("spec", .mapping(spec))])
  }

  private var entries: [ComposePlan.Entry] {
    var metadata: [ComposePlan.Entry] = [.init("name", .plain(name))]
    if let namespace { metadata.append(.init("namespace", .plain(namespace))) }
    if !labels.isEmpty { metadata.append(.init("labels", .mapping(labels))) }
    if !annotations.isEmpty { metadata.append(.init("annotations", .mapping(annotations))) }
    return [
      .init("apiVersion", .plain(apiVersion)), .init("kind", .plain(kind)), .init("metadata", .mapping(metadata)),
    ] + body
  }

  /// A file of objects, with comments at its head.
  static func file(_ objects: [KubernetesObject], head: [String]) -> [UInt8] {
    var writer = ArtifactWriter()
    for line in head { writer.write("# \(EmittedText.oneLine(line))\n") }
    for object in objects {
      writer.write("---\n")
      for entry in object.entries { YAMLText.write(entry, indent: 0, to: &writer) }
    }
    return writer.finish().bytes
  }
}

/// Texts that Kubernetes gives a meaning.
enum KubernetesText {
  /// A value of a variable, or a word of a command, in which `$(NAME)` and `$$` would be taken for something else.
  static func escaped(_ text: String) -> String {
    var result: [UInt8] = []
    let bytes = Array(text.utf8)
    for (index, byte) in bytes.enumerated() {
      result.append(byte)
      let next = index + 1 < bytes.count ? bytes[index + 1] : 0
      if byte == 0x24, next == 0x24 || next == 0x28 { result.append(0x24) }
    }
    return String(decoding: result, as: UTF8.self)
  }
}
