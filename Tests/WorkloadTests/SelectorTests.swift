import Diagnostics
import Driver
import IR
import Source
import Testing
import TestSupport

@Suite("Selectors: what can't be understood is an error at its place")
struct SelectorTests {
  static func file(_ selector: String) -> SourceFile {
    SourceFile(
      path: "workload.yml",
      bytes: Array(
        "workload:\n  name: w\n  image: a:1\n  gpus:\n    count: 1\n    selector: |-\n      \(selector)\n".utf8))
  }

  static func expression(_ selector: String) -> DeviceSelector.Expression? {
    var bag = DiagnosticBag()
    return WorkloadCompiler.compile(file(selector), into: &bag)?.gpus.first?.selector?.expression
  }

  @Test("The usual")
  func usual() {
    #expect(Self.expression("device.memory_mib >= 40960") == .number(.memoryMiB, .atLeast, 40960))
    #expect(
      Self.expression("device.name.contains('H100') && !(device.index == 0 || device.index==1)")
        == .all([
          .text(.name, .contains, "H100"), .not(.any([.number(.index, .equal, 0), .number(.index, .equal, 1)])),
        ]))
    #expect(Self.expression("!!true") == .constant(true))
    #expect(Self.expression("!device.uuid.startsWith(\"GPU-\\\"\")") == .not(.text(.uuid, .startsWith, "GPU-\"")))
    #expect(Self.expression("device.type != 'a100'") == .text(.type, .unequal, "a100"))
    // '&&' binds tighter.
    #expect(
      Self.expression("true || false && true") == .any([.constant(true), .all([.constant(false), .constant(true)])]))
  }

  static let wrong: [(text: String, place: String)] = [
    ("", ""), ("device.memory >= 1", "device.memory"), ("memory_mib >= 1", "memory_mib"),
    ("device.memory_mib >= 40GiB", "G"), ("device.memory_mib ~ 1", "~"), ("device.name == H100", "H"),
    ("device.name.matches('x')", "device.name.matches"), ("device.index < 'a'", "'"),
    ("device.index == 0 device.index == 1", "d"), ("(device.index == 0", "0"), ("device.index == 0)", ")"),
    ("device.name.contains('x'", "'"), ("true &&", "&"), ("a() && true", "a"),
    ("device.name == 'x", "'x"), ("device.index == 99999999999999999999", "9"), ("device.name < 'x'", "'"),
  ]

  @Test("What is none", arguments: wrong)
  func none(text: String, place: String) throws {
    var bag = DiagnosticBag()
    let file = Self.file(text)
    let plan = WorkloadCompiler.compile(file, into: &bag)
    #expect(plan == nil)
    let found = try #require(bag.diagnostics.first)
    #expect(found.rule.name == "workload/selector")
    if !place.isEmpty { #expect(String(decoding: file.slice(found.location.range), as: UTF8.self) == place, "\(text)") }
  }

  @Test("Depth has a limit, and no input takes the stack")
  func depth() {
    #expect(Self.expression(String(repeating: "(", count: 60) + "true" + String(repeating: ")", count: 60)) != nil)
    #expect(Self.expression(String(repeating: "(", count: 100_000) + "true") == nil)
    #expect(Self.expression(String(repeating: "!", count: 100_001) + "true") == .not(.constant(true)))
  }

  @Test("Any bytes: an expression or an error, never a trap")
  func anyBytes() {
    var random = SeededGenerator(seed: 11)
    let sound = Array("device.name.contains('H100') && !(device.index == 0 || device.memory_mib >= 40960)".utf8)
    for _ in 0..<2000 {
      let text = String(decoding: random.mutated(sound), as: UTF8.self)
      _ = Self.expression(text.replacing("\n", with: " "))
    }
  }
}
