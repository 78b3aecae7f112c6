import Runtime
import Source
import Testing
import TestSupport

/// The list of abuses has a number for each; the cases of Clawfiles, pods and the runtime are 1 to 43.
@Suite("The list of abuses")
struct AbuseCaseTests {
  /// The numbers that tests have in their names, or in the names of their arguments.
  static let numbers: Set<Int> = {
    var numbers: Set<Int> = []
    for path in FileSearch.files(below: Repository.path("Tests"), isWanted: { $0.hasSuffix(".swift") }) {
      guard let text = Repository.text(String(path.dropFirst(Repository.root.utf8.count + 1))) else { continue }
      for match in text.matches(of: #/"(?:\d+ and )?(\d+)\. [A-Z]/#) { numbers.insert(Int(match.1) ?? 0) }
      for match in text.matches(of: #/\(abuse cases? (\d+)(?: and (\d+))?\)/#) {
        numbers.insert(Int(match.1) ?? 0)
        if let second = match.2 { numbers.insert(Int(second) ?? 0) }
      }
      // Refusals of pods: a number, then what they are called.
      for match in text.matches(of: #/(?:key|\.init)\(\s*(\d+), /#) { numbers.insert(Int(match.1) ?? 0) }
    }
    return numbers
  }()

  @Test("Each case has a test that is named after it", arguments: 1...43)
  func named(number: Int) { #expect(Self.numbers.contains(number)) }
}
