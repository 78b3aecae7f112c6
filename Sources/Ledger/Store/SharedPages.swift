import Glibc

/// A small file that processes tell each other things by, mapped into memory.
///
/// Writing to the memory costs no call of the system and, unlike writing to the file, does not change its times: a file whose
/// times change takes part in what the disk waits for when another file is synced, which made each durable append a third
/// slower.
final class SharedPages: Sendable {
  nonisolated(unsafe) private let base: UnsafeMutableRawPointer
  private let size: Int
  private let file: DiskFile

  init(_ path: String, size: Int) throws(LedgerFailure) {
    let file = try DiskFile.write(path)
    // Every byte has its place on the disk before it is mapped: memory that can't be stored would end the process.
    if file.size < size { try file.write([UInt8](repeating: 0, count: size - file.size), at: file.size) }
    guard let base = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, file.descriptor, 0),
      base != UnsafeMutableRawPointer(bitPattern: -1)
    else { throw DiskFile.failure(path, writing: true) }
    self.base = base
    self.size = size
    self.file = file
  }

  deinit { munmap(base, size) }

  /// Bytes as they are now: others may be writing some of them.
  func bytes(_ count: Int, at offset: Int) -> [UInt8] {
    Array(UnsafeRawBufferPointer(start: base + offset, count: min(count, size - offset)))
  }

  /// A number of eight bytes, the lowest first.
  func number(at offset: Int) -> Int {
    offset + 8 <= size ? Int(truncatingIfNeeded: UInt64(littleEndian: (base + offset).load(as: UInt64.self))) : 0
  }

  func write(_ bytes: [UInt8], at offset: Int) {
    bytes.withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress, offset + bytes.count <= size else { return }
      (base + offset).copyMemory(from: start, byteCount: bytes.count)
    }
  }

  /// Keeps other processes out while `body` runs.
  func locked<Result>(_ body: () throws(LedgerFailure) -> Result) throws(LedgerFailure) -> Result {
    try file.locked(body)
  }
}
