/// Small formats that Dockerfile flags borrow from Go.
enum GoText {
  /// A duration as `time.ParseDuration` reads it, in nanoseconds; nil if it is none.
  static func duration(_ text: String) -> Double? {
    var rest = Array(text.unicodeScalars)[...]
    var sign = 1.0
    if let first = rest.first, first == "-" || first == "+" {
      if first == "-" { sign = -1 }
      rest = rest.dropFirst()
    }
    if rest.elementsEqual(["0"]) { return 0 }
    if rest.isEmpty { return nil }
    var total = 0.0
    while !rest.isEmpty {
      let number = rest.prefix { ("0"..."9").contains($0) || $0 == "." }
      guard number.contains(where: { $0 != "." }), number.count(where: { $0 == "." }) <= 1 else { return nil }
      rest = rest.dropFirst(number.count)
      let unit = rest.prefix { !("0"..."9").contains($0) && $0 != "." }
      rest = rest.dropFirst(unit.count)
      var text = String.UnicodeScalarView()
      text.append(contentsOf: number)
      var unitText = String.UnicodeScalarView()
      unitText.append(contentsOf: unit)
      let decimal = String(text)
      guard let value = Double(decimal.hasPrefix(".") ? "0" + decimal : decimal + (decimal.hasSuffix(".") ? "0" : "")),
        let scale = units[String(unitText)]
      else { return nil }
      total += value * scale
    }
    return total < 0x1p63 ? sign * total : nil
  }

  private static let units: [String: Double] = [
    "ns": 1, "us": 1e3, "\u{B5}s": 1e3, "\u{3BC}s": 1e3, "ms": 1e6, "s": 1e9, "m": 6e10, "h": 3.6e12,
  ]

  /// The fields of one CSV record as `encoding/csv` reads it; nil where that fails.
  static func csv(_ text: String) -> [String]? {
    if text.isEmpty { return nil }
    var fields: [String] = []
    var rest = Array(text.utf8)[...]
    while true {
      if rest.first == 0x22 {
        rest = rest.dropFirst()
        var field: [UInt8] = []
        while true {
          guard let quote = rest.firstIndex(of: 0x22) else { return nil }
          field += rest[..<quote]
          rest = rest[(quote + 1)...]
          guard rest.first == 0x22 else { break }
          field.append(0x22)
          rest = rest.dropFirst()
        }
        fields.append(String(decoding: field, as: UTF8.self))
        if rest.isEmpty { return fields }
        guard rest.first == 0x2C else { return nil }
        rest = rest.dropFirst()
      } else {
        let end = rest.firstIndex(of: 0x2C) ?? rest.endIndex
        let field = rest[..<end]
        if field.contains(0x22) { return nil }
        fields.append(String(decoding: field, as: UTF8.self))
        if end == rest.endIndex { return fields }
        rest = rest[(end + 1)...]
      }
    }
  }
}
