import IR
import JSON
import Source

/// A provider of models that the pod declares.
struct UpstreamBlock {
  /// Where it is.
  enum Place {
    /// A service of the pod, a port, and the path in front of the API's own.
    case service(PodText, port: Int, path: String)
    case url(PodText)
  }

  /// Where its key comes from.
  enum Key {
    case none
    /// A variable's name.
    case variable(PodText)
    /// A file.
    case file(PodText)
  }

  var name: PodText
  var place: Place
  var api: UpstreamAPI
  var key: Key
}

/// Whose API a provider speaks.
enum UpstreamAPI: String, CaseIterable {
  case openai, anthropic

  /// How a key is handed over.
  var auth: String {
    switch self {
    case .openai: "bearer"
    case .anthropic: "x-api-key"
    }
  }
}

/// A policy that the pod declares.
struct PolicyBlock {
  var name: PodText
  var path: PodText
  /// The public key of whoever signed a bundle.
  var key: PodText?
}

/// The settings of a stage of sidecars' pipelines.
struct StageSettings {
  var name: PodText
  var settings: JSONValue
}
