package import JSON
import Source

/// A protobuf message as a tree: what both of its encodings are written from, so that they can't differ.
///
/// The fields that are there are those that differ from their type's zero, as proto3 has it; an `optional` field or a
/// member of a `oneof` is there whenever it is set.
package struct WireMessage: Sendable, Equatable {
  /// A field.
  package struct Field: Sendable, Equatable {
    /// Its number in the message.
    package var number: Int
    /// Its name in the .proto file.
    package var name: String
    package var value: Value
  }

  /// A value.
  package indirect enum Value: Sendable, Equatable {
    case unsigned(UInt64)
    case bool(Bool)
    case text(String)
    case word(name: String, number: Int)
    case message(WireMessage)
    /// google.protobuf.Duration, in seconds and thousandths.
    case duration(milliseconds: Int)
    /// google.protobuf.Timestamp, in seconds since 1970.
    case timestamp(seconds: Int)
    /// A repeated field, whose values are texts or messages.
    case list([Value])
  }

  /// In ascending numbers.
  package private(set) var fields: [Field] = []

  /// An empty message.
  package init() {}

  /// Sets a field, unless its value is the zero of its type; call it in the order of numbers.
  ///
  /// - Parameter isPresent: whether it is set even then.
  package mutating func set(_ number: Int, _ name: String, _ value: Value?, isPresent: Bool = false) {
    guard let value, isPresent || !value.isZero else { return }
    fields.append(Field(number: number, name: name, value: value))
  }

  /// Sets a whole number.
  package mutating func set(_ number: Int, _ name: String, _ value: Int?, isPresent: Bool = false) {
    set(number, name, value.map { .unsigned(UInt64(clamping: $0)) }, isPresent: isPresent)
  }

  /// Sets a text.
  package mutating func set(_ number: Int, _ name: String, _ value: String?, isPresent: Bool = false) {
    set(number, name, value.map { .text($0) }, isPresent: isPresent)
  }

  /// Sets a list of messages.
  package mutating func set(_ number: Int, _ name: String, _ values: [WireMessage]) {
    set(number, name, .list(values.map { .message($0) }))
  }

  /// The message as proto3's JSON mapping has it, members in the order of numbers.
  package var json: JSONValue {
    .object(fields.map { .init(Self.camelCase($0.name), $0.value.json) })
  }

  private static func camelCase(_ name: String) -> String {
    let words = name.utf8.split(separator: 0x5F).map { String(Substring($0)) }
    return words.enumerated().map { $0 == 0 ? $1 : $1.prefix(1).uppercased() + $1.dropFirst() }.joined()
  }
}

extension WireMessage.Value {
  /// Whether it is what an absent field means.
  fileprivate var isZero: Bool {
    switch self {
    case .unsigned(let value): value == 0
    case .bool(let value): !value
    case .text(let text): text.isEmpty
    case .word(_, let number): number == 0
    case .list(let values): values.isEmpty
    case .message, .duration, .timestamp: false
    }
  }

  /// As proto3's JSON mapping has it.
  fileprivate var json: JSONValue {
    switch self {
    case .unsigned(let value): .number(String(value))
    case .bool(let value): .bool(value)
    case .text(let text): .string(text)
    case .word(let name, _): .string(name)
    case .message(let message): message.json
    case .duration(let value):
      .string(value % 1000 == 0 ? "\(value / 1000)s" : "\(value / 1000).\(String(1000 + value % 1000).dropFirst())s")
    case .timestamp(let seconds): .string(Timestamp.text(seconds))
    case .list(let values): .array(values.map(\.json))
    }
  }
}
