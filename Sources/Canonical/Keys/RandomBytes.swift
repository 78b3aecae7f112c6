/// Bytes that nobody can guess.
package enum RandomBytes {
  /// So many of them: on Linux the system's generator asks the kernel.
  package static func make(_ count: Int) -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
  }
}
