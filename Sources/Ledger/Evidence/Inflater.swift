import CZlib

/// Unpacks raw deflate data, a piece at a time.
final class Inflater {
  /// What became of a piece.
  struct Step {
    var output: [UInt8]
    /// How many bytes of the input were used.
    var used: Int
    /// Whether the data says that it ends here.
    var isAtEnd: Bool
  }

  // zlib keeps a pointer to the stream, which therefore must not move.
  private let stream: UnsafeMutablePointer<z_stream>
  private static let piece = 1 << 16

  /// Nil if there is no memory for it.
  init?() {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    guard claw_inflate_start(stream) == Z_OK else {
      stream.deallocate()
      return nil
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  /// Unpacks some of `input`, at most one piece; nil if it is no deflate data.
  func step(_ input: ArraySlice<UInt8>) -> Step? {
    var input = Array(input)
    var output = [UInt8](repeating: 0, count: Self.piece)
    var code = Z_OK
    var (used, made) = (0, 0)
    input.withUnsafeMutableBufferPointer { source in
      output.withUnsafeMutableBufferPointer { target in
        stream.pointee.next_in = source.baseAddress
        stream.pointee.avail_in = UInt32(source.count)
        stream.pointee.next_out = target.baseAddress
        stream.pointee.avail_out = UInt32(target.count)
        code = inflate(stream, Z_NO_FLUSH)
        used = source.count - Int(stream.pointee.avail_in)
        made = target.count - Int(stream.pointee.avail_out)
        stream.pointee.next_in = nil
        stream.pointee.next_out = nil
      }
    }
    // Z_BUF_ERROR says only that nothing could be done now.
    guard code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR else { return nil }
    output.removeLast(output.count - made)
    return Step(output: output, used: used, isAtEnd: code == Z_STREAM_END)
  }
}
