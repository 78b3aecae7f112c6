package import IR
import Source

/// A fleet that another tool described, and what of it could not be taken over.
package struct ImportedFleet: Sendable {
  package var fleet: Fleet
  /// What people should know, a sentence each.
  package var notes: [String]

  /// Joins the two.
  package init(fleet: Fleet, notes: [String] = []) {
    self.fleet = fleet
    self.notes = notes
  }

  /// GPUs by what a tool says of them.
  ///
  /// - Parameter product: the vendor's name or the class; claw's class is taken if it is one.
  /// - Parameter memory: in MiB; nil for the class's usual.
  static func gpus(_ product: String, count: Int, memory: Int? = nil) -> [FleetGPU] {
    let type = GPUType.ofProduct(product)
    let name = type?.name ?? label(product)
    let usual = type?.smallest ?? 1
    return Array(
      repeating: FleetGPU(type: name, name: product, memory: memory ?? usual), count: min(max(count, 0), 16))
  }

  /// A name as classes have it: small letters, digits and hyphens.
  static func label(_ text: String) -> String {
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      if byte.isASCIILetter || byte.isASCIIDigit {
        bytes.append(0x41...0x5A ~= byte ? byte | 0x20 : byte)
      } else if !bytes.isEmpty, bytes.last != 0x2D {
        bytes.append(0x2D)
      }
    }
    while bytes.last == 0x2D { bytes.removeLast() }
    if bytes.first.map({ !$0.isASCIILetter }) ?? true { bytes.insert(contentsOf: "gpu-".utf8, at: 0) }
    return String(decoding: bytes.prefix(63), as: UTF8.self)
  }
}
