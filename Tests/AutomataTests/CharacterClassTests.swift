import Automata
import Testing

@Suite("Character classes")
struct CharacterClassTests {
  @Test("The tables are those of the standard library's Unicode")
  func tables() {
    var wrong: [UInt32] = []
    for ordinal in stride(from: ScalarOrdinal(0), through: ScalarSet.lastOrdinal, by: 1) {
      let scalar = ScalarSet.scalar(ordinal)
      if scalar.value > 0x3FFFF, scalar.value < 0xE0000 { continue }
      let properties = scalar.properties
      let category = properties.generalCategory
      let isMark = category == .nonspacingMark || category == .spacingMark || category == .enclosingMark
      let isWord =
        properties.isAlphabetic || isMark || category == .decimalNumber || category == .connectorPunctuation
        || properties.isJoinControl
      if CharacterClasses.word.contains(ordinal) != isWord
        || CharacterClasses.digit.contains(ordinal) != (category == .decimalNumber)
        || CharacterClasses.space.contains(ordinal) != properties.isWhitespace
      {
        wrong.append(scalar.value)
      }
    }
    #expect(wrong.isEmpty, "\(wrong.prefix(8).map { String($0, radix: 16) })")
  }

  @Test("Every letter with case finds its partners")
  func partners() {
    func single(_ text: String) -> Unicode.Scalar? { text.unicodeScalars.count == 1 ? text.unicodeScalars.first : nil }
    var (wrong, count): ([Unicode.Scalar], Int) = ([], 0)
    for ordinal in 0...ScalarSet.lastOrdinal {
      let scalar = ScalarSet.scalar(ordinal)
      guard scalar.properties.changesWhenCaseMapped else { continue }
      count += 1
      let closed = ScalarSet(scalar...scalar).caseClosed
      guard let upper = single(scalar.properties.uppercaseMapping) else { continue }
      if !closed.contains(ScalarSet.ordinal(upper)) { wrong.append(scalar) }
    }
    #expect(count > 2_800)
    #expect(wrong.isEmpty, "\(wrong.prefix(8))")
  }

  @Test("Sets are sets", arguments: ["a"..."f", "x"..."z"] as [ClosedRange<Unicode.Scalar>])
  func algebra(range: ClosedRange<Unicode.Scalar>) {
    let set = ScalarSet(range)
    #expect(set.complement.complement == set)
    #expect(set.intersection(set.complement).isEmpty)
    #expect(set.union(set.complement) == .all)
    #expect(set.subtracting(set).isEmpty && set.subtracting(.none) == set)
  }
}
