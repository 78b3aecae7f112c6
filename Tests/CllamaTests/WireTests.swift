import JSON
import TestSupport
import Testing

@testable import Cllama

/// Routes, models, events, names and addresses.
struct WireTests {
  @Test func eventsAreCutAlikeHoweverTheBytesWere() throws {
    let text = "\u{FEFF}: c\r\n\r\nevent: a\rdata: 1\rdata:2\r\rdata\n\nid: 7\ndata: ü\n\n\n\ndata: end"
    let bytes = Array(text.utf8)
    func read(_ pieces: [ArraySlice<UInt8>]) throws -> ([ServerEvent], [UInt8]) {
      var reader = ServerEventReader()
      var events: [ServerEvent] = []
      for piece in pieces { try reader.read(piece) { events.append($0) } }
      return (events, reader.rest())
    }
    let whole = try read([bytes[...]])
    #expect(whole.0.compactMap(\.data).map { String(decoding: $0, as: UTF8.self) } == ["1\n2", "", "ü"])
    #expect(whole.0.map(\.name) == ["", "a", "", "", "", ""])
    #expect(whole.0.flatMap(\.bytes) + whole.1 == bytes)
    for first in 0...bytes.count {
      for second in stride(from: first, through: bytes.count, by: 5) {
        let cut = try read([bytes[..<first], bytes[first..<second], bytes[second...]])
        #expect(cut.0.compactMap(\.data) == whole.0.compactMap(\.data), "cut at \(first), \(second)")
        #expect(cut.0.flatMap(\.bytes) + cut.1 == bytes, "cut at \(first), \(second)")
      }
    }
  }

