import Cllama
import Glibc

/// The key of an upstream: a file that only the sidecar sees.
struct UpstreamKey: Sendable {
  let text: String

  /// Reads a key file. Line ends behind the key are no part of it.
  ///
  /// - Throws: says mode and owner where the file can't be read: a key that belongs to root alone is none for the sidecar.
  init(file path: String) throws(ConfigurationFailure) {
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw ConfigurationFailure(path, "the key file is missing: \(String(cString: strerror(errno)))")
    }
    guard status.st_mode & S_IFMT == S_IFREG else { throw ConfigurationFailure(path, "the key is no plain file") }
    guard status.st_mode & 0o002 == 0 else {
      let mode = String(status.st_mode & 0o7777, radix: 8)
      throw ConfigurationFailure(path, "anybody may write the key: its mode is \(mode); chmod o-w")
    }
    let bytes: [UInt8]
    do throws(RecordFile.Failure) { bytes = try RecordFile.contents(path) } catch {
      let mode = String(status.st_mode & 0o7777, radix: 8)
      throw ConfigurationFailure(
        path,
        "the key can't be read: its mode is \(mode), its owner \(status.st_uid):\(status.st_gid), and the sidecar is \(geteuid()):\(getegid())"
      )
    }
    var key = bytes[...]
    while key.last == 0x0A || key.last == 0x0D { key = key.dropLast() }
    guard !key.isEmpty, key.count <= 8_192, key.allSatisfy({ 0x21...0x7E ~= $0 }) else {
      throw ConfigurationFailure(path, "the key is empty, or has characters that a header can't have")
    }
    text = String(decoding: key, as: UTF8.self)
  }

  /// A text without the key in it.
  func redacted(_ bytes: [UInt8]) -> [UInt8] { Self.replace(Array(text.utf8), in: bytes) }

  /// Whether the key is in a text.
  func isIn(_ bytes: UnsafeRawBufferPointer) -> Bool {
    Array(text.utf8).withUnsafeBytes { ByteFinder.place(of: $0, in: bytes) != nil }
  }

  private static func replace(_ key: [UInt8], in bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var start = 0
    while let place = key.withUnsafeBytes({ key in
      bytes.withUnsafeBytes { ByteFinder.place(of: key, in: $0, from: start) }
    }) {
      result += bytes[start..<place]
      result += "[redacted:key]".utf8
      start = place + key.count
    }
    return start == 0 ? bytes : result + bytes[start...]
  }
}
