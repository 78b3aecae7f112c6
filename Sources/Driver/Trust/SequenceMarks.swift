package import Canonical
import JSON

/// The highest sequence seen in each channel, remembered for each key that signed it: a key that is trusted no more takes
/// its marks with it, which is the way back after a thief signed a very high sequence.
package struct SequenceMarks: Sendable, Equatable {
  /// A sequence, and which content it stood for.
  package struct Mark: Sendable, Equatable {
    package var sequence: Int
    /// Hexadecimal SHA-256 of the signed statement.
    package var digest: String

    package init(sequence: Int, digest: String) {
      self.sequence = sequence
      self.digest = digest
    }
  }

  private var channels: [String: [String: Mark]] = [:]

  package init() {}

  /// The mark of a key in a channel.
  package func mark(_ channel: String, _ keyID: String) -> Mark? { channels[channel]?[keyID] }

  /// A failure if a statement is older than, or differs from, what one of these keys signed before.
  package func check(
    _ channel: String, _ sequence: Int, _ digest: String, keys: [PublicKey]
  ) throws(TrustFailure) {
    for key in keys {
      guard let mark = channels[channel]?[key.id] else { continue }
      guard sequence >= mark.sequence else {
        throw TrustFailure(
          .rollback, "sequence \(sequence) of '\(channel)' is older than \(mark.sequence), which was trusted before")
      }
      guard sequence > mark.sequence || digest == mark.digest else {
        throw TrustFailure(.equivocation, "sequence \(sequence) of '\(channel)' was trusted before with other content")
      }
    }
  }

  /// The marks after a statement was trusted.
  package func advanced(_ channel: String, _ sequence: Int, _ digest: String, signers: [PublicKey]) -> SequenceMarks {
    var result = self
    for key in signers where (mark(channel, key.id)?.sequence ?? -1) < sequence {
      result.channels[channel, default: [:]][key.id] = Mark(sequence: sequence, digest: digest)
    }
    return result
  }

  // MARK: JSON

  /// The marks as canonical JSON.
  package var bytes: [UInt8] {
    var all = CanonicalObject()
    for (channel, marks) in channels {
      var keys = CanonicalObject()
      for (id, mark) in marks {
        var entry = CanonicalObject()
        entry.add("digest", mark.digest)
        entry.add("sequence", mark.sequence)
        keys.add(id, canonical: entry.bytes)
      }
      all.add(channel, canonical: keys.bytes)
    }
    var object = CanonicalObject()
    object.add("channels", canonical: all.bytes)
    object.add("schema", 1)
    return object.bytes
  }

  /// Reads marks; what is no such file is a failure, because without them an old bundle would pass as new.
  package init(_ bytes: [UInt8]) throws(TrustFailure) {
    let damaged = TrustFailure(.unreadableState, "the remembered sequences can't be read")
    guard let value = try? JSONParser.parse(bytes[...], strict: true), value["schema"]?.integer == 1,
      let list = value["channels"]?.members
    else { throw damaged }
    for channel in list {
      for key in channel.value.members ?? [] {
        guard let sequence = key.value["sequence"]?.integer, let digest = key.value["digest"]?.string else {
          throw damaged
        }
        channels[channel.name, default: [:]][key.name] = Mark(sequence: sequence, digest: digest)
      }
    }
    guard self.bytes == bytes else { throw damaged }
  }
}