  @Test func eventsHaveALimit() {
    var reader = ServerEventReader(limit: 100)
    #expect(throws: ServerEventReader.TooLarge.self) {
      try reader.read([UInt8](repeating: 0x61, count: 101)) { _ in }
    }
  }

  @Test(
    arguments: [
      ("POST", "/v1/chat/completions", .call(.chat)), ("POST", "/v1/chat/completions?x=/v1/messages", .call(.chat)),
      ("GET", "/v1/chat/completions", .wrongMethod), ("POST", "/v1/chat/completions#", .unknown),
      ("POST", "/v1/Chat/completions", .unknown), ("GET", "/v1/models/a/b", .model("a/b")),
      ("GET", "/s/wire/a?b=c", .service("wire", path: "/a?b=c")), ("GET", "/s//a", .unknown),
      ("GET", "/s/wire", .service("wire", path: "")),
    ] as [(String, String, WireRoute)])
  func routesGoByTheRawPath(_ method: String, _ target: String, _ route: WireRoute) {
    #expect(WireRoute(method: method, target: target) == route)
  }

  static func configuration() throws -> SidecarConfiguration {
    try SidecarConfiguration(
      Array(
        """
        {"schema":1,"pod":"p","instances":[{"name":"a","token_sha256":"\(String(repeating: "0", count: 64))"}],
         "upstreams":[{"name":"x","url":"https://x.test/v1"},{"name":"y","url":"https://y.test","api":"anthropic"},{"name":"z","url":"http://z.test"}],
         "models":{"allow":["x/one","x/org/two","z/one","y/*"],"default":"x/one","fallback":["x/org/two","y/claude"],"aliases":{"fast":"z/one"}}}
        """.utf8))
  }

  @Test(
    arguments: [
      (nil, "x/one"), ("x/one", "x/one"), ("fast", "z/one"), ("org/two", "x/org/two"), ("one", nil), ("x/three", nil),
      ("claude", nil), ("", nil), ("x/", nil), ("x//one", nil), ("x/../one", nil), ("x/one?", nil), ("x/one\r\n", nil),
    ] as [(String?, String?)])
  func modelsAreResolvedOrRefused(_ asked: String?, _ reference: String?) throws {
    let configuration = try Self.configuration()
    let found = try? ModelChoice.choices(asked, family: .openai, configuration).first?.reference
    #expect(found == reference)
  }

  @Test func modelsFallBackWithinTheirFamily() throws {
    let configuration = try Self.configuration()
    #expect(try ModelChoice.choices("fast", family: .openai, configuration).map(\.reference) == ["z/one", "x/org/two"])
    #expect(try ModelChoice.choices("claude", family: .anthropic, configuration).map(\.reference) == ["y/claude"])
  }

  @Test(
    arguments: [
      ("https://a.test/x", "a.test", 443), ("HTTP://A.test:8080?x", "A.test", 8080),
      ("https://u:p@b.test/", "b.test", 443),
      ("https://b.test\\@a.test/", "b.test", 443), ("https:///c.test", "c.test", 443),
      ("http://[::1]:80/", "[::1]", 80),
      ("https://d.test:/", "d.test", 443),
    ] as [(String, String, Int)])
  func addressesAreReadAsBrowsersDo(_ text: String, _ host: String, _ port: Int) {
    #expect(WebAddress(text).map { [$0.host, String($0.port)] } == [host, String(port)])
  }

  @Test(arguments: ["ftp://a/", "a.test", "https://", "https://a:99999/", "javascript:x", "https://a:b/"])
  func otherTextsAreNoAddresses(_ text: String) { #expect(WebAddress(text) == nil) }

  @Test func connectionsGoWhereTheyAreDeclared() throws {
    let hosts: [SidecarConfiguration.EgressHost] = [
      .init(host: "api.chat.test", port: 443, surface: "channel://chat"),
      .init(host: "*.cdn.test", port: 443, surface: ""),
    ]
    for good in ["api.chat.test:443", "API.chat.test.:443", "a.cdn.test:443", "a.b.cdn.test:443"] {
      #expect(try #require(ConnectTarget(good)).isDeclared(hosts), "\(good)")
    }
    for bad in ["api.chat.test:80", "xapi.chat.test:443", "cdn.test:443", "evilcdn.test:443", "1.2.3.4:443"] {
      #expect(try #require(ConnectTarget(bad)).isDeclared(hosts) == false, "\(bad)")
    }
    for none in ["a.test", "a.test:", "a.test:0", "a.test:65536", ":443", "a b:443", "[::1]:443", "a/b:443", "a@b:443"]
    {
      #expect(ConnectTarget(none) == nil, "\(none)")
    }
  }

  @Test(
    arguments: [
      (0x7F00_0001, true), (0x0A00_0001, true), (0xAC1F_0001, true), (0xC0A8_0001, true), (0xA9FE_A9FE, true),
      (0x6440_0001, true), (0xE000_0001, true), (0xFFFF_FFFF, true), (0, true), (0x0101_0101, false),
      (0x0808_0808, false),
      (0xAC20_0001, false),
    ] as [(UInt32, Bool)])
  func insideIsInside(_ address: UInt32, _ isInside: Bool) {
    #expect(InsideAddress.isInside(address) == isInside)
    let bytes = (0..<4).map { UInt8(address >> UInt32(24 - 8 * $0) & 255) }
    // The same in IPv6's clothes.
    #expect(InsideAddress.isInside([UInt8](repeating: 0, count: 10) + [0xFF, 0xFF] + bytes) == isInside)
    #expect(InsideAddress.isInside([0, 0x64, 0xFF, 0x9B] + [UInt8](repeating: 0, count: 8) + bytes) == isInside)
  }

  @Test func namesAreReadAndRefused() throws {
    let query: [UInt8] =
      [0x12, 0x34, 0x01, 0, 0, 1, 0, 0, 0, 0, 0, 0] + [3] + Array("ApI".utf8) + [4] + Array("test".utf8) + [
        0, 0, 28, 0, 1,
      ]
    let question = try #require(NameQuestion(query))
    #expect(question.name == "api.test" && question.type == 28)
    let refusal = question.refusal
    #expect(Array(refusal[..<4]) == [0x12, 0x34, 0x85, 0x83] && refusal.count == query.count)
    for cut in 0..<query.count { #expect(NameQuestion(Array(query[..<cut])) == nil) }
    var loop = query
    loop[12] = 0xC0
    #expect(NameQuestion(loop) == nil)
    var answer = query
    answer[2] = 0x81
    #expect(NameQuestion(answer) == nil)
  }

  @Test func anyBytesAreReadWithoutATrap() {
    var random = SeededGenerator(seed: 7)
    for _ in 0..<20_000 {
      let bytes = (0..<Int.random(in: 0...80, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      _ = NameQuestion(bytes)
      var reader = ServerEventReader()
      try? reader.read(bytes) { _ in }
      let text = String(decoding: bytes, as: UTF8.self)
      _ = ConnectTarget(text)
      _ = WebAddress("https://" + text)
      _ = WireRoute(method: "GET", target: text)
      _ = try? SidecarConfiguration(bytes)
    }
  }

  @Test(
    arguments: [
      ("schema", #"{"schema":2,"pod":"p","instances":[]}"#), ("instances", #"{"schema":1,"pod":"p","instances":[]}"#),
      (
        "unheard",
        #"{"schema":1,"pod":"p","instances":[{"name":"a","token_sha256":"0000000000000000000000000000000000000000000000000000000000000000"}],"unheard":1}"#
      ),
      ("instances.0.token_sha256", #"{"schema":1,"pod":"p","instances":[{"name":"a","token_sha256":"xx"}]}"#),
      ("", "[1"), ("pod", #"{"schema":1}"#),
    ])
  func configurationsAreRefusedWithTheirPlace(_ path: String, _ text: String) {
    let failure = #expect(throws: ConfigurationFailure.self) { try SidecarConfiguration(Array(text.utf8)) }
    #expect(failure?.path == path)
  }

  @Test func timesAreWrittenAndRead() {
    for time in [0, 1, 999, 1_000, 951_782_400_123, 1_795_910_400_000, 4_102_444_799_999] {
      #expect(RecordTime.read(RecordTime.text(time)) == time)
    }
    #expect(RecordTime.text(951_782_400_123) == "2000-02-29T00:00:00.123Z")
  }
}
