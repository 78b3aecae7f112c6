package import Canonical
package import Driver
import Glibc
import Source

/// Keys on disk.
package enum KeyFiles {
  /// Most bytes of a key's file.
  private static let limit = 1 << 16

  /// What signs by a private key's file. A public key's file stands for the key in ssh-agent.
  ///
  /// - Parameter passphrase: asked only if the key needs one.
  package static func signer(
    _ path: String, passphrase: () throws(KeyFailure) -> [UInt8]
  ) throws(KeyFileFailure) -> any Signer {
    let (bytes, mode) = try read(path)
    var file = bytes
    defer { file.withUnsafeMutableBytes { if let start = $0.baseAddress { explicit_bzero(start, $0.count) } } }
    do {
      if let key = try? KeyFile.publicKey(file), !isHexadecimal(file) { return try SSHAgent.signer(key) }
      guard mode & 0o077 == 0 else {
        throw KeyFileFailure.trust(
          TrustFailure(.unsafeKeyFile, "'\(path)' can be read by others; run 'chmod 600' on it, or make a new key"))
      }
      switch try KeyFile.privateKey(file) {
      case .key(let key): return key
      case .sealed:
        guard case .key(let key) = try KeyFile.privateKey(file, passphrase: try passphrase()) else {
          throw KeyFailure("the key stays closed")
        }
        return key
      }
    } catch let failure as KeyFileFailure {
      throw failure
    } catch let failure as KeyFailure {
      throw .key(path, failure)
    } catch {
      throw .key(path, KeyFailure("it can't be read"))
    }
  }

  /// 64 hexadecimal digits can be either half of a key; the name tells: `NAME.pub` is the public one.
  private static func isHexadecimal(_ file: [UInt8]) -> Bool { file.count < 80 }

  /// The key of a public key's file.
  package static func publicKey(_ path: String) throws(KeyFileFailure) -> PublicKey {
    let (bytes, _) = try read(path)
    do { return try KeyFile.publicKey(bytes) } catch { throw .key(path, error) }
  }

  private static func read(_ path: String) throws(KeyFileFailure) -> ([UInt8], mode_t) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .key(path, KeyFailure(String(cString: strerror(errno)))) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw .key(path, KeyFailure("it is no regular file"))
    }
    do { return (try DiskFiles.readAll(descriptor, sizeHint: Int(status.st_size), limit: limit), status.st_mode) } catch
    {
      throw .key(path, KeyFailure(error.reason))
    }
  }

  /// Writes both halves of a new key: PATH, which nobody else may read, and PATH.pub. Neither may be there.
  package static func write(_ path: String, private secret: String, public shown: String) throws(KeyFileFailure) {
    for name in [path, path + ".pub"] where FileSearch.kind(of: name) != .missing {
      throw .key(name, KeyFailure("it is there already, and keys are not overwritten"))
    }
    do {
      _ = try ArtifactStore.write([(path, Array(secret.utf8))], mode: 0o600)
      _ = try ArtifactStore.write([(path + ".pub", Array(shown.utf8))], mode: 0o644)
    } catch {
      throw .key(error.path, KeyFailure(error.reason))
    }
  }
}

/// Why a key's file is not used.
package enum KeyFileFailure: Error, Sendable {
  /// It is no key, or can't be read.
  case key(String, KeyFailure)
  /// It must not be used.
  case trust(TrustFailure)
}
