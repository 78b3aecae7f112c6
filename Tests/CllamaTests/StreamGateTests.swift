import Driver
import Glibc
import IR
import JSON
import Lowering
import Policy
import Source
import TestSupport
import Testing

@testable import Cllama

/// Answers that come as events: whatever way they are cut, they get the same verdict, and nothing of what is denied goes out.
struct StreamGateTests {
  static let secret = "ghp_" + String(repeating: "a1B2", count: 9)

  static func stage(_ settings: PolicyStage.Settings = .init()) throws -> PolicyStage {
    try PolicyStage("policy/test", Fixture.program(), settings)
  }

  /// Feeds events one by one; gives what came out.
  static func run(_ api: WireAPI, _ events: [String], _ pipeline: Pipeline) throws -> (text: String, gate: StreamGate) {
    let gate = StreamGate(api, pipeline)
    var reader = ServerEventReader()
    var out: [UInt8] = []
    for event in events {
      try reader.read(event.utf8) { event in for released in try gate.push(event) { out += released.bytes } }
    }
    for released in try gate.finish() { out += released.bytes }
    return (String(decoding: out, as: UTF8.self), gate)
  }

  static func quoted(_ text: String) -> String { JSONValue.string(text).text() }

  static func chat(_ text: String) -> String {
    "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\(quoted(text))},\"finish_reason\":null}]}\n\n"
  }
  static let chatEnd = """
    data: {"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n
    """ + "data: [DONE]\n\n"

  static func message(_ text: String) -> String {
    "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\(quoted(text))}}\n\n"
  }

  static func response(_ text: String, _ number: Int) -> String {
    "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"output_index\":0,\"content_index\":0,\"sequence_number\":\(number),\"delta\":\(quoted(text))}\n\n"
  }

  /// The texts of a stream, put together.
  static func said(_ stream: String, _ api: WireAPI) throws -> String {
    var reader = ServerEventReader()
    var text = ""
    try reader.read(stream.utf8) { event in
      guard let data = event.data, !event.isDone, let json = try? JSONValue.strict(data) else { return }
      switch api {
      case .messages: text += json["delta"]?["text"]?.string ?? ""
      case .responses: if json["type"]?.string == "response.output_text.delta" { text += json["delta"]?.string ?? "" }
      default: text += json["choices"]?.array?.first?["delta"]?["content"]?.string ?? ""
      }
    }
    return text
  }

