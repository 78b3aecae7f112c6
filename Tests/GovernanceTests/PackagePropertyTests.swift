import Canonical
import Governance
import JSON
import Source
import TestSupport
import Testing

@Suite("Packages of any bytes")
struct PackagePropertyTests {
  /// A report that somebody could print: places that lie in their files, and a normal form that is canonical.
  private func look(_ report: PackageReport, _ files: PackageFiles, _ what: String) throws {
    for problem in report.errors + report.warnings {
      if let place = problem.position(in: files) { #expect(place.line >= 1 && place.column >= 1) }
    }
    let normal = report.normalForm.bytes
    #expect(try CanonicalText.canonical(normal) == normal, "\(what)")
    #expect(!report.passes, "\(what)")
  }

  @Test("Changed bytes always end in a report that does not pass")
  func bytes() throws {
    var random = SeededGenerator(seed: 91)
    let honest = try Fixture.session()
    let names = honest.files.keys.sorted()
    let validator = try Fixture.validator(pinning: [honest.contentsHash])
    for round in 0..<1500 {
      var files = honest
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let name = names[Int.random(in: 0..<names.count, using: &random)]
        let bytes = files.files[name] ?? []
        files.files[name] = random.oneIn(8) ? random.bytes(upTo: 64) : random.mutated(bytes)
      }
      if files == honest { continue }
      try look(validator.validate(files), files, "round \(round)")
    }
  }

  @Test("Changed values always end in a report that does not pass")
  func values() throws {
    var random = SeededGenerator(seed: 92)
    let honest = try Fixture.session()
    let names = honest.files.keys.sorted()
    let validator = try Fixture.validator(pinning: [honest.contentsHash])
    for round in 0..<1500 {
      var files = honest
      let name = names[Int.random(in: 0..<names.count, using: &random)]
      var value = try files.json(name)
      Self.change(&value, &random)
      files.files[name] = try CanonicalJSON.bytes(value)
      if random.oneIn(2), let resealed = try? files.resealed() { files = resealed }
      if files == honest { continue }
      try look(validator.validate(files), files, "round \(round), \(name)")
    }
  }

  /// Changes one value somewhere inside.
  private static func change(_ value: inout JSONValue, _ random: inout SeededGenerator) {
    if random.oneIn(4) || (value.array ?? []).isEmpty && (value.members ?? []).isEmpty {
      let others: [JSONValue] = [
        .null, true, 0, -1, "", "x", [], [:], .number("1e300"), .number("0.5"),
        .string(String(repeating: "ä", count: 300)),
        ["a"], ["a": []], [["a"]], "2026-03-01T08:00:00.000Z", "..",
      ]
      value = others[Int.random(in: 0..<others.count, using: &random)]
      return
    }
    switch value {
    case .array(var elements):
      let index = Int.random(in: 0..<elements.count, using: &random)
      switch random.next() % 3 {
      case 0: elements.remove(at: index)
      case 1: elements.append(elements[index])
      default: change(&elements[index], &random)
      }
      value = .array(elements)
    case .object(var members):
      let index = Int.random(in: 0..<members.count, using: &random)
      if random.oneIn(4) { members.remove(at: index) } else { change(&members[index].value, &random) }
      value = .object(members)
    default: break
    }
  }

  @Test("Nothing, odd names and other people's files end in a report too")
  func odd() throws {
    for files in [
      [:], ["x": [1]], ["packets/step-.json": [0x7B, 0x7D]], ["patch-.json": []], ["reviewer-.json": [0x30]],
      ["sealed-change-package.json": Array("{}".utf8)], ["sealed-change-package.json": Array("[]".utf8)],
      ["seal.dsse.json": Array("{}".utf8)], ["runner-evidence.json": Array("[[],{},null]".utf8)],
      ["dod.json": Array(String(repeating: "[", count: 100_000).utf8)],
    ] as [[String: [UInt8]]] {
      let package = PackageFiles(files)
      try look(PackageValidator().validate(package), package, "\(files.keys)")
    }
  }
}
