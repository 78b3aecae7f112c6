import Diagnostics
import Lexer
import Source

/// Joins the values of an overriding document or file with those before, by compose's rules.
struct ComposeMerge {
  let report: ComposeReport

  init(report: ComposeReport) { self.report = report }

  /// Joins two whole files.
  func root(_ base: ComposeValue, _ over: ComposeValue) -> ComposeValue {
    merge(base, over, ComposeSchema.file, .deep)
  }

  /// Joins two values of a key.
  func merge(
    _ base: ComposeValue, _ over: ComposeValue, _ shape: ComposeShape?, _ rule: MergeRule
  ) -> ComposeValue {
    switch rule {
    case .replace: return over
    case .sequence: return joined(base, over) { _, _ in true }
    case .hosts:
      return joined(base, over) { element, base in !base.contains { $0.hasSameContent(as: element) } }
    case .build: return deep(context(base), context(over), shape)
    case .dependencies: return deep(named(base, isDependency: true), named(over, isDependency: true), shape)
    case .names: return deep(named(base, isDependency: false), named(over, isDependency: false), shape)
    case .logging:
      if let left = base["driver"], let right = over["driver"], !left.hasSameContent(as: right) { return over }
      return deep(base, over, shape)
    case .addressPools: return pools(base, over, shape)
    case .deep: return deep(base, over, shape)
    }
  }

  private func deep(_ base: ComposeValue, _ over: ComposeValue, _ shape: ComposeShape?) -> ComposeValue {
    switch (base.content, over.content) {
    case (_, .null): return base
    case (.mapping(let left), .mapping(let right)):
      var result = base
      result.content = .mapping(entries(left, right, shape?.map))
      return result
    case (.sequence(let left), .sequence(let right)):
      var result = base
      result.content = .sequence(left + right)
      return result
    case (.mapping, _), (.sequence, _):
      report.add(
        ComposeRules.unmergeable, at: over.location,
        "\(over.kindName) can't be joined with \(base.kindName)",
        help: "give both the same form, or mark this '!override'",
        labels: [.init(base.location, "first given here")])
      return base
    default: return over
    }
  }

  /// Joins mappings key by key.
  func entries(_ base: [ComposeEntry], _ over: [ComposeEntry], _ map: MapShape?) -> [ComposeEntry] {
    var result = base
    var places: [ByteKey: Int]?
    if base.count > 12, over.count > 1 {
      places = Dictionary(base.enumerated().map { (ByteKey($1.key), $0) }, uniquingKeysWith: { first, _ in first })
    }
    for entry in over {
      guard let place = places.map({ $0[ByteKey(entry.key)] }) ?? result.index(of: entry.key) else {
        result.append(entry)
        continue
      }
      let field = map?.fields[entry.key]
      result[place].value = merge(
        result[place].value, entry.value, field?.shape ?? map?.shape(of: entry.key), field?.merge ?? .deep)
    }
    return result
  }

  /// Both as lists of texts, one behind the other.
  private func joined(
    _ base: ComposeValue, _ over: ComposeValue, where isIncluded: (ComposeValue, [ComposeValue]) -> Bool
  ) -> ComposeValue {
    let left = base.asTexts
    var result = base.isNull ? over : base
    result.content = .sequence(left + over.asTexts.filter { isIncluded($0, left) })
    return result
  }

  private func context(_ value: ComposeValue) -> ComposeValue {
    value.string == nil ? value : value.derived([("context", value)])
  }

  private func named(_ value: ComposeValue, isDependency: Bool) -> ComposeValue {
    (isDependency ? ComposeLongForms.dependencies(value) : ComposeLongForms.names(value)) ?? value
  }

  private func pools(_ base: ComposeValue, _ over: ComposeValue, _ shape: ComposeShape?) -> ComposeValue {
    guard let left = base.elements, let right = over.elements else { return deep(base, over, shape) }
    var result = left
    for pool in right {
      let subnet = pool["subnet"]?.scalarText
      let place = result.firstIndex { $0["subnet"]?.scalarText == subnet }
      if let place {
        result[place] = deep(result[place], pool, shape?.list?.element)
      } else {
        result.append(pool)
      }
    }
    var joined = base
    joined.content = .sequence(result)
    return joined
  }
}

extension ComposeValue {
  /// A list or mapping as a list of `KEY=value` texts, each with its own place.
  var asTexts: [ComposeValue] {
    switch content {
    case .sequence(let elements): return elements
    case .string: return [self]
    case .mapping(let entries):
      return entries.flatMap { entry -> [ComposeValue] in
        if let elements = entry.value.elements { return elements.map { entry.pair($0) } }
        return [entry.pair(entry.value)]
      }
    default: return []
    }
  }
}

extension ComposeEntry {
  /// `KEY=value` as one text, or `KEY` for null.
  fileprivate func pair(_ value: ComposeValue) -> ComposeValue {
    guard !value.isNull else { return ComposeValue(.string(key), at: keyLocation) }
    guard let text = value.scalarText else { return value }
    var pair = value.derived("\(key)=\(text)")
    if keyLocation.file == value.location.file, keyLocation.range.upper <= value.location.range.lower {
      pair.location.range = keyLocation.range.union(value.location.range)
    }
    return pair
  }
}
