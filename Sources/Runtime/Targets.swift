import Source

/// What a name on the command line can mean: all instances of a claw, one of them, or a plain service.
package struct TargetCatalog: Sendable {
  /// The instances of each claw, by its service's name in the pod file.
  package var instances: [String: [String]]
  /// All services of the generated file.
  package var services: [String]

  /// Joins the two.
  package init(instances: [String: [String]], services: [String]) {
    self.instances = instances
    self.services = services
  }

  /// A name that means nothing here.
  package struct Unknown: Error, Sendable, Equatable {
    /// The name.
    package var name: String
    /// The nearest name that means something.
    package var nearest: String?
    /// All names that mean something.
    package var candidates: [String]
  }

  /// The services of the generated file that some names mean, each once, in the order named.
  package func resolve(_ names: [String]) throws(Unknown) -> [String] {
    var found: [String] = []
    for name in names {
      let meant = instances[name] ?? (services.contains { $0.utf8.elementsEqual(name.utf8) } ? [name] : [])
      guard !meant.isEmpty else {
        let candidates = Set(instances.keys).union(services).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        throw Unknown(name: name, nearest: Suggestion.nearest(to: name, in: candidates), candidates: candidates)
      }
      for service in meant where !found.contains(service) { found.append(service) }
    }
    return found
  }
}
