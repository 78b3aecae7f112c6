package import JSON

/// A request for a model, as stages see it.
package struct ModelRequest: Sendable {
  package let api: WireAPI
  /// The whole body. Stages change it here; as long as nobody does, the bytes that came are those that go.
  package var body: JSONValue
  /// Whether a stage changed the body.
  package var isChanged = false
  /// Values of headers that go on with it.
  package var headers: [String] = []

  /// A tool that the request offers to the model.
  package struct Tool: Sendable, Equatable {
    /// Its name; its type where it has no name of its own.
    package var name: String { names.first ?? "" }
    /// Every name that somebody may read as its own, those of tools within it too.
    package var names: [String]
    package var place: JSONPlace
    /// The whole definition.
    package var definition: JSONValue
  }

  /// Reads a body.
  ///
  /// - Throws: `invalidRequest`, where the body is not I-JSON or not an object: two readers could understand it differently.
  package init(_ api: WireAPI, _ bytes: [UInt8]) throws(WireError) {
    self.api = api
    do throws(JSONFailure) { body = try JSONValue.strict(bytes, maximumDepth: 128) } catch {
      throw WireError(.invalidRequest, "the body is no JSON: \(error.message) (byte \(error.offset))")
    }
    guard body.members != nil else { throw WireError(.invalidRequest, "the body must be a JSON object") }
    guard !Self.hasInfinity(body) else { throw WireError(.invalidRequest, "a number of the body is too large") }
  }

  /// The model that is asked for.
  package var model: String? { body["model"]?.string }
  /// Whether the answer is to come as events.
  package var isStream: Bool { body["stream"]?.bool == true }

  /// How many tokens the answer may have, if the request says so.
  package var mostTokens: Int? {
    for name in ["max_completion_tokens", "max_output_tokens", "max_tokens"] {
      if let most = body[name]?.integer, most > 0 { return min(most, 1 << 32) }
    }
    return nil
  }

  /// Every text of the request.
  package var passages: [Passage] { passagesAndLabels.passages }

  /// The same, and what goes out where nothing can be masked: names of members, texts that connect things, headers.
  var passagesAndLabels: (passages: [Passage], labels: [String]) {
    var finder = PassageFinder()
    finder.find(body)
    return (finder.passages, finder.labels + headers)
  }

  /// The tools that it offers.
  package var tools: [Tool] {
    var tools: [Tool] = []
    for (index, member) in (body.members ?? []).enumerated() where member.name == "tools" || member.name == "functions"
    {
      for (number, element) in (member.value.array ?? []).enumerated() {
        var names = Self.names(of: element)
        if names.isEmpty { names = [element["type"]?.string ?? ""] }
        tools.append(Tool(names: names, place: [index, number], definition: element))
      }
    }
    return tools
  }

  private static func names(of tool: JSONValue) -> [String] {
    [tool["function"]?["name"], tool["name"], tool["custom"]?["name"]].compactMap { $0?.string }
      + (tool["tools"]?.array ?? []).flatMap { names(of: $0) }
  }

  /// Replaces a text.
  package mutating func replace(_ place: JSONPlace, with text: String) {
    body.edit(place) { $0 = .string(text) }
    isChanged = true
  }

  /// Takes tools away. Without any left, what chooses among them goes too.
  package mutating func removeTools(_ places: Set<JSONPlace>) {
    guard !places.isEmpty else { return }
    isChanged = true
    body.removeAll(places)
    for name in ["tools", "functions"] where body[name]?.array?.isEmpty == true { body.remove(name) }
    // Who chooses a tool that is gone chooses none.
    let left = Set(tools.flatMap(\.names))
    for name in ["tool_choice", "function_call"] {
      guard let choice = body[name], choice.members != nil else { continue }
      if Self.names(of: choice).contains(where: { !left.contains($0) }) { body.remove(name) }
    }
    if body["tools"] == nil, body["functions"] == nil {
      for name in ["tool_choice", "function_call", "parallel_tool_calls"] { body.remove(name) }
    }
  }

  private static func hasInfinity(_ value: JSONValue) -> Bool {
    switch value {
    case .number(let text):
      // Only a number with an exponent or very many digits can be beyond what a double holds.
      (text.utf8.count > 300 || text.utf8.contains { $0 | 0x20 == 0x65 }) && !(Double(text)?.isFinite ?? false)
    case .array(let elements): elements.contains(where: hasInfinity)
    case .object(let members): members.contains { hasInfinity($0.value) }
    case .null, .bool, .string: false
    }
  }
}
