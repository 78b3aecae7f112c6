import IR
import Source

/// Whose driver is asked for a GPU.
enum DeviceVendor {
  case nvidia
  case amd

  /// The maker of what is asked for; NVIDIA where nothing tells.
  init(_ request: GPURequest) {
    let known = request.type.flatMap { GPUType.named($0) } ?? request.model.flatMap { GPUType.ofProduct($0) }
    self = known?.vendor == .amd ? .amd : .nvidia
  }

  /// The name of its driver, and of the class of devices that the driver makes.
  var driver: String {
    switch self {
    case .nvidia: "gpu.nvidia.com"
    case .amd: "gpu.amd.com"
    }
  }
}

/// Writes conditions on GPUs in CEL over what a driver tells of its devices: exactly, or not at all.
///
/// NVIDIA's driver tells `productName`, `uuid` and the capacity `memory`; AMD's `productName`, whose blanks and signs are
/// its own, `type` and `memory`. Neither tells a GPU's index. An attribute that isn't there is an error in CEL that ends
/// all allocation, so that nothing else is ever asked for.
struct DeviceCEL {
  /// Why there is no expression.
  struct Failure: Error {
    var reason: String
  }

  /// The most bytes that the API takes.
  static let longest = 10 * 1024

  private let vendor: DeviceVendor

  init(_ vendor: DeviceVendor) { self.vendor = vendor }

  private var attributes: String { "device.attributes[\"\(vendor.driver)\"]" }
  private var name: String { "\(attributes).productName" }

  /// Not a part of one, nor one that is handed to a virtual machine.
  var wholeDevice: String { "\(attributes).type == \"amdgpu\"" }

  /// A device of a class; nil for one that claw doesn't know.
  func isOf(type: String) -> String? {
    // Classes are compared by their bytes, and claw's are in small letters.
    guard let known = GPUType.named(type), known.name.utf8.elementsEqual(type.utf8) else { return nil }
    // The same as GPUType.ofProduct: the product as a word of its own.
    return "\(name).lowerAscii().matches(\(Self.quoted("(^|[^a-z0-9])\(known.product)([^a-z0-9]|$)")))"
  }

  func memory(_ comparison: DeviceSelector.Comparison, _ mebibytes: Int) -> String {
    "device.capacity[\"\(vendor.driver)\"].memory.compareTo(quantity(\"\(mebibytes)Mi\")) \(comparison.rawValue) 0"
  }

  /// A product whose name contains a text; nil where the driver may write it otherwise.
  func nameContains(anyCase text: String) -> String? {
    // lowerAscii leaves other letters as they are.
    guard text.utf8.allSatisfy({ $0 < 0x80 }), isSafe(name: text) else { return nil }
    return "\(name).lowerAscii().contains(\(Self.quoted(text.lowercased())))"
  }

  private func isSafe(name text: String) -> Bool { vendor == .nvidia || text.utf8.allSatisfy(\.isASCIIAlphanumeric) }

  func expression(_ expression: DeviceSelector.Expression) throws(Failure) -> String {
    switch expression {
    case .constant(let value): return value ? "true" : "false"
    case .not(let inner): return "!(\(try self.expression(inner)))"
    case .all(let parts): return try joined(parts, " && ", empty: "true")
    case .any(let parts): return try joined(parts, " || ", empty: "false")
    case .number(.memoryMiB, let comparison, let value): return memory(comparison, value)
    case .number(.index, _, _): throw Failure(reason: "no driver tells a GPU's index")
    case .text(.uuid, let test, let value):
      guard vendor == .nvidia else { throw Failure(reason: "AMD's driver tells no uuid") }
      return Self.test("\(attributes).uuid", test, value)
    case .text(.name, let test, let value):
      if vendor == .amd, test != .contains || !isSafe(name: value) {
        throw Failure(reason: "AMD's driver writes products' names in its own way")
      }
      return Self.test(name, test, value)
    case .text(.type, let test, let value):
      guard test == .equal || test == .unequal else {
        throw Failure(reason: "drivers tell products, and no classes of which a part could be looked at")
      }
      guard let isOf = isOf(type: value) else {
        throw Failure(reason: "claw does not know what products are of class \(value)")
      }
      return test == .equal ? isOf : "!\(isOf)"
    }
  }

  private func joined(
    _ parts: [DeviceSelector.Expression], _ sign: String, empty: String
  ) throws(Failure) -> String {
    var texts: [String] = []
    for part in parts { texts.append(try expression(part)) }
    return texts.isEmpty ? empty : "(" + texts.joined(separator: sign) + ")"
  }

  private static func test(_ subject: String, _ test: DeviceSelector.TextTest, _ value: String) -> String {
    switch test {
    case .equal, .unequal: "\(subject) \(test.rawValue) \(quoted(value))"
    case .contains, .startsWith, .endsWith: "\(subject).\(test.rawValue)(\(quoted(value)))"
    }
  }

  /// A text of CEL.
  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      default:
        if scalar.value < 0x20 || scalar.value == 0x7F {
          let digits = String(scalar.value, radix: 16)
          result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    return result + "\""
  }
}
