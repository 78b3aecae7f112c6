package import JSON

/// A model's whole answer, as stages see it.
package struct ModelAnswer: Sendable {
  package let api: WireAPI
  package var body: JSONValue
  /// Whether a stage changed the body.
  package var isChanged = false
  /// Every text that was said, as it came.
  package private(set) var passages: [Passage]

  /// A call of a tool that the model wants to have made.
  package struct Call: Sendable, Equatable {
    package var name: String
    package var arguments: JSONValue
    /// Where the call stands: the element that is removed with it.
    package var place: JSONPlace

    package init(name: String, arguments: JSONValue, place: JSONPlace = []) {
      self.name = name
      self.arguments = arguments
      self.place = place
    }
  }

  package init(_ api: WireAPI, body: JSONValue) {
    self.api = api
    self.body = body
    passages = Self.passages(api, body)
  }

  /// The list of what was said, by API.
  private static func listName(_ api: WireAPI) -> String {
    switch api {
    case .chat: "choices"
    case .responses: "output"
    case .messages: "content"
    case .embeddings, .countTokens: "data"
    }
  }

  private static func passages(_ api: WireAPI, _ body: JSONValue) -> [Passage] {
    guard api.isConversation else { return [] }
    guard api == .responses else {
      var finder = PassageFinder()
      finder.find(body, role: .assistant)
      return finder.passages
    }
    // What a response holds besides its output and an error, the caller said itself.
    return [listName(api), "error"].flatMap { name -> [Passage] in
      guard let index = body.index(of: name) else { return [] }
      var finder = PassageFinder(at: [index])
      finder.find(body.members?[index].value ?? .null, role: .assistant)
      return finder.passages
    }
  }

  /// Every call that is asked for.
  package var calls: [Call] {
    guard let index = body.index(of: Self.listName(api)), let elements = body.members?[index].value.array else {
      return []
    }
    var calls: [Call] = []
    for (number, element) in elements.enumerated() {
      let place = [index, number]
      if api == .chat {
        guard let message = element.index(of: "message") else { continue }
        calls += Self.chatCalls(element.members?[message].value ?? .null, at: place + [message])
      } else if let call = Self.call(element) {
        calls.append(Call(name: call.name, arguments: call.arguments, place: place))
      }
    }
    return calls
  }

  private static func chatCalls(_ message: JSONValue, at place: JSONPlace) -> [Call] {
    var calls: [Call] = []
    if let list = message.index(of: "tool_calls"), let value = message.members?[list].value {
      // A call that stands there without its list is one too.
      let elements = value.array.map { $0.enumerated().map { ([$0.offset], $0.element) } } ?? [([], value)]
      for (number, element) in elements where element != .null {
        // One that is of two kinds is two calls.
        let kinds = [element["function"], element["custom"]].compactMap { $0 }.filter { $0 != .null }
        for inner in kinds.isEmpty ? [element] : kinds {
          calls.append(
            Call(
              name: inner["name"]?.string ?? "", arguments: arguments(inner["arguments"] ?? inner["input"]),
              place: place + [list] + number))
        }
      }
    }
    if let index = message.index(of: "function_call"), let inner = message["function_call"], inner != .null {
      calls.append(
        Call(name: inner["name"]?.string ?? "", arguments: arguments(inner["arguments"]), place: place + [index]))
    }
    return calls
  }

  /// A call among the items of a response or the blocks of a message.
  static func call(_ item: JSONValue) -> (name: String, arguments: JSONValue)? {
    guard let type = item["type"]?.string,
      type.hasSuffix("tool_use") || type.hasSuffix("_call") || type == "mcp_approval_request"
    else { return nil }
    let given = item["arguments"] ?? item["input"] ?? item["action"]
    return (item["name"]?.string ?? type, given.map { arguments($0) } ?? item)
  }

  /// Arguments are a text that holds JSON, or JSON itself; what is neither is judged as a text.
  static func arguments(_ value: JSONValue?) -> JSONValue {
    guard let value else { return .object([]) }
    guard let text = value.string else { return value }
    if text.isEmpty { return .object([]) }
    return (try? JSONValue.strict(Array(text.utf8))) ?? value
  }

  /// Takes log probabilities away.
  ///
  /// - Returns: whether there were any.
  mutating func removeLogProbabilities() -> Bool {
    guard LogProbabilities.remove(from: &body) else { return false }
    isChanged = true
    passages = Self.passages(api, body)
    return true
  }

  /// Replaces a text.
  package mutating func replace(_ place: JSONPlace, with text: String) {
    body.edit(place) { $0 = .string(text) }
    isChanged = true
  }

  /// Takes calls away, and says that the model ended its turn where none is left.
  package mutating func removeCalls(_ places: Set<JSONPlace>) {
    guard !places.isEmpty else { return }
    isChanged = true
    body.removeAll(places)
    switch api {
    case .chat: mendChoices()
    case .messages where body["stop_reason"]?.string == "tool_use" && calls.isEmpty:
      body.set("stop_reason", "end_turn")
    default: break
    }
  }

  private mutating func mendChoices() {
    guard let choices = body.index(of: "choices") else { return }
    body.edit([choices]) { value in
      _ = ChoiceMending.mend(&value, message: "message") {
        $0["message"]?["tool_calls"] != nil || $0["message"]?["function_call"] != nil
      }
    }
  }
}
