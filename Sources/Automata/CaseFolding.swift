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
  /// Where letters with case are (Unicode 17, whole blocks): asking all others takes ten times as long.
  static let blocks: [ClosedRange<UInt32>] = [
    0x80...0x58F, 0x10A0...0x10FF, 0x13A0...0x13FF, 0x1C80...0x1CBF, 0x1D00...0x1DBF, 0x1E00...0x1FFF,
    0x2100...0x218F, 0x24B0...0x24EF, 0x2C00...0x2D2F, 0xA640...0xA69F, 0xA720...0xA7FF, 0xAB30...0xABBF,
    0xFB00...0xFB1F, 0xFF20...0xFF5F, 0x10400...0x105FF, 0x10C80...0x10CFF, 0x10D40...0x10D8F, 0x118A0...0x118DF,
    0x16E40...0x16EDF, 0x1E900...0x1E943,
  ]

  /// The other members of each scalar's class, by ordinal; made on first use, which few expressions need.
  static let classes: [ScalarOrdinal: [ScalarOrdinal]] = {
    var groups: [ScalarOrdinal: [ScalarOrdinal]] = [:]
    func single(_ text: String) -> ScalarOrdinal? {
      let scalars = text.unicodeScalars
      guard let first = scalars.first, scalars.dropFirst().isEmpty else { return nil }
      return ScalarSet.ordinal(first)
    }
    for block in [0...0x7F] + blocks {
      for value in block {
        guard let scalar = Unicode.Scalar(value), isCased(scalar),
          let upper = single(scalar.properties.uppercaseMapping),
          let folded = single(ScalarSet.scalar(upper).properties.lowercaseMapping)
        else { continue }
        var members = groups[folded] ?? [folded]
        let lower = single(scalar.properties.lowercaseMapping) ?? folded
        for member in [ScalarSet.ordinal(scalar), upper, lower] where !members.contains(member) {
          members.append(member)
        }
        groups[folded] = members
      }
    }
    var result: [ScalarOrdinal: [ScalarOrdinal]] = [:]
    for members in groups.values where members.count > 1 {
      for member in members { result[member] = members.filter { $0 != member }.sorted() }
    }
    return result
  }()

  /// Whether a scalar may differ from another in case alone.
  static func isCased(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.changesWhenCaseMapped || scalar.properties.isCased
  }

  static func equivalents(_ ordinal: ScalarOrdinal) -> [ScalarOrdinal] { classes[ordinal] ?? [] }
}