  static func events(_ api: WireAPI, _ pieces: [String]) -> [String] {
    switch api {
    case .messages:
      return [
        "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n"
      ]
        + pieces.map(message)
        + [
          "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n",
          "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":7}}\n\n",
          "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n",
        ]
    case .responses:
      let whole = quoted(pieces.joined())
      return pieces.enumerated().map { response($0.element, $0.offset) } + [
        "event: response.output_text.done\ndata: {\"type\":\"response.output_text.done\",\"output_index\":0,\"content_index\":0,\"sequence_number\":\(pieces.count),\"text\":\(whole)}\n\n",
        "event: response.completed\ndata: {\"type\":\"response.completed\",\"sequence_number\":\(pieces.count + 1),\"response\":{\"output\":[{\"type\":\"message\",\"content\":[{\"type\":\"output_text\",\"text\":\(whole)}]}],\"usage\":{\"input_tokens\":3,\"output_tokens\":4}}}\n\n",
      ]
    default: return pieces.map(chat) + [chatEnd]
    }
  }

  @Test(arguments: [WireAPI.chat, .messages, .responses])
  func masksASecretWhereverItIsCut(_ api: WireAPI) throws {
    let text = "The key is \(Self.secret), keep it."
    let wanted = "The key is [redacted:github_token], keep it."
    let bytes = Array(text.utf8)
    for first in 0...bytes.count {
      let pieces = [String(decoding: bytes[..<first], as: UTF8.self), String(decoding: bytes[first...], as: UTF8.self)]
      let (out, gate) = try Self.run(api, Self.events(api, pieces), Pipeline([try Self.stage()]))
      #expect(try Self.said(out, api) == wanted, "cut at \(first)")
      #expect(!out.contains(Self.secret.prefix(20)), "cut at \(first)")
      #expect(gate.notes.count { $0.action == .redact } == 1, "cut at \(first)")
      #expect(gate.isFinished)
    }
    let single = bytes.map { String(decoding: [$0], as: UTF8.self) }
    let (out, _) = try Self.run(api, Self.events(api, single), Pipeline([try Self.stage()]))
    #expect(try Self.said(out, api) == wanted)
    #expect(!out.contains(Self.secret.prefix(20)))
  }

  @Test(arguments: [WireAPI.chat, .messages, .responses])
  func passesWhatNothingIsWrongWithAsItCame(_ api: WireAPI) throws {
    let events = Self.events(api, ["Hello", ", wor", "ld. ", "How are", " you?"])
    let (out, gate) = try Self.run(api, events, Pipeline([try Self.stage()]))
    #expect(out == events.joined())
    #expect(gate.notes.isEmpty)
  }

  static func chatCall(_ index: Int, _ name: String?, _ arguments: String) -> String {
    let named = name.map { "\"name\":\(quoted($0))," } ?? ""
    return
      "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":\(index),\"function\":{\(named)\"arguments\":\(quoted(arguments))}}]},\"finish_reason\":null}]}\n\n"
  }

  static func callEvents(_ api: WireAPI, _ index: Int, _ name: String, _ pieces: [String], number: Int = 0) -> [String]
  {
    switch api {
    case .messages:
      return [
        "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":\(index),\"content_block\":{\"type\":\"tool_use\",\"id\":\"t\(index)\",\"name\":\(quoted(name)),\"input\":{}}}\n\n"
      ]
        + pieces.map {
          "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":\(index),\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\(quoted($0))}}\n\n"
        } + ["event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":\(index)}\n\n"]
    case .responses:
      let whole = quoted(pieces.joined())
      var events = [
        "data: {\"type\":\"response.output_item.added\",\"output_index\":\(index),\"item\":{\"type\":\"function_call\",\"name\":\(quoted(name)),\"arguments\":\"\"}"
      ]
      events += pieces.map {
        "data: {\"type\":\"response.function_call_arguments.delta\",\"output_index\":\(index),\"delta\":\(quoted($0))"
      }
      events += [
        "data: {\"type\":\"response.function_call_arguments.done\",\"output_index\":\(index),\"arguments\":\(whole)",
        "data: {\"type\":\"response.output_item.done\",\"output_index\":\(index),\"item\":{\"type\":\"function_call\",\"name\":\(quoted(name)),\"arguments\":\(whole)}",
      ]
      return events.enumerated().map { "\($0.element),\"sequence_number\":\(number + $0.offset)}\n\n" }
    default:
      return [chatCall(index, name, "")] + pieces.map { chatCall(index, nil, $0) }
    }
  }

  static func end(_ api: WireAPI, _ number: Int = 0, _ items: String = "[]") -> [String] {
    switch api {
    case .messages:
      [
        "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"tool_use\"},\"usage\":{\"output_tokens\":7}}\n\n",
        "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n",
      ]
    case .responses:
      ["data: {\"type\":\"response.completed\",\"response\":{\"output\":\(items)},\"sequence_number\":\(number)}\n\n"]
    default:
      ["data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"tool_calls\"}]}\n\n", "data: [DONE]\n\n"]
    }
  }

  @Test(arguments: [WireAPI.chat, .messages, .responses])
  func dropsABlockedCallWhole(_ api: WireAPI) throws {
    let arguments = Array(#"{"command":"rm -rf /"}"#.utf8)
    for cut in 0...arguments.count {
      let pieces = [
        String(decoding: arguments[..<cut], as: UTF8.self), String(decoding: arguments[cut...], as: UTF8.self),
      ]
      let good = Self.callEvents(api, 0, "read_page", [#"{"page":1}"#])
      let bad = Self.callEvents(api, 1, "shell_exec", pieces, number: good.count)
      let more = Self.callEvents(api, 2, "read_page", [#"{"page":2}"#], number: good.count + bad.count)
      let (out, gate) = try Self.run(
        api, good + bad + more + Self.end(api, good.count + bad.count + more.count), Pipeline([try Self.stage()]))
      #expect(!out.contains("shell_exec") && !out.contains("rm -rf"), "cut at \(cut)")
      #expect(out.contains("read_page"))
      #expect(out.contains(#"\"page\":1"#) && out.contains(#"\"page\":2"#))
      #expect(gate.judgedCalls == 3)
      #expect(gate.notes.map(\.action) == [.drop])
      // Numbers have no gap.
      switch api {
      case .chat: #expect(out.contains(#""index":1,"function""#) && !out.contains(#""index":2"#))
      case .messages: #expect(out.contains(#""index":1"#) && !out.contains(#""index":2"#))
      default:
        #expect(!out.contains(#""output_index":2"#))
        var reader = ServerEventReader()
        var numbers: [Int] = []
        try reader.read(out.utf8) { event in
          if let data = event.data, let number = try JSONValue.strict(data)["sequence_number"]?.integer {
            numbers.append(number)
          }
        }
        #expect(numbers == Array(0..<numbers.count))
      }
    }
  }

  @Test(arguments: [WireAPI.chat, .messages])
  func saysThatTheTurnEndedWhereNoCallIsLeft(_ api: WireAPI) throws {
    let (out, _) = try Self.run(
      api, Self.callEvents(api, 0, "shell_exec", ["{}"]) + Self.end(api), Pipeline([try Self.stage()]))
    #expect(!out.contains("tool_use") && !out.contains("tool_calls") && !out.contains("shell_exec"))
    #expect(out.contains(api == .chat ? #""finish_reason":"stop""# : #""stop_reason":"end_turn""#))
  }

  @Test(arguments: [WireAPI.chat, .messages, .responses])
  func passesAllowedCallsAsTheyCame(_ api: WireAPI) throws {
    let call = Self.callEvents(api, 0, "read_page", [#"{"pa"#, #"ge":1}"#])
    let items = #"[{"type":"function_call","name":"read_page","arguments":"{\"page\":1}"}]"#
    let events = call + Self.end(api, call.count, items)
    let (out, gate) = try Self.run(api, events, Pipeline([try Self.stage()]))
    #expect(out == events.joined())
    #expect(gate.judgedCalls == 1)
  }

  /// What is gathered must not be copied with each piece: a long call would take minutes.
  @Test func longCallsTakeTimeByTheirLength() throws {
    let pieces = Array(repeating: "0123456789", count: 50_000)
    func clock() -> Int {
      var time = timespec()
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
      return time.tv_sec
    }
    let call = Self.callEvents(.chat, 0, "read_page", [#"{"page":""#] + pieces + [#""}"#]) + Self.end(.chat)
    // Other tests run beside this one: its thread's own time counts.
    let start = clock()
    let (out, gate) = try Self.run(.chat, call, Pipeline([try Self.stage()]))
    #expect(clock() - start < 10)
    #expect(gate.judgedCalls == 1 && out == call.joined())
  }

  @Test func deliversNothingOfACallThatNeverEnds() throws {
    let (out, gate) = try Self.run(
      .chat, [Self.chat("Hi. "), Self.chatCall(0, "read_page", #"{"pa"#)], Pipeline([try Self.stage()]))
    #expect(out == Self.chat("Hi. "))
    #expect(gate.notes.map(\.rule) == ["incomplete"])
    #expect(!gate.isFinished)
  }

  /// Wherever a text stands, it is judged.
  @Test(
    arguments: [
      (WireAPI.chat, #"{"choices":[],"citations":["see SECRET"]}"#),
      (.chat, #"{"choices":[{"index":0,"delta":{},"unheard":{"of":"SECRET"}}]}"#),
      (.chat, #"{"error":{"message":"it was SECRET"}}"#),
      (.messages, #"{"type":"error","error":{"type":"overloaded_error","message":"SECRET"}}"#),
      (
        .responses,
        #"{"type":"response.output_text.annotation.added","output_index":0,"annotation":{"title":"SECRET"}}"#
      ),
      (.responses, #"{"type":"error","code":"c","message":"SECRET"}"#),
    ] as [(WireAPI, String)])
  func judgesTextsWhereverTheyStand(_ api: WireAPI, _ event: String) throws {
    let (out, gate) = try Self.run(
      api, ["data: \(event.replacing("SECRET", with: Self.secret))\n\n"], Pipeline([try Self.stage()]))
    #expect(out == "data: \(event.replacing("SECRET", with: "[redacted:github_token]"))\n\n")
    #expect(gate.notes.map(\.action) == [.redact])
  }

  /// What a caller and its judge may understand differently is not delivered.
  @Test(
    arguments: [
      (
        WireAPI.messages, [#"{"type":"message_start","message":{"content":[{"type":"tool_use","name":"shell_exec"}]}}"#]
      ),
      (
        .responses,
        [#"{"type":"response.created","response":{"output":[{"type":"function_call","name":"shell_exec"}]}}"#]
      ),
      (.responses, [#"{"type":"response.function_call_arguments.done","output_index":0,"arguments":"shell_exec"}"#]),
      (.responses, [#"{"type":"response.custom_tool_call_input.done","input":"shell_exec"}"#]),
      (.chat, [#"{"choices":[{"delta":{"tool_calls":{"index":0,"function":{"name":"shell_exec"}}}}]}"#]),
      (
        .chat,
        [
          #"{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"name":"ok"},"custom":{"name":"shell_exec"}}]}}]}"#
        ]
      ),
      (.chat, [#""shell_exec""#]), (.chat, [#"["shell_exec"]"#]),
      // A call that goes on behind its end.
      (
        .chat,
        [
          #"{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"name":"fetch_"}}]},"finish_reason":"x"}]}"#,
          #"{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"name":"shell_exec"}}]}}]}"#,
        ]
      ),
      (
        .messages,
        [
          #"{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","name":"read","input":{}}}"#,
          #"{"type":"content_block_stop","index":0}"#,
          #"{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"shell_exec"}}"#,
        ]
      ),
    ] as [(WireAPI, [String])])
  func refusesContradictions(_ api: WireAPI, _ events: [String]) throws {
    let gate = StreamGate(api, Pipeline([try Self.stage()]))
    var out: [UInt8] = []
    let denied = #expect(throws: Denial.self) {
      for event in events {
        let event = ServerEvent(bytes: Array("data: \(event)\n\n".utf8), name: "", data: Array(event.utf8))
        for released in try gate.push(event) { out += released.bytes }
      }
      for released in try gate.finish() { out += released.bytes }
      if gate.notes.contains(where: { $0.action == .drop }) { throw Denial(gate.notes[0]) }
    }
    #expect(denied != nil && !String(decoding: out, as: UTF8.self).contains("shell_exec"))
  }

  /// Some upstreams give one number to several calls, or none.
  @Test(arguments: [#""index":0,"#, "", #""index":"0","#], [true, false])
  func callsWithOneNumberAreTakenApart(_ number: String, _ hasID: Bool) throws {
    func call(_ id: String, _ name: String, _ arguments: String) -> String {
      let own = hasID ? "\"id\":\"\(id)\"," : ""
      return
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\(number)\(own)\"function\":{\"name\":\"\(name)\",\"arguments\":\(Self.quoted(arguments))}}]},\"finish_reason\":\"\"}]}\n\n"
    }
    let events = [
      call("a", "read_page", #"{"page":1}"#), call("b", "shell_exec", #"{"command":"id"}"#),
      call("c", "read_more", #"{"page":2}"#),
    ]
    let (out, gate) = try Self.run(.chat, events + Self.end(.chat), Pipeline([try Self.stage()]))
    #expect(!out.contains("shell_exec") && !out.contains("command"))
    #expect(out.contains("read_page") && out.contains("read_more") && gate.judgedCalls == 3)
    #expect(out.contains(#""index":1"#))
  }

  /// Fields beside each other are texts of their own; labels are whole.
  @Test(
    arguments: [
      (
        WireAPI.messages,
        #"{"type":"content_block_start","index":0,"content_block":{"type":"web_search_tool_result","content":[{"type":"web_search_result","title":"Grade A","url":"https://x.example.com/news","page_age":"2 days"}]}}"#
      ),
      (
        .chat,
        #"{"choices":[{"index":0,"delta":{"reasoning_details":[{"type":"reasoning.text","text":"so. ","format":"claude-A"}]}}]}"#
      ),
      (.chat, #"{"choices":[{"index":0,"delta":{"audio":{"id":"a","data":"AAAA","transcript":"Hello. "}}}]}"#),
    ] as [(WireAPI, String)])
  func fieldsDoNotMix(_ api: WireAPI, _ event: String) throws {
    let line = "data: \(event)\n\n"
    let (out, gate) = try Self.run(api, [line, line], Pipeline([try Self.stage()]))
    #expect(out == line + line && gate.notes.isEmpty)
  }

  @Test func whatNoClientReadsGoesNowhere() throws {
    let (out, _) = try Self.run(
      .chat,
      [
        ": \(Self.secret)\n\n", "nonsense: \(Self.secret)\ndata: {\"choices\":[]}\n\n",
        "event: \(Self.secret) x\ndata: {\"choices\":[]}\n\n", "event: ping\ndata: {\"choices\":[]}\n\n",
      ], Pipeline([try Self.stage()]))
    let plain = "data: {\"choices\":[]}\n\n"
    #expect(out == ":\n\n" + plain + plain + "event: ping\n" + plain)
  }

  @Test func textsOfChoicesComeInPieces() throws {
    let events = [Self.secret.prefix(9), Self.secret.dropFirst(9), " end"].map {
      "data: {\"choices\":[{\"index\":0,\"text\":\"\($0)\"}]}\n\n"
    }
    let (out, gate) = try Self.run(.chat, events + ["data: [DONE]\n\n"], Pipeline([try Self.stage()]))
    #expect(!out.contains(Self.secret.suffix(9)) && out.contains("[redacted:github_token]") && out.contains("end"))
    #expect(gate.notes.map(\.action) == [.redact])
  }

  /// Log probabilities say a text again, token by token.
  @Test(
    arguments: [
      (
        WireAPI.chat,
        #"{"choices":[{"index":0,"delta":{"content":"Hi. "},"logprobs":{"content":[{"token":"Hi","bytes":[72,105]}]}}]}"#,
        #"{"choices":[{"index":0,"delta":{"content":"Hi. "},"logprobs":null}]}"#
      ),
      (.chat, #"{"choices":[{"index":0,"delta":{"content":"Hi. "},"logprobs":null}]}"#, ""),
      (
        .responses,
        #"{"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"Hi. ","logprobs":[{"token":"Hi"}]}"#,
        #"{"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"Hi. ","logprobs":[]}"#
      ),
    ] as [(WireAPI, String, String)])
  func leavesLogProbabilitiesOut(_ api: WireAPI, _ event: String, _ wanted: String) throws {
    let line = "data: \(event)\n\n"
    let (out, gate) = try Self.run(api, [line, line], Pipeline([try Self.stage()]))
    let one = wanted.isEmpty ? line : "data: \(wanted)\n\n"
    #expect(out == one + one)
    #expect(gate.notes.map(\.rule) == (wanted.isEmpty ? [] : ["logprobs"]))
    // Nobody looks: nothing is left out.
    #expect(try Self.run(api, [line], Pipeline([])).text == line)
    var answer = ModelAnswer(.chat, body: try JSONValue.strict(Array(event.utf8)))
    var notes: [Intervention] = []
    try Pipeline([try Self.stage()]).judge(&answer, &notes)
    #expect(notes.map(\.rule) == (wanted.isEmpty ? [] : ["logprobs"]) && !answer.body.text().contains("token"))
  }

  @Test func refusesWhatIsNoJSON() throws {
    #expect(throws: Denial.self) { try Self.run(.chat, ["data: {\"choices\":[\n\n"], Pipeline([try Self.stage()])) }
  }

  @Test func interleavedCallsAreTakenApart() throws {
    let events = [
      Self.chatCall(0, "read_page", #"{"a"#), Self.chatCall(1, "shell_exec", #"{"b"#), Self.chatCall(0, nil, ":1}"),
      Self.chatCall(1, nil, ":2}"),
    ]
    let (out, gate) = try Self.run(.chat, events + Self.end(.chat), Pipeline([try Self.stage()]))
    #expect(!out.contains("shell_exec") && !out.contains(#"{\"b"#))
    #expect(out.contains("read_page") && out.contains("tool_calls"))
    #expect(gate.judgedCalls == 2)
  }

  @Test func aWholeAnswerGetsTheSameVerdict() throws {
    let pipeline = Pipeline([try Self.stage()])
    let body: JSONValue = [
      "choices": [
        [
          "index": 0, "finish_reason": "tool_calls",
          "message": [
            "role": "assistant", "content": .string("The key is \(Self.secret), keep it."),
            "tool_calls": [
              ["id": "1", "type": "function", "function": ["name": "shell_exec", "arguments": "{}"]]
            ],
          ],
        ]
      ]
    ]
    var answer = ModelAnswer(.chat, body: body)
    var notes: [Intervention] = []
    try pipeline.judge(&answer, &notes)
    let text = answer.body.text()
    #expect(text.contains("The key is [redacted:github_token], keep it."))
    #expect(!text.contains("shell_exec") && text.contains(#""finish_reason":"stop""#))
    #expect(notes.map(\.action) == [.redact, .drop])
  }
}
