/// Which upstream a request goes to, and under which name of the model.
package struct ModelChoice: Sendable, Equatable {
  /// `upstream/model`
  package var reference: String
  package var upstream: SidecarConfiguration.Upstream
  /// As the upstream knows it.
  package var model: String

  /// The choices for a request, the first one first and then those to fall back to.
  ///
  /// - Throws: `denied` for a model that is not allowed, `invalidRequest` for a name that can't be one.
  package static func choices(
    _ asked: String?, family: SidecarConfiguration.Family, _ configuration: SidecarConfiguration
  ) throws(WireError) -> [ModelChoice] {
    let models = configuration.models
    guard let asked = asked ?? models.fallbackForNone else {
      throw WireError(.invalidRequest, "the request names no model", parameter: "model")
    }
    guard isName(asked) else { throw WireError(.invalidRequest, "this is no name of a model", parameter: "model") }
    let reference = models.aliases[asked] ?? asked
    guard let first = resolve(reference, family, configuration) else {
      let known = models.allow.isEmpty ? "" : "; allowed: \(models.allow.joined(separator: ", "))"
      throw WireError(.denied, "the model '\(asked)' is not allowed here\(known)", parameter: "model")
    }
    var choices = [first]
    for other in models.fallback {
      if let choice = resolve(other, family, configuration), !choices.contains(choice) { choices.append(choice) }
    }
    return choices
  }

  /// Letters, digits and what names of models have; nothing that could change an address.
  private static func isName(_ text: String) -> Bool {
    guard !text.isEmpty, text.utf8.count <= 256 else { return false }
    let isPlain = text.utf8.allSatisfy {
      (0x61...0x7A).contains($0 | 0x20) || (0x30...0x39).contains($0) || $0 == 0x2D || $0 == 0x2E || $0 == 0x2F
        || $0 == 0x3A || $0 == 0x5F || $0 == 0x40 || $0 == 0x2B
    }
    return isPlain
      && !text.utf8.split(separator: 0x2F, omittingEmptySubsequences: false).contains {
        $0.isEmpty || $0.elementsEqual("..".utf8) || $0.elementsEqual(".".utf8)
      }
  }

  private static func resolve(
    _ reference: String, _ family: SidecarConfiguration.Family, _ configuration: SidecarConfiguration
  ) -> ModelChoice? {
    let models = configuration.models
    func choice(_ reference: String) -> ModelChoice? {
      guard let slash = reference.utf8.firstIndex(of: 0x2F) else { return nil }
      let name = String(reference[..<slash])
      guard let upstream = configuration.upstreams.first(where: { $0.name.utf8.elementsEqual(name.utf8) }),
        upstream.family == family
      else { return nil }
      return ModelChoice(
        reference: reference, upstream: upstream, model: String(reference[reference.utf8.index(after: slash)...]))
    }
    func isAllowed(_ reference: String) -> Bool {
      models.allow.contains { allowed in
        allowed.hasSuffix("/*")
          ? reference.utf8.starts(with: allowed.utf8.dropLast()) : allowed.utf8.elementsEqual(reference.utf8)
      }
    }
    if isAllowed(reference), let found = choice(reference) { return found }
    // What names an upstream means that one.
    let prefix = reference.utf8.firstIndex(of: 0x2F).map { reference[..<$0] } ?? ""
    if configuration.upstreams.contains(where: { $0.name == prefix }) { return nil }
    // A name without its upstream is meant, if it can mean only one.
    let bare = models.allow.filter { allowed in
      !allowed.hasSuffix("/*")
        && allowed.utf8.firstIndex(of: 0x2F).map { allowed[allowed.utf8.index(after: $0)...] == reference } == true
    }.compactMap(choice)
    if bare.count == 1 { return bare[0] }
    let whole = models.allow.filter { $0.hasSuffix("/*") }.compactMap { choice(String($0.dropLast()) + reference) }
    return bare.isEmpty && whole.count == 1 ? whole[0] : nil
  }
}

extension SidecarConfiguration {
  /// What a model costs, as `upstream/model`; nil where nobody said so.
  package func price(of reference: String) -> Price? { prices.first { $0.model == reference } }
}
