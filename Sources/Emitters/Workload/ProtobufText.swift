package import IR

/// Writes messages in protobuf's binary form: fields in ascending numbers, so that one message has one text.
///
/// Source: the encoding page of the protobuf documentation.
package enum ProtobufText {
  /// The bytes of a message.
  package static func bytes(_ message: WireMessage) -> [UInt8] {
    var bytes: [UInt8] = []
    for field in message.fields { write(field.value, field.number, to: &bytes) }
    return bytes
  }

  private static func write(_ value: WireMessage.Value, _ number: Int, to bytes: inout [UInt8]) {
    switch value {
    case .unsigned(let value): write(varint: value, number, to: &bytes)
    case .bool(let value): write(varint: value ? 1 : 0, number, to: &bytes)
    case .word(_, let value): write(varint: UInt64(clamping: value), number, to: &bytes)
    case .text(let text): write(Array(text.utf8), number, to: &bytes)
    case .message(let message): write(Self.bytes(message), number, to: &bytes)
    case .duration(let milliseconds):
      // seconds = 1, nanos = 2
      write(moment(seconds: milliseconds / 1000, nanoseconds: milliseconds % 1000 * 1_000_000), number, to: &bytes)
    case .timestamp(let seconds): write(moment(seconds: seconds, nanoseconds: 0), number, to: &bytes)
    case .list(let values): for value in values { write(value, number, to: &bytes) }
    }
  }

  private static func moment(seconds: Int, nanoseconds: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    if seconds != 0 { write(varint: UInt64(bitPattern: Int64(seconds)), 1, to: &bytes) }
    if nanoseconds != 0 { write(varint: UInt64(clamping: nanoseconds), 2, to: &bytes) }
    return bytes
  }

  private static func write(varint value: UInt64, _ number: Int, to bytes: inout [UInt8]) {
    append(UInt64(clamping: number) << 3, to: &bytes)
    append(value, to: &bytes)
  }

  private static func write(_ content: [UInt8], _ number: Int, to bytes: inout [UInt8]) {
    append(UInt64(clamping: number) << 3 | 2, to: &bytes)
    append(UInt64(clamping: content.count), to: &bytes)
    bytes += content
  }

  private static func append(_ value: UInt64, to bytes: inout [UInt8]) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }
}
