import Source

/// A class of GPUs as its vendor sells it.
///
/// Memory and links are those of the vendors' data sheets. A class that isn't here is no mistake: fleets name their own.
package struct GPUType: Sendable {
  /// How workloads, fleets and engines name it.
  package var name: String
  /// What its product's name contains, in small letters.
  package var product: String
  /// The memory of each model that is sold, in GiB.
  package var memory: [Int]
  /// Whether there are boards with NVLink.
  package var hasLinks: Bool
  /// Whose it is.
  package var vendor: Vendor

  /// Who makes it.
  package enum Vendor: String, Sendable {
    case nvidia
    case amd
  }

  private init(_ name: String, _ product: String, _ memory: [Int], links: Bool = false, _ vendor: Vendor = .nvidia) {
    self.name = name
    self.product = product
    self.memory = memory
    hasLinks = links
    self.vendor = vendor
  }

  /// Those that claw knows, the newest first.
  package static let all: [GPUType] = [
    GPUType("b200", "b200", [180, 192], links: true), GPUType("h200", "h200", [141], links: true),
    GPUType("gh200", "gh200", [96, 144], links: true), GPUType("h100", "h100", [80, 94], links: true),
    GPUType("a100", "a100", [40, 80], links: true), GPUType("l40s", "l40s", [48]), GPUType("l40", "l40", [48]),
    GPUType("l4", "l4", [24]), GPUType("a40", "a40", [48], links: true), GPUType("a30", "a30", [24], links: true),
    GPUType("a10", "a10", [24]), GPUType("a16", "a16", [16]), GPUType("a2", "a2", [16]),
    GPUType("t4", "t4", [16]), GPUType("v100", "v100", [16, 32], links: true),
    GPUType("p100", "p100", [12, 16], links: true), GPUType("rtx6000ada", "rtx 6000 ada", [48]),
    GPUType("rtxa6000", "rtx a6000", [48], links: true), GPUType("rtx4090", "rtx 4090", [24]),
    GPUType("rtx3090", "rtx 3090", [24], links: true), GPUType("mi355x", "mi355x", [288], .amd),
    GPUType("mi300x", "mi300x", [192], .amd), GPUType("mi250x", "mi250x", [128], .amd),
    GPUType("mi210", "mi210", [64], .amd),
  ]

  /// The class of a name, in any case; nil for one that claw doesn't know.
  package static func named(_ name: String) -> GPUType? {
    let lower = name.lowercased()
    return all.first { $0.name.utf8.elementsEqual(lower.utf8) }
  }

  /// The class of a product's name, as drivers tell it; nil if it is none of these.
  package static func ofProduct(_ product: String) -> GPUType? {
    let lower = product.lowercased()
    // 'NVIDIA A100-SXM4-80GB' holds 'a100'; 'NVIDIA L40S' holds 'l4', 'l40' and 'l40s': the longest is meant.
    return all.filter { type in
      lower.ranges(of: type.product).contains { range in
        let before = range.lowerBound == lower.startIndex ? nil : lower.utf8[lower.utf8.index(before: range.lowerBound)]
        let after = range.upperBound == lower.endIndex ? nil : lower.utf8[range.upperBound]
        func isWord(_ byte: UInt8?) -> Bool { byte.map { $0.isASCIIAlphanumeric } ?? false }
        return !isWord(before) && !isWord(after)
      }
    }.max { $0.product.utf8.count < $1.product.utf8.count }
  }
}
