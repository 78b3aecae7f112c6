extension ScalarSet {
  /// The set with all scalars that differ from one of it in case alone (Unicode's simple case folding).
  package var caseClosed: ScalarSet {
    var added: [Range] = []
    for range in ranges {
      if range.upper < 0x80 {
        addASCII(range, to: &added)
      } else if range.upper - range.lower < 0x10000 {
        for ordinal in range.lower...range.upper { added += CaseFolding.equivalents(ordinal).map { Range($0, $0) } }
      } else {
        // So large a range has nearly every letter already; what it lacks are the partners of those.
        for (first, others) in CaseFolding.classes where range.lower...range.upper ~= first {
          added += others.map { Range($0, $0) }
        }
      }
    }
    return added.isEmpty ? self : ScalarSet(ranges + added)
  }

  private func addASCII(_ range: Range, to added: inout [Range]) {
    let upper = ScalarSet([range]).intersection(ScalarSet("A"..."Z"))
    let lower = ScalarSet([range]).intersection(ScalarSet("a"..."z"))
    added += upper.ranges.map { Range($0.lower + 32, $0.upper + 32) }
    added += lower.ranges.map { Range($0.lower - 32, $0.upper - 32) }
    // Two letters outside ASCII fold to one inside: the Kelvin sign and the long s.
    if range.lower...range.upper ~= 0x6B || range.lower...range.upper ~= 0x4B { added.append(Range(0x212A, 0x212A)) }
    if range.lower...range.upper ~= 0x73 || range.lower...range.upper ~= 0x53 { added.append(Range(0x17F, 0x17F)) }
  }
}

/// Which scalars outside ASCII differ in case alone.
enum CaseFolding {
  /// The other members of each scalar's class, by ordinal; made on first use, which few expressions need.
  static let classes: [ScalarOrdinal: [ScalarOrdinal]] = {
    var groups: [ScalarOrdinal: Set<ScalarOrdinal>] = [:]
    func single(_ text: String) -> ScalarOrdinal? {
      let scalars = text.unicodeScalars
      return scalars.count == 1 ? scalars.first.map(ScalarSet.ordinal) : nil
    }
    // Letters with case end before U+1E944.
    for ordinal in 0...ScalarOrdinal(0x1E944 - 0x800) {
      let properties = ScalarSet.scalar(ordinal).properties
      guard properties.isCased || properties.changesWhenCaseMapped else { continue }
      guard let upper = single(properties.uppercaseMapping),
        let folded = single(String(ScalarSet.scalar(upper).properties.lowercaseMapping))
      else { continue }
      groups[folded, default: [folded]].formUnion([ordinal, upper])
      if let lower = single(properties.lowercaseMapping) { groups[folded, default: [folded]].insert(lower) }
    }
    var result: [ScalarOrdinal: [ScalarOrdinal]] = [:]
    for (_, members) in groups where members.count > 1 {
      for member in members { result[member] = members.subtracting([member]).sorted() }
    }
    return result
  }()

  static func equivalents(_ ordinal: ScalarOrdinal) -> [ScalarOrdinal] { classes[ordinal] ?? [] }
}
