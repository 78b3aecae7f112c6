import IR
import Source

/// Sizes and times of workloads and fleets: whole numbers with their units.
enum WorkloadQuantity {
  /// The whole MiB of a size: `512MiB`, `64GiB`, `2TiB`, `80GB` (10⁹ bytes, as GPUs are sold), or a number of MiB alone;
  /// nil for anything else.
  static func mebibytes(_ text: String) -> Int? {
    let digits = text.utf8.prefix { $0.isASCIIDigit }
    guard !digits.isEmpty, digits.count <= 12, let number = Int(String(Substring(digits))) else { return nil }
    let factor: Int
    switch String(Substring(text.utf8.dropFirst(digits.count))) {
    case "", "MiB", "Mi": factor = 1
    case "GiB", "Gi": factor = 1024
    case "TiB", "Ti": factor = 1024 * 1024
    case "GB": return GPUType.mebibytes(gigabytes: number)
    case "TB": return GPUType.mebibytes(gigabytes: number * 1000)
    default: return nil
    }
    return number * factor
  }

  /// The seconds that a time stands for: `45s`, `30m`, `1h30m`, `2d`; nil for anything else.
  static func seconds(_ text: String) -> Int? {
    var rest = Array(text.utf8)[...]
    var total = 0
    var last = Int.max
    guard !rest.isEmpty else { return nil }
    while !rest.isEmpty {
      let digits = rest.prefix { $0.isASCIIDigit }
      rest = rest.dropFirst(digits.count)
      guard !digits.isEmpty, digits.count <= 9, let number = Int(String(decoding: digits, as: UTF8.self)),
        let unit = rest.popFirst(), let scale = units[unit], scale < last
      else { return nil }
      // Each unit once, the larger ones first.
      last = scale
      total += number * scale
    }
    return total
  }

  private static let units: [UInt8: Int] = [0x73: 1, 0x6D: 60, 0x68: 3600, 0x64: 86_400]

  /// A time as an author would write it.
  static func text(seconds: Int) -> String {
    var rest = seconds
    var result = ""
    for (unit, scale) in [("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)] where rest >= scale {
      result += "\(rest / scale)\(unit)"
      rest %= scale
    }
    return result.isEmpty ? "0s" : result
  }

  /// A size as an author would write it.
  static func text(mebibytes: Int) -> String {
    if mebibytes > 0, mebibytes % (1024 * 1024) == 0 { return "\(mebibytes / (1024 * 1024))TiB" }
    if mebibytes > 0, mebibytes % 1024 == 0 { return "\(mebibytes / 1024)GiB" }
    let gigabytes = ((mebibytes + 1) << 20) / 1_000_000_000
    if mebibytes > 0, GPUType.mebibytes(gigabytes: gigabytes) == mebibytes { return "\(gigabytes)GB" }
    return "\(mebibytes)MiB"
  }
}
