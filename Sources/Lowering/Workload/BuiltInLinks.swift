package import IR

/// How the GPUs of usual machines are joined.
package enum BuiltInLinks {
  /// The matrix of a name, row by row; nil for a name that is none, or a number of GPUs that it isn't for.
  package static func matrix(_ name: String, count: Int) -> [GPULink]? {
    switch name {
    // Every GPU reaches every other one through switches.
    case "nvswitch": return square(count) { _, _ in .nvlink(18) }
    // One processor's bridge joins all.
    case "pcie": return square(count) { _, _ in .phb }
    // Half of them at each processor.
    case "two-socket": return square(count) { ($0 < (count + 1) / 2) == ($1 < (count + 1) / 2) ? .phb : .system }
    // Bridges join them two by two, half of the pairs at each processor.
    case "pairs":
      return square(count) {
        if $0 / 2 == $1 / 2 { return .nvlink(4) }
        return ($0 < (count + 1) / 2) == ($1 < (count + 1) / 2) ? .node : .system
      }
    case "cube-mesh":
      guard count == 8 else { return nil }
      return square(8) { row, column in
        let links = cube[row * 8 + column]
        return links == 0 ? .system : .nvlink(links)
      }
    default: return nil
    }
  }

  /// The number of NVLinks between the GPUs of a DGX-1 with V100, as its user guide draws them: six at each.
  private static let cube = [
    0, 1, 1, 2, 2, 0, 0, 0,
    1, 0, 2, 1, 0, 2, 0, 0,
    1, 2, 0, 2, 0, 0, 1, 0,
    2, 1, 2, 0, 0, 0, 0, 1,
    2, 0, 0, 0, 0, 1, 1, 2,
    0, 2, 0, 0, 1, 0, 2, 1,
    0, 0, 1, 0, 1, 2, 0, 2,
    0, 0, 0, 1, 2, 1, 2, 0,
  ]

  private static func square(_ count: Int, _ link: (Int, Int) -> GPULink) -> [GPULink] {
    (0..<count * count).map { $0 / count == $0 % count ? .same : link($0 / count, $0 % count) }
  }
}
